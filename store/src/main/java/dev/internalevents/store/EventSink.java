package dev.internalevents.store;

import java.util.List;

/**
 * A place outside the store that receives every stored event once, and remembers how far it came. Used by one thread at
 * a time. Every method may block, and throws {@link SinkException} if the sink cannot be read or written; the sink is
 * then to be closed and opened again. Opened by {@link EventSinks}.
 */
public interface EventSink extends AutoCloseable {

    /** Returns the number of the last event up to which the sink has every event for good; 0 if it has none. */
    long place();

    /**
     * Adds events, in ascending order of their numbers. Events that the sink already has are skipped. What was added is
     * in the sink for good after {@link #commit}, and not visible to its readers before.
     */
    void write(List<StoredEvent> events);

    /** Returns the approximate size in bytes of what was added since the last commit. */
    long pending();

    /**
     * Makes what was added visible, and records the place, atomically. To be called at least as often as
     * {@link SinkSettings#commitEvery} says, also without events: it shows other processes that this one is alive.
     *
     * @param place the number of the last event that the sink has afterwards, not less than {@link #place}
     */
    void commit(long place);

    /**
     * Adds events up to the place that the sink has as failed ones and that are good now, visible at once. Nothing else
     * may have been added since the last commit. Does nothing if the sink has this turn already.
     *
     * @param turn counts up from call to call; recorded atomically with the events
     */
    void addRetried(long turn, List<StoredEvent> events);

    /** Returns the last turn of {@link #addRetried}; 0 if there was none. */
    long retried();

    /** Closes the sink, and discards what was added since the last commit. */
    @Override
    void close();
}
