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
 * Limits the memory that requests use from processing until their events are stored, to a part of the heap. A request
 * counts with its maximum size before it is processed, and with its actual size afterwards. Safe for use by several
 * threads.
 */
final class WorkMemory {

    /** Measured: text, parameters, data and JSON again, each as large as the body, or twice as large if not Latin-1. */
    private static final int COPIES = 8;

    /** Objects of one event, without its text, in bytes. */
    private static final long EVENT_BYTES = 3_000;

    private static final long FAILURE_BYTES = 400;

    private static final long MIN_EVENT_BYTES = 9;
    private static final long MAX_EVENTS = 10_000;
    private static final long MAX_BODY_BYTES = 8_000_000;

    /** Maximum total length, over all events of a body, of a query string that is copied to each event. */
    private static final long MAX_MERGED_CHARS = 8_000_000;

    /** Copies for each event, which has a JSON text of its own when it is stored. */
    private static final int MERGED_COPIES = 2;

    /** The maximum compression ratio of Deflate. */
    private static final long MAX_INFLATION = 1_032;

    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final ReadWriteLock working = new ReentrantReadWriteLock();

    /** @param limit the limit in bytes */
    WorkMemory(long limit) {
        this.limit = limit;
    }

    /** Returns a limit of a fifth of the heap. */
    static WorkMemory ofHeap() {
        return new WorkMemory(Runtime.getRuntime().maxMemory() / 5);
    }

    /** Returns the maximum number of bytes that processing a request can use. */
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

    /** Returns the number of bytes that a processed request uses. */
    static long actual(CollectorPayload payload, int events) {
        return COPIES * size(payload) + EVENT_BYTES * events + merged(payload, events);
    }

    /** Returns the size in bytes of an event's failures, as text and objects, in the event and in the prepared row. */
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
     * Reserves memory, if there is enough. Only the next request in order may reserve more than half of the limit.
     *
     * @param anyway whether to reserve it even if there is not enough, because the memory in use is released only after
     *     this request
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

    /** Runs work that other threads may do at the same time. */
    <T> T beside(Supplier<T> work) {
        return under(working.readLock(), work);
    }

    /** Waits until the other threads' work has ended, and runs this while they wait. */
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
