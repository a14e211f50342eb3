package dev.internalevents.servlet;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Runs the container's callbacks for a request, which come on other threads, in a scope of the request's tracking, and
 * closes scopes that the callback opened and did not close.
 *
 * @param tracking null for a request without tracking: leftover scopes are still closed
 */
record RequestScopes(@Nullable RequestTracking tracking) {

    /** A callback of the application that the container runs. */
    interface Call<E extends Exception> {
        void run() throws E;
    }

    <E extends Exception> void run(Call<E> call) throws E {
        try (Scope scope = tracking == null ? RequestTracking.preserve() : tracking.makeCurrent()) {
            call.run();
        }
    }
}
