package dev.internalevents.store;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The file of an event store: its place, its size, and a copy of it. Every method may block, and any thread may call
 * it.
 */
public interface StoreFile {

    /** Returns the folder of the file, absolute. */
    Path folder();

    /**
     * Returns the bytes of the file and of what belongs to it.
     *
     * @throws StoreException if it cannot be read
     */
    long sizeOnDisk();

    /**
     * Writes everything that was committed into the file itself, and drops the space of removed events where possible.
     * For the writing thread.
     *
     * @throws StoreException if it cannot be written
     */
    void settle();

    /**
     * Copies the file. For the writing thread, between two transactions.
     *
     * @param copy the new file, which must not exist
     * @throws IOException if either cannot be read or written
     */
    void copyTo(Path copy) throws IOException;
}
