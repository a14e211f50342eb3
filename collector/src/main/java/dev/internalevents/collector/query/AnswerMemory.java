package dev.internalevents.collector.query;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Counts the bytes of answers that are in memory because their readers have not received them yet. While there are too
 * many, new queries are rejected, and long answers delay their next part. Thread-safe.
 */
public final class AnswerMemory {

    private static final long SHARE_OF_HEAP = 12;
    private static final long MIN_BYTES = 16L << 20;

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final Semaphore large = new Semaphore(1);

    AnswerMemory() {
        this(Math.max(MIN_BYTES, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));
    }

    AnswerMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Thrown if memory is full. The query can be repeated once readers have received other answers. */
    public static final class FullException extends RuntimeException {
        private static final long serialVersionUID = 1;

        FullException() {
            super("too many large answers are being read; try again in a second", null, false, false);
        }
    }

    boolean isFull() {
        return bytes.get() >= maxBytes;
    }

    /** @throws FullException while there is no room */
    void check() {
        if (isFull()) {
            throw new FullException();
        }
    }

    /**
     * Creates something large, one at a time, because several at once would use their memory before any of it is
     * counted. Blocks while another thread creates one.
     *
     * @throws FullException while there is no room
     */
    public <T> T large(Supplier<T> making) {
        large.acquireUninterruptibly();
        try {
            check();
            return making.get();
        } finally {
            large.release();
        }
    }

    void add(long more) {
        bytes.addAndGet(more);
    }

    void remove(long fewer) {
        bytes.addAndGet(-fewer);
    }

    long bytes() {
        return bytes.get();
    }
}
