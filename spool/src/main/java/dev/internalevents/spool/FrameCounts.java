package dev.internalevents.spool;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the frames of a spool: found when it was opened, appended, written to the disk, committed. Safe for use by any
 * thread.
 */
final class FrameCounts {

    private final long found;
    private final LongAdder appended = new LongAdder();

    /**
     * The number of appended frames that {@link #appended} could not count, because the thread had no stack left for a
     * call. Guarded by itself; the only element may be incremented without a method call.
     */
    final long[] uncounted = {0};

    private volatile long written;
    private volatile long committed;

    /** @param found the number of complete frames that earlier processes left */
    FrameCounts(long found) {
        this.found = found;
    }

    void appended() {
        appended.increment();
    }

    /** Returns the number of frames appended since the spool was opened. */
    long appendedSoFar() {
        synchronized (uncounted) {
            return appended.sum() + uncounted[0];
        }
    }

    /**
     * Called by the disk writer.
     *
     * @param covered how many of the appended frames are on the disk
     */
    void written(long covered) {
        written = covered;
    }

    /** Called under the chain's lock, with the number of frames committed since the spool was opened. */
    void committed(long frames) {
        committed = frames;
    }

    long committedSoFar() {
        return committed;
    }

    /** Returns the number of frames found and appended; never decreases. */
    long total() {
        return found + appendedSoFar();
    }

    /** Returns the number of frames that are not committed. */
    long held() {
        return Math.max(0, total() - committed);
    }

    /** Returns the number of frames that are on the disk and not committed. */
    long heldOnDisk() {
        return Math.max(0, found + written - committed);
    }
}
