package dev.internalevents.store.ids;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A buffer with a part of a file, which often contains the bytes needed next. Used by one thread at a time. */
final class FileWindow {

    static final int BYTES = 64 << 10;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES);
    private @Nullable RunFile file;
    private long start;

    /**
     * Makes sure that some bytes of a file are in memory.
     *
     * @param length the number of bytes needed, at most {@value #BYTES}
     * @param ahead the number of bytes to read if they are not in memory
     * @param end the position at which the readable part of the file ends
     * @return their position in {@link #bytes()}
     */
    int at(RunFile of, long position, int length, int ahead, long end) throws IOException {
        if (of != file || position < start || position + length > start + bytes.limit()) {
            file = null;
            bytes.clear().limit((int) Math.min(Math.min(Math.max(length, ahead), BYTES), end - position));
            of.read(position, bytes);
            file = of;
            start = position;
        }
        return (int) (position - start);
    }

    ByteBuffer bytes() {
        return bytes;
    }
}
