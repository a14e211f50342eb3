package dev.internalevents.benchmarks.deliver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** Samples the anonymous memory (heap, stacks, compiled code; not mapped files) of a process every few milliseconds. */
final class PeakMemory implements AutoCloseable {

    private static final String FIELD = "RssAnon:";

    private final Path status;
    private final Thread watcher = new Thread(this::watch, "peak-memory");
    private volatile boolean closed;
    private volatile long peakKilobytes;

    private PeakMemory(long pid) {
        this.status = Path.of("/proc", Long.toString(pid), "status");
        watcher.setDaemon(true);
    }

    static PeakMemory of(long pid) {
        PeakMemory memory = new PeakMemory(pid);
        memory.watcher.start();
        return memory;
    }

    private void watch() {
        while (!closed) {
            try {
                for (String line : Files.readAllLines(status)) {
                    if (line.startsWith(FIELD)) {
                        long now = Long.parseLong(line.substring(FIELD.length()).replaceAll("[^0-9]", ""));
                        peakKilobytes = Math.max(peakKilobytes, now);
                    }
                }
            } catch (IOException e) {
                return;
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Returns the peak so far; 0 if the system does not report it. */
    double megabytes() {
        return peakKilobytes / 1024.0;
    }

    @Override
    public void close() {
        closed = true;
    }
}
