package dev.internalevents.collector.query;

import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoredEvent;
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads the events of a query in parts of about {@value #PART_BYTES} bytes. Events that arrive during reading do not
 * shift the list. For one thread at a time.
 */
public final class EventParts {

    static final int PART_BYTES = 2 << 20;

    private static final int STEP = 1_000;
    private static final long LARGE_BYTES = 1 << 20;

    private final AnswerMemory memory;
    private final long limit;
    private final Writing writing;
    private final Choice choice;
    private EventQuery query;
    private long offset;
    private long looked;
    private long given;
    private boolean ended;
    private boolean begun;

    /** Appends an event to a text. */
    @FunctionalInterface
    public interface Writing {
        void write(AnswerText text, StoredEvent event);
    }

    /**
     * Which of the events that a query finds are written.
     *
     * @param maxLookedAt the maximum number of events to inspect for wanted ones
     * @param whole whether each is written with the request it came with
     */
    private record Choice(Predicate<StoredEvent> wanted, long maxLookedAt, boolean whole) {}

    /**
     * Reads the events of a query.
     *
     * @param offset the number of matching events to skip
     * @param limit the maximum number of events
     */
    public EventParts(AnswerMemory memory, EventQuery query, long offset, long limit, Writing writing) {
        this(memory, query, offset, limit, writing, new Choice(event -> true, Long.MAX_VALUE, false));
    }

    /**
     * Reads the wanted events of a query, each with the request it came with.
     *
     * @param maxLookedAt the maximum number of events to inspect for wanted ones
     */
    public static EventParts whole(
            AnswerMemory memory,
            EventQuery query,
            long limit,
            long maxLookedAt,
            Predicate<StoredEvent> wanted,
            Writing writing) {
        return new EventParts(memory, query, 0, limit, writing, new Choice(wanted, maxLookedAt, true));
    }

    private EventParts(AnswerMemory memory, EventQuery query, long offset, long limit, Writing writing, Choice choice) {
        this.memory = memory;
        this.query = query;
        this.offset = offset;
        this.limit = limit;
        this.writing = writing;
        this.choice = choice;
    }

    /** Returns the number of events written so far. */
    public long given() {
        return given;
    }

    /** Returns whether there are no more events. */
    public boolean ended() {
        return ended || given >= limit || looked >= choice.maxLookedAt();
    }

    /** Appends the next events to a text. Blocks. */
    public void next(EventStore store, AnswerText text) {
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
        int limitOfStep = (int) Math.min(STEP, Math.min(limit - given, choice.maxLookedAt() - looked));
        List<StoredEvent> found = store.find(query, offset, limitOfStep, PART_BYTES);
        ended = found.isEmpty();
        for (StoredEvent event : found) {
            if (text.length() >= full) {
                return;
            }
            if (choice.wanted().test(event)) {
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
        if (choice.whole() || contentBytes(event.event()) > LARGE_BYTES) {
            memory.large(() -> {
                // Lists are read without the requests; load this one with it. Its size is known only when it is loaded.
                writing.write(
                        text, choice.whole() ? store.withNumber(event.number()).orElse(event) : event);
                return true;
            });
        } else {
            writing.write(text, event);
        }
    }

    /** Returns the approximate size of an event's content. */
    public static long contentBytes(ProcessedEvent event) {
        RawEvent raw = event.raw();
        long bytes = raw == null ? 0 : raw.parameters().length();
        RequestBody body = event.payload().body();
        String query = event.payload().querystring();
        return bytes + (body == null ? 0 : body.size()) + (query == null ? 0 : query.length());
    }
}
