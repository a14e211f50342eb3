package dev.internalevents.store;

import java.util.List;

/**
 * Looks after what sinks have written, whichever collector did. Used by one thread; every method may block for long and
 * throws {@link SinkException} if it failed or was stopped: it is then to be closed, and opened again later, with
 * {@link EventSinks#maintenance}. What was begun does no harm.
 */
public interface SinkMaintenance extends AutoCloseable {

    /**
     * What {@link #tidy} did.
     *
     * @param merged files that were replaced by fewer
     * @param expired older states of the data that cannot be read any more
     * @param orphans files that were deleted because nothing named them
     */
    record Tidied(long merged, long expired, long orphans) {}

    /** Takes the right to change data, for some minutes; returns false if another collector has it. */
    boolean take();

    /** Gives the right back. Does not throw. */
    void release();

    /** Merges small files, and removes what is not needed any more. */
    Tidied tidy();

    /**
     * Removes the rows of persons from what readers see. They stay in older states of the data.
     *
     * @return what to pass to {@link #expire}
     */
    String forget(List<SinkForget> orders);

    /**
     * Removes the older states of the data that still have the rows.
     *
     * @param mark what {@link #forget} returned
     * @return false if the data was rolled back to a state that has the rows, so {@link #forget} has to be repeated
     */
    boolean expire(String mark);

    /** Ends connections. Does not throw. */
    @Override
    void close();
}
