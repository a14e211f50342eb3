package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.RequestBody;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The memory that requests take while they are processed and until their events are stored, bounded by a part of the heap.
 * A request counts with the most that it can become, and with what it became once it is processed. Safe for use by several
 * threads.
 */
final class WorkMemory {

    /** Measured: text, parameters, data, JSON again, each as large as the body, or twice for text beyond Latin-1. */
    private static final int COPIES = 8;

    /** Objects of one event, beside its texts. */
    private static final long EVENT_BYTES = 3_000;

    private static final long FAILURE_BYTES = 400;

    private static final long MIN_EVENT_BYTES = 9;
    private static final long MAX_EVENTS = 10_000;
    private static final long MAX_BODY_BYTES = 8_000_000;

    /** Of a query string that counts for each event of a body, in all of them. */
    private static final long MAX_MERGED_CHARS = 8_000_000;

    /** Each event has a text of its own when it is stored, in JSON. */
    private static final int MERGED_COPIES = 2;

    /** Deflate makes nothing smaller than a thousandth. */
    private static final long MAX_INFLATION = 1_032;

    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final ReadWriteLock working = new ReentrantReadWriteLock();

    /** @param limit in bytes */
    WorkMemory(long limit) {
        this.limit = limit;
    }

    /** A fifth of the heap. */
    static WorkMemory ofHeap() {
        return new WorkMemory(Runtime.getRuntime().maxMemory() / 5);
    }

    /** The most that processing a request can take. */
    static long estimate(CollectorPayload payload) {
        long body = size(payload);
        String encoding = payload.contentEncoding();
        boolean plain = encoding == null
                || encoding.isBlank()
                || encoding.strip().toLowerCase(Locale.ROOT).equals("identity");
        long whole = plain ? body : Math.min(MAX_BODY_BYTES, MAX_INFLATION * body);
        long events = Math.min(MAX_EVENTS, 1 + whole / MIN_EVENT_BYTES);
        return COPIES * whole + EVENT_BYTES * events + merged(payload, events);
    }

    /** What a processed request takes. */
    static long actual(CollectorPayload payload, int events) {
        return COPIES * size(payload) + EVENT_BYTES * events + merged(payload, events);
    }

    /** What is wrong with an event, as text and as objects, in the event and in the row that is prepared. */
    static long failures(FailedEvent failed) {
        long bytes = 0;
        for (Failure failure : failed.failures()) {
            bytes += FAILURE_BYTES
                    + 2L * (failure.message().length() + failure.pointer().length());
        }
        return bytes;
    }

    private static long merged(CollectorPayload payload, long events) {
        String query = payload.querystring();
        return query == null || payload.body() == null
                ? 0
                : MERGED_COPIES * Math.min(MAX_MERGED_CHARS, query.length() * events);
    }

    private static long size(CollectorPayload payload) {
        RequestBody body = payload.body();
        String query = payload.querystring();
        return (body == null ? 0L : body.size()) + (query == null ? 0L : query.length());
    }

    /**
     * Takes memory, if there is enough. More than half of it is taken by the next request in order alone.
     *
     * @param anyway takes it even if there is not enough, because what is taken is released only after this
     */
    boolean take(long bytes, boolean anyway) {
        if (!anyway && bytes > limit / 2) {
            return false;
        }
        if (used.addAndGet(bytes) <= limit || anyway) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Does work that others may do at the same time. */
    <T> T beside(Supplier<T> work) {
        return under(working.readLock(), work);
    }

    /** Waits for the work of others to end, and does this while they wait. */
    <T> T alone(Supplier<T> work) {
        return under(working.writeLock(), work);
    }

    private static <T> T under(Lock lock, Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
