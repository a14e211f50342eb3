package dev.internalevents.spool;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that writes appended frames to the disk, if the durability requires it: at once if callers wait for it, at
 * the interval otherwise. It does nothing else, so that callers are not delayed. After a failure it continues with the
 * next write.
 */
final class DiskWriter {

    private static final long MAX_INTERVAL_NANOS = 1_000_000_000L;

    private final SpoolGate gate;
    private final SegmentChain chain;
    private final FrameCounts counts;
    private final FileCheck check;
    private final long interval;
    private final GroupCommit commits = new GroupCommit();
    private final Thread thread;

    /** The last segment that was written; the segments before it are on the disk. */
    private Segment written;

    DiskWriter(
            SpoolGate gate,
            SegmentChain chain,
            FrameCounts counts,
            FileCheck check,
            Durability durability,
            String name) {
        this.gate = gate;
        this.chain = chain;
        this.counts = counts;
        this.check = check;
        this.written = chain.start().segment();
        this.interval = durability instanceof Durability.Interval every
                ? Math.min(every.every().toNanos(), MAX_INTERVAL_NANOS)
                : MAX_INTERVAL_NANOS;
        this.thread = SpoolKeeper.daemon(this::run, name);
    }

    void start() {
        thread.start();
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    /** Blocks until the thread has ended, which it does once the spool is closed. */
    void awaitEnd() {
        EndOfThread.await(thread);
    }

    /** Blocks until what the caller has appended is on the disk; returns false if it could not be written. */
    boolean await() {
        long ticket = commits.ticket();
        wake();
        return commits.await(ticket);
    }

    /** Calls back once what the caller has appended is on the disk, or could not be written. */
    void listen(Kept kept) {
        commits.listen(kept);
        wake();
    }

    // The thread

    private void run() {
        GroupCommit.Round round = null;
        boolean closed;
        do {
            closed = gate.isClosed();
            try {
                if (round == null) {
                    round = commits.begin();
                }
                write();
                commits.done(round);
                round = null;
            } catch (Throwable e) {
                // Includes OutOfMemoryError: waiting threads must get an answer, and the next round may succeed.
                round = hasFailed(round, e) ? null : round;
            }
            awaitWork();
        } while (!closed);
        commits.over(round);
    }

    private void write() throws IOException {
        long covered = counts.appendedSoFar();
        Segment last = chain.current();
        Segment segment = written;
        segment.force();
        for (Segment next = segment.next; segment != last && next != null; next = segment.next) {
            segment = next;
            segment.force();
        }
        written = segment;
        counts.written(covered);
    }

    /** Fails the round; returns false if there is no memory even for that, and then the same round is retried. */
    private boolean hasFailed(GroupCommit.@Nullable Round round, Throwable e) {
        try {
            commits.failed(round);
        } catch (Throwable again) {
            return false;
        }
        check.failed(e);
        return true;
    }

    private void awaitWork() {
        try {
            if (!gate.isClosed() && !commits.isAsked()) {
                LockSupport.parkNanos(this, interval);
            }
        } catch (Throwable e) {
            // No memory to queue for the lock: start the next round at once.
            Thread.onSpinWait();
        }
    }
}
