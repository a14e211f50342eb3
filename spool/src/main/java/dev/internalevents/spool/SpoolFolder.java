package dev.internalevents.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Operations on a spool's folder without opening the spool, for code that copies its files. */
public final class SpoolFolder {

    /** The name of the file that is locked while the folder is in use; it is never deleted. */
    public static final String LOCK_FILE = "lock";

    /** The number of bytes of a segment's file that {@link #segmentBytes} needs. */
    public static final int HEADER_BYTES = Segment.HEADER_BYTES;

    private static final int MAX_SEGMENT_BYTES = 1 << 30;

    private SpoolFolder() {}

    /**
     * An exclusive lock on a folder; no spool can open the folder until the lock is closed or its process has ended.
     */
    public interface Lock extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /**
     * Locks an existing folder as {@link Spool#open} does. Does not wait.
     *
     * @throws SpoolInUseException if a spool or another lock, in this or another process, is using the folder
     * @throws IOException if the lock cannot be created
     */
    public static Lock lock(Path folder) throws IOException {
        return FolderLock.take(folder)::close;
    }

    /**
     * Returns the length in bytes that a segment's file was created with, as its header says; 0 if the bytes are not a
     * segment's header.
     *
     * @param file the first {@link #HEADER_BYTES} of the file, or fewer if it is shorter
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
