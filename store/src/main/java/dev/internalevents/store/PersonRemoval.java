package dev.internalevents.store;

/**
 * Removes what is about some persons, in two steps, because reading every failed request takes long: it is looked for beside
 * the processing, and only what is found is removed between two transactions of it.
 */
public interface PersonRemoval {

    /**
     * Looks for what is there now, reading each request once. Blocks for as long as that takes, which can be minutes; for
     * any thread, but one at a time.
     *
     * @throws StoreException if the store cannot be read, or was closed
     */
    void find();

    /**
     * Looks for what came since {@link #find}, and removes everything that was found. For the thread that writes.
     *
     * @return how much was removed
     * @throws StoreException if the store cannot be changed, or was closed; nothing is removed then
     */
    Forgotten remove();
}
