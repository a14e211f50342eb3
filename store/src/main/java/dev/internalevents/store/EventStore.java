package dev.internalevents.store;

import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.pipeline.ProcessedEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where processed events are kept. One thread writes: {@link #write}, {@link #reset}, {@link #replace}, {@link #retain}, {@link PersonRemoval#remove};
 * any number read meanwhile, and see whole transactions. Every method may block, and throws {@link StoreException} when the store cannot
 * be read or written.
 */
public interface EventStore extends AutoCloseable {

    /** Characters of a value in {@link ColumnStats}, at most: {@value}. Longer ones are left out; they are for filters. */
    int MAX_VALUE_CHARS = 500;

    /**
     * What is held.
     *
     * @param good good events
     * @param bad failed events
     * @param last the number of the newest event there ever was
     * @param evicted events that made room for newer ones since the last reset
     * @param resets how often the store was emptied
     */
    record Summary(long good, long bad, long last, long evicted, long resets) {
        public long total() {
            return good + bad;
        }
    }

    /**
     * Some of the events that a query finds.
     *
     * @param events of this page
     * @param total on all pages
     */
    record Page(List<StoredEvent> events, long total) {
        public Page {
            events = List.copyOf(events);
        }
    }

    /**
     * What a column holds.
     *
     * @param sortable whether events can be sorted by it
     * @param filterable whether events can be filtered by it
     * @param values the most frequent ones, as texts of up to {@link #MAX_VALUE_CHARS}; none for a column where nearly
     *     each event has its own
     */
    record ColumnStats(boolean sortable, boolean filterable, List<String> values) {
        public ColumnStats {
            values = List.copyOf(values);
        }
    }

    /** What a store makes of an event before it is written. */
    interface Content {

        /** Bytes that it takes, about. */
        long weight();
    }

    /** A span of time, from its start up to before its end. */
    record Bucket(Instant start, Instant end) {}

    /** How many events were received in a span of time. */
    record Point(Bucket bucket, long good, long bad) {}

    /** How far a spool has been worked off. */
    Progress progress(UUID spool);

    /**
     * Takes the events of one transaction, and how far it reaches: all or nothing of it is kept, whatever happens.
     *
     * @return how many events were kept
     */
    int write(EventSource source);

    /**
     * Does in advance what can be done of writing an event; on any thread.
     *
     * @return for the event's {@link EventSource.Entry}; null when there is nothing
     */
    default @Nullable Content prepare(ProcessedEvent event) {
        return null;
    }

    /**
     * What tells the events apart that came with one of these ids; repeats may be left out. A store need not give numbers and
     * times: 0 stands for any number, {@link Instant#MAX} for any time.
     */
    List<StoredKey> known(Collection<UUID> ids);

    /** What is held, each event once: repeats are left out. */
    Summary summary(@Nullable String session);

    /**
     * As {@link #summary(String)}, with repeats if they are asked for.
     *
     * @param repeats whether an event counts again each time it was stored again
     */
    default Summary summary(@Nullable String session, boolean repeats) {
        Summary once = summary(session);
        if (!repeats) {
            return once;
        }
        EventQuery all = EventQuery.ALL.of(session).withRepeats(true);
        return new Summary(count(all.good(true)), count(all.good(false)), once.last(), once.evicted(), once.resets());
    }

    /**
     * Finds events.
     *
     * @param offset how many of those found are passed over
     * @param limit how many at most
     */
    List<StoredEvent> find(EventQuery query, long offset, int limit);

    /**
     * Finds events, as many of them as fit into some memory: at least one, if there is one.
     *
     * @param offset how many of those found are passed over
     * @param limit how many at most
     * @param maxBytes that their content may have, roughly, 1 or more
     */
    default List<StoredEvent> find(EventQuery query, long offset, int limit, long maxBytes) {
        return find(query, offset, limit);
    }

    /** How many a query finds. */
    long count(EventQuery query);

    /** How many events of the store were found to be unreadable since it was opened; they are in no answer. */
    default long unreadable() {
        return 0;
    }

    /** The event with this number, if it is held. */
    Optional<StoredEvent> withNumber(long number);

    /** The events with this id: one, or more where tests share ids; repeats too. */
    List<StoredEvent> withId(UUID id, @Nullable String session);

    /** The columns that have a value in some event: atomic fields in their order, then those of contexts and events. */
    List<String> columns(@Nullable String session);

    /**
     * What is known of these columns; unknown ones can be neither sorted nor filtered by. No value that an event can have
     * makes this throw.
     */
    Map<String, ColumnStats> columnStats(List<String> columns, @Nullable String session);

    /** How many events each span of time has; repeats too. */
    List<Point> timeline(List<Bucket> buckets, @Nullable String session);

    /** Removes the events of a session, or all; answers what is held then. */
    Summary reset(@Nullable String session);

    /** The request of a failed event as it was received; empty when its time to live is over. */
    Optional<byte[]> frame(long number);

    /** Returns how many rows the next transaction should have, so that the store compresses them well. */
    default int preferredRows() {
        return Integer.MAX_VALUE;
    }

    /** Returns the file of this store; empty for a store in memory. */
    default Optional<StoreFile> file() {
        return Optional.empty();
    }

    /** Returns the ids by number, if the store is large enough to need an index of them; else {@link #known} is enough. */
    default Optional<StoredIds> ids() {
        return Optional.empty();
    }

    /** Returns SQL on the stored events, if the store knows it. */
    default Optional<SqlQueries> sql() {
        return Optional.empty();
    }

    /** Checks that the store can be written, by writing nothing of value. */
    default void check() {}

    /** The requests that are aside, the oldest first. */
    List<WaitingRequest.Summary> waiting();

    /** The request that is aside under this origin. */
    Optional<WaitingRequest> waiting(String origin);

    /** The numbers of failed events whose first failure is of a step, beyond a number, in order. */
    List<Long> failedAt(Failure.Step step, long beyond, int limit);

    /** Puts another event in the place of a failed one. */
    void replace(StoredEvent event);

    /**
     * Removes what is older than it may become, and the oldest events beyond the size. An event whose own time is more than
     * a day ahead of the clock ages by when it was found, see {@link Ages}; while {@link Ages#now} is null, only the size
     * counts.
     *
     * @return how many were removed
     */
    Removed retain(Retention retention, Ages ages);

    /**
     * Begins to remove what is about some persons: their events, the requests of failed events that have one of theirs, and
     * their events in waiting requests. Other events stay, those of the same requests included. What is kept of each removed
     * event is a {@link ForgottenKey}. A request that was sealed with another key stays.
     *
     * @param requests opens requests as the store keeps them
     */
    PersonRemoval removal(PersonMatch persons, RawRequests requests);

    /** What is kept of forgotten events that came with one of these ids. */
    List<ForgottenKey> forgotten(Collection<UUID> ids);

    /** Drops what is kept of forgotten events that were received before a time. */
    void dropForgotten(Instant before);

    /** The latest time at which an event of the store was received; empty if there is no event. */
    Optional<Instant> newest();

    /** The highest number among the events that were received after a time; 0 if there are none. */
    long newestAfter(Instant time);

    @Override
    void close();
}
