package dev.internalevents.protocol;

/**
 * What to do with a failure of code that is not ours: a {@code toString()}, an iterator, a listener of the application.
 * Its errors are as much its own as its exceptions are, so all of them are caught, but for those of {@link #isFatal}.
 */
public final class ForeignCode {

    private ForeignCode() {}

    /**
     * Whether a failure has to reach the top of the thread: {@link ThreadDeath}, and the {@link OutOfMemoryError} of a JVM
     * whose heap or metaspace is exhausted. An OutOfMemoryError that concerns one array alone, or that an application made
     * itself, is not fatal. Never throws, and calls nothing of the application's.
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
     * Takes note of a failure: throws it again if it is {@link #isFatal fatal}, and sets the thread's interrupt flag again
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
