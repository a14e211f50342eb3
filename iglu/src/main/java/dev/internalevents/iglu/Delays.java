package dev.internalevents.iglu;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs tasks later, on threads of the JDK. A time of zero or less is now. */
final class Delays {

    private Delays() {}

    /** Returns a future that completes after a time. */
    static CompletableFuture<Void> after(long nanos) {
        return CompletableFuture.runAsync(() -> {}, executor(nanos));
    }

    /** Returns an executor that runs each task after a time. */
    static Executor executor(long nanos) {
        return CompletableFuture.delayedExecutor(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
}
