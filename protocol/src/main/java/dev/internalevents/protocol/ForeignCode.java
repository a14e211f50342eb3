package dev.internalevents.protocol;

/**
 * Handles failures of application code: a {@code toString()}, an iterator, a listener. Its errors are caught just as
 * its exceptions are, except those for which {@link #isFatal} is true.
 */
public final class ForeignCode {

    private ForeignCode() {}

    /**
     * Returns whether a failure must propagate to the top of the thread: {@link ThreadDeath}, and the
     * {@link OutOfMemoryError} of a JVM whose heap or metaspace is exhausted. An OutOfMemoryError for a single array
     * that is too large, or one created by the application, is not fatal. Never throws, and calls no code of the
     * application.
     */
    @SuppressWarnings("removal")
    public static boolean isFatal(Throwable failure) {
        if (failure.getClass() == OutOfMemoryError.class) {
            String message = failure.getMessage();
            return message != null
                    && (message.startsWith("Java heap space")
                            || message.startsWith("GC overhead limit exceeded")
                            || message.startsWith("Metaspace")
                            || message.startsWith("Compressed class space"));
        }
        return failure instanceof ThreadDeath;
    }

    /**
     * Handles a caught failure: rethrows it if it is {@link #isFatal fatal}, and restores the thread's interrupt flag
     * if it is an {@link InterruptedException}, which code can throw without declaring it.
     */
    public static void caught(Throwable failure) {
        if (isFatal(failure)) {
            throw (Error) failure;
        }
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
    }
}
