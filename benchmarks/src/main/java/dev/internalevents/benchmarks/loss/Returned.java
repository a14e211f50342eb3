package dev.internalevents.benchmarks.loss;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The number of calls of each thread that have returned, in a mapped file, which survives a kill of the process. */
final class Returned {

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final ByteBuffer counts;

    private Returned(ByteBuffer counts) {
        this.counts = counts;
    }

    static Returned open(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Returned(channel.map(FileChannel.MapMode.READ_WRITE, 0, 4L * KilledProcess.THREADS));
        }
    }

    void set(int thread, int count) {
        INT.setRelease(counts, 4 * thread, count);
    }

    int get(int thread) {
        return (int) INT.getAcquire(counts, 4 * thread);
    }
}
