package dev.internalevents.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that waits to become a segment.
 *
 * @param zeros the mapped file; null if it is not mapped yet
 * @param used whether it still contains frames of an earlier segment. They are never mistaken for frames of the new
 *     one, because the checksum covers the segment's number
 */
record Spare(Path file, @Nullable MappedByteBuffer zeros, boolean used) {

    private static final byte[] ZEROS = new byte[1 << 16];

    /**
     * Creates a spare and writes the whole file, so that a full disk is detected now and not by a crash on writing a
     * page.
     */
    static Spare create(Path file, int size, boolean force) throws IOException {
        try (FileChannel channel = OwnerOnly.create(file)) {
            zero(channel, size);
            if (force) {
                channel.force(true);
            }
            return new Spare(file, null, false);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Overwrites the frames in it. */
    void wipe() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.position(Segment.HEADER_BYTES);
            zero(channel, (int) channel.size() - Segment.HEADER_BYTES);
        } catch (NoSuchFileException e) {
            // The file was deleted, and its frames with it.
        }
    }

    private static void zero(FileChannel channel, int size) throws IOException {
        ByteBuffer zeros = ByteBuffer.wrap(ZEROS);
        for (int written = 0; written < size; ) {
            zeros.clear().limit(Math.min(ZEROS.length, size - written));
            written += channel.write(zeros);
        }
    }
}
