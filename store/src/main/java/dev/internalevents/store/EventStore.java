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
 * Stores processed events. One thread writes, with {@link #write}, {@link #reset}, {@link #replace}, {@link #retain}
 * and {@link PersonRemoval#remove}. Any number of threads may read at the same time, and see only whole transactions.
 * Every method may block, and throws {@link StoreException} if the store cannot be read or written.
 */
public interface EventStore extends AutoCloseable {

    /**
     * Maximum length of a value in {@link ColumnStats}, in characters: {@value}. Longer values are omitted, as values
     * are for filters.
     */
    int MAX_VALUE_CHARS = 500;

    /**
     * Counts of the stored events.
     *
     * @param good good events
     * @param bad failed events
     * @param last the greatest event number assigned so far
     * @param evicted events removed by limits of age or size since the last reset
     * @param resets how often the store was reset
     */
    record Summary(long good, long bad, long last, long evicted, long resets) {
        public long total() {
            return good + bad;
        }
    }

    /**
     * One page of a query's result.
     *
     * @param events the events of this page
     * @param total the number of events on all pages
     */
    record Page(List<StoredEvent> events, long total) {
        public Page {
            events = List.copyOf(events);
        }
    }

    /**
     * Describes a column.
     *
     * @param sortable whether events can be sorted by it
     * @param filterable whether events can be filtered by it
     * @param values the most frequent values, as text of up to {@link #MAX_VALUE_CHARS}; empty for a column where
     *     nearly every event has a value of its own
     */
    record ColumnStats(boolean sortable, boolean filterable, List<String> values) {
        public ColumnStats {
            values = List.copyOf(values);
        }
    }

    /** An event that a store has prepared for writing. */
    interface Content {

        /** Returns its approximate size in bytes. */
        long weight();
    }

    /** A time span from its start, inclusive, to its end, exclusive. */
    record Bucket(Instant start, Instant end) {}

    /** The number of events received in a time span. */
    record Point(Bucket bucket, long good, long bad) {}

    /** Returns how far a spool has been drained into the store. */
    Progress progress(UUID spool);

    /**
     * Stores the events of one transaction and the progress it reaches, atomically: all or nothing is stored.
     *
     * @return the number of events stored
     */
    int write(EventSource source);

    /**
     * Does the part of writing an event that needs no transaction. May be called on any thread.
     *
     * @return the content for the event's {@link EventSource.Entry}; null if there is nothing to prepare
     */
    default @Nullable Content prepare(ProcessedEvent event) {
        return null;
    }

    /**
     * Returns the keys of the stored events that were sent with one of these ids; repeats may be left out. A store need
     * not supply numbers and times: 0 stands for any number, {@link Instant#MAX} for any time.
     */
    List<StoredKey> known(Collection<UUID> ids);

    /** Returns the counts of stored events, without repeats. */
    Summary summary(@Nullable String session);

    /**
     * Returns the counts as {@link #summary(String)} does, optionally with repeats.
     *
     * @param repeats whether repeats count too
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
     * @param offset the number of matching events to skip
     * @param limit the maximum number of events to return
     */
    List<StoredEvent> find(EventQuery query, long offset, int limit);

    /**
     * Finds events, limited by their size: returns at least one if there is one.
     *
     * @param offset the number of matching events to skip
     * @param limit the maximum number of events to return
     * @param maxBytes the approximate maximum size of their content in bytes, 1 or more
     */
    default List<StoredEvent> find(EventQuery query, long offset, int limit, long maxBytes) {
        return find(query, offset, limit);
    }

    /** Returns the number of events that a query matches. */
    long count(EventQuery query);

    /** Returns how many stored events turned out to be unreadable since the store was opened. No query returns them. */
    default long unreadable() {
        return 0;
    }

    /** Returns the event with this number, if it is stored. */
    Optional<StoredEvent> withNumber(long number);

    /** Returns the events with this id, including repeats. There can be several, for example when tests share ids. */
    List<StoredEvent> withId(UUID id, @Nullable String session);

    /**
     * Returns the columns that have a value in some event: atomic fields in their order, then fields of contexts and
     * events.
     */
    List<String> columns(@Nullable String session);

    /**
     * Describes these columns. Unknown columns can be used neither for sorting nor for filtering. No event value makes
     * this throw.
     */
    Map<String, ColumnStats> columnStats(List<String> columns, @Nullable String session);

    /** Returns the number of events that a query matches in each time span; the query's order has no effect. */
    List<Point> timeline(List<Bucket> buckets, EventQuery query);

    /** Removes the events of a session, or all if it is null; returns the counts afterwards. */
    Summary reset(@Nullable String session);

    /** Returns the request of a failed event as it was received; empty once the request has been removed. */
    Optional<byte[]> frame(long number);

    /** Returns how many rows the next transaction should have, so that the store compresses them well. */
    default int preferredRows() {
        return Integer.MAX_VALUE;
    }

    /** Returns the file of this store; empty for a store in memory. */
    default Optional<StoreFile> file() {
        return Optional.empty();
    }

    /**
     * Returns the ids by number, if the store is large enough to need an index of them; else {@link #known} is enough.
     */
    default Optional<StoredIds> ids() {
        return Optional.empty();
    }

    /** Returns SQL on the stored events, if the store supports it. */
    default Optional<SqlQueries> sql() {
        return Optional.empty();
    }

    /** Checks that the store can be written, without changing data. */
    default void check() {}

    /** Returns the waiting requests, oldest first. */
    List<WaitingRequest.Summary> waiting();

    /** Returns the waiting request with this origin. */
    Optional<WaitingRequest> waiting(String origin);

    /**
     * Returns the numbers, in ascending order and greater than a given one, of failed events whose first failure is of
     * a step.
     */
    List<Long> failedAt(Failure.Step step, long beyond, int limit);

    /** Replaces a failed event by the event with the same number. */
    void replace(StoredEvent event);

    /**
     * Removes events and requests older than their maximum age, then the oldest events beyond the maximum size. An
     * event whose own time is more than a day ahead of the clock ages from when it was first found, see {@link Ages}.
     * While {@link Ages#now} is null, only the size limit applies.
     *
     * @return how much was removed
     */
    Removed retain(Retention retention, Ages ages);

    /**
     * Starts the removal of all data about some persons: their events, the requests of failed events that contain an
     * event of theirs, and their events in waiting requests. Other events stay, even those of the same requests. Of
     * each removed event a {@link ForgottenKey} remains. A request that was sealed with another key stays.
     *
     * @param requests opens stored requests
     */
    PersonRemoval removal(PersonMatch persons, RawRequests requests);

    /** Returns the keys of forgotten events that were sent with one of these ids. */
    List<ForgottenKey> forgotten(Collection<UUID> ids);

    /** Removes the keys of forgotten events that were received before a time. */
    void dropForgotten(Instant before);

    /** Returns the latest time at which a stored event was received; empty if there are no events. */
    Optional<Instant> newest();

    /** Returns the greatest number of an event received after a time; 0 if there is none. */
    long newestAfter(Instant time);

    @Override
    void close();
}
