package dev.internalevents.client;

/** What was made current stays so until this is closed, on the thread that opened it. */
public interface Scope extends AutoCloseable {

    /** Makes current what was current before. A second call does nothing. */
    @Override
    void close();
}
