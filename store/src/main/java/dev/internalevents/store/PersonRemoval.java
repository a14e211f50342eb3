package dev.internalevents.store;

import java.util.Set;
import java.util.function.Consumer;

/**
 * Removes all data about some persons, in two steps, because reading every failed request takes long. The search runs
 * while events are processed; only the removal of what it found runs between two transactions.
 */
public interface PersonRemoval {

    /**
     * Searches the data stored now, reading each request once. Blocks until done, which can take minutes. May be called
     * by any thread, but only by one at a time.
     *
     * @throws StoreException if the store cannot be read, or was closed
     */
    void find();

    /**
     * Searches what was stored since {@link #find}, and removes everything found. Must be called by the writing thread.
     *
     * @return how much was removed
     * @throws StoreException if the store cannot be changed, or was closed; nothing is removed then
     */
    default Forgotten remove() {
        return remove(failed -> {});
    }

    /**
     * Like {@link #remove()}.
     *
     * @param before receives the numbers of the failed events that are going to be removed; if it throws, nothing is
     *     removed
     */
    Forgotten remove(Consumer<Set<Long>> before);
}
