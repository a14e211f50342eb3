package dev.internalevents.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** What can be done with a spool's folder without opening the spool, for code that copies its files. */
public final class SpoolFolder {

    /** The file in the folder that is locked while the folder is in use; it is never deleted. */
    public static final String LOCK_FILE = "lock";

    /** How many bytes of a segment's file {@link #segmentBytes} needs. */
    public static final int HEADER_BYTES = Segment.HEADER_BYTES;

    private static final int MAX_SEGMENT_BYTES = 1 << 30;

    private SpoolFolder() {}

    /** The right to use a folder; no spool opens it until the lock is closed, or its process has ended. */
    public interface Lock extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /**
     * Locks a folder, which must be there, as {@link Spool#open} does. Does not wait.
     *
     * @throws SpoolInUseException if a spool, or another lock of this or another process, has the folder
     * @throws IOException if the lock cannot be made
     */
    public static Lock lock(Path folder) throws IOException {
        return FolderLock.take(folder)::close;
    }

    /**
     * Returns the length in bytes that a segment's file was made with, by its header; 0 if that is not a segment's header.
     *
     * @param file the first {@link #HEADER_BYTES} of the file, or fewer if it has fewer
     */
    public static int segmentBytes(byte[] file) {
        if (file.length < Segment.HEADER_BYTES) {
            return 0;
        }
        ByteBuffer header = ByteBuffer.wrap(file).order(Segment.ORDER);
        int size = header.getInt(Segment.SIZE_AT);
        boolean isHeader = header.getLong(0) == Segment.MAGIC
                && size >= Segment.HEADER_BYTES
                && size <= MAX_SEGMENT_BYTES
                && header.getInt(Segment.HEADER_CRC_AT) == Segment.headerCrc(size, header.getLong(Segment.NUMBER_AT));
        return isHeader ? size : 0;
    }
}
