package dev.internalevents.lake;

import dev.internalevents.store.StoredEvent;
import java.util.List;

/** A table of the lake, and how far a collector has written it. Used by one thread at a time. */
interface EventTable extends AutoCloseable {

    /** Returns the number of the last event up to which the table has every one of its events. */
    long place();

    /** Returns whether somebody has returned the table to a state before its collector's last commit. */
    default boolean isRolledBack() {
        return false;
    }

    /** Adds events in the order of their numbers, invisible until the next commit. */
    void write(List<StoredEvent> events);

    /** Returns the approximate size in bytes of what was added since the last commit. */
    long pending();

    /**
     * Makes what was added visible, with the new place.
     *
     * @param always whether to record the place even if nothing was added
     */
    void commit(long reached, boolean always);

    /** As {@link dev.internalevents.store.EventSink#addRetried}. */
    void addRetried(long turn, List<StoredEvent> events);

    /** As {@link dev.internalevents.store.EventSink#retried}. */
    long retried();

    /** Discards what was added since the last commit. */
    @Override
    void close();
}
