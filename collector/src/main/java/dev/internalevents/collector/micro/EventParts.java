package dev.internalevents.collector.micro;

import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoredEvent;
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads the events of a query in parts of about {@value #PART_BYTES} bytes. Events that arrive during reading do not shift
 * the list. For one thread at a time.
 */
final class EventParts {

    static final int PART_BYTES = 2 << 20;

    private static final int STEP = 1_000;
    private static final long LARGE_BYTES = 1 << 20;

    private final AnswerMemory memory;
    private final long limit;
    private final long maxLookedAt;
    private final Predicate<StoredEvent> wanted;
    private final boolean whole;
    private final Writing writing;
    private EventQuery query;
    private long offset;
    private long looked;
    private long given;
    private boolean ended;
    private boolean begun;

    /** Appends an event to a text. */
    @FunctionalInterface
    interface Writing {
        void write(AnswerText text, StoredEvent event);
    }

    /**
     * Reads the events of a query.
     *
     * @param offset the number of matching events to skip
     * @param limit the maximum number of events
     */
    EventParts(AnswerMemory memory, EventQuery query, long offset, long limit, Writing writing) {
        this(memory, query, offset, limit, Long.MAX_VALUE, event -> true, false, writing);
    }

    /**
     * Reads the wanted events of a query, each with the request it came with.
     *
     * @param maxLookedAt the maximum number of events to inspect for wanted ones
     */
    static EventParts whole(
            AnswerMemory memory,
            EventQuery query,
            long limit,
            long maxLookedAt,
            Predicate<StoredEvent> wanted,
            Writing writing) {
        return new EventParts(memory, query, 0, limit, maxLookedAt, wanted, true, writing);
    }

    private EventParts(
            AnswerMemory memory,
            EventQuery query,
            long offset,
            long limit,
            long maxLookedAt,
            Predicate<StoredEvent> wanted,
            boolean whole,
            Writing writing) {
        this.memory = memory;
        this.query = query;
        this.offset = offset;
        this.limit = limit;
        this.maxLookedAt = maxLookedAt;
        this.wanted = wanted;
        this.whole = whole;
        this.writing = writing;
    }

    /** Returns the number of events written so far. */
    long given() {
        return given;
    }

    /** Returns whether there are no more events. */
    boolean ended() {
        return ended || given >= limit || looked >= maxLookedAt;
    }

    /** Appends the next events to a text. Blocks. */
    void next(EventStore store, AnswerText text) {
        memory.check();
        if (!begun) {
            begun = true;
            query = query.before(Math.min(query.before(), store.summary(null).last() + 1));
        }
        long before = text.length();
        long full = before + PART_BYTES;
        try {
            while (!ended() && text.length() < full) {
                some(store, text, full);
            }
        } catch (AnswerMemory.FullException e) {
            // Send what is written already as a part.
            if (text.length() == before) {
                throw e;
            }
        }
    }

    private void some(EventStore store, AnswerText text, long full) {
        int limitOfStep = (int) Math.min(STEP, Math.min(limit - given, maxLookedAt - looked));
        List<StoredEvent> found = store.find(query, offset, limitOfStep, PART_BYTES);
        ended = found.isEmpty();
        for (StoredEvent event : found) {
            if (text.length() >= full) {
                return;
            }
            if (wanted.test(event)) {
                write(store, text, event);
                given++;
            }
            looked++;
            passed(event);
        }
    }

    /** Moves the query past an event: by its number in order of arrival; by the offset in any other order. */
    private void passed(StoredEvent event) {
        if (query.sort() != null) {
            offset++;
        } else {
            query = query.descending() ? query.before(event.number()) : query.after(event.number());
            offset = 0;
        }
    }

    private void write(EventStore store, AnswerText text, StoredEvent event) {
        if (whole || contentBytes(event.event()) > LARGE_BYTES) {
            memory.large(() -> {
                // Lists are read without the requests; load this one with it. Its size is known only when it is loaded.
                writing.write(text, whole ? store.withNumber(event.number()).orElse(event) : event);
                return true;
            });
        } else {
            writing.write(text, event);
        }
    }

    /** Returns the approximate size of an event's content. */
    static long contentBytes(ProcessedEvent event) {
        long bytes = 0;
        RawEvent raw = event.raw();
        if (raw != null) {
            for (String value : raw.parameters().parameters().values()) {
                bytes += value.length();
            }
        }
        RequestBody body = event.payload().body();
        String query = event.payload().querystring();
        return bytes + (body == null ? 0 : body.size()) + (query == null ? 0 : query.length());
    }
}
