package dev.internalevents.collector.micro;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Counts the bytes of answers that are in memory because their readers have not taken them yet. While there are too many,
 * questions are refused, and long answers wait with their next part. Safe for use by several threads.
 */
final class AnswerMemory {

    private static final long SHARE_OF_HEAP = 12;
    private static final long LEAST_BYTES = 16L << 20;

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final Semaphore large = new Semaphore(1);

    AnswerMemory() {
        this(Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));
    }

    AnswerMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The question can be asked again when readers have taken other answers. */
    static final class FullException extends RuntimeException {
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
     * Makes something large, one at a time: several at once would need their memory before any of it is counted. Blocks
     * while another thread makes one.
     *
     * @throws FullException while there is no room
     */
    <T> T large(Supplier<T> making) {
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
