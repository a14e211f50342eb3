package dev.internalevents.store.ids;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A part of a file in memory; what is asked for next is often in it. For one thread at a time. */
final class FileWindow {

    static final int BYTES = 64 << 10;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES);
    private @Nullable RunFile file;
    private long start;

    /**
     * Makes sure that some bytes of a file are in memory.
     *
     * @param length how many are needed, at most {@value #BYTES}
     * @param ahead how many to read if they are not there
     * @param end where the readable part of the file ends
     * @return their place in {@link #bytes()}
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
