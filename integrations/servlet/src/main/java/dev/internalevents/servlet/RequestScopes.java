package dev.internalevents.servlet;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Opens a scope around what the container calls for a request on a thread of its own. It has the request's tracking, and
 * ends what the application opens within and does not close.
 *
 * @param tracking null for a request that gets none: only the second is done then
 */
record RequestScopes(@Nullable RequestTracking tracking) {

    /** Code of the application that the container calls. */
    interface Call<E extends Exception> {
        void run() throws E;
    }

    <E extends Exception> void run(Call<E> call) throws E {
        try (Scope scope = tracking == null ? RequestTracking.preserve() : tracking.makeCurrent()) {
            call.run();
        }
    }
}
