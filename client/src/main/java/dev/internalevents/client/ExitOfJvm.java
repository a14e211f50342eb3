package dev.internalevents.client;

import java.util.Arrays;

/** Tells why the JVM is shutting down. */
final class ExitOfJvm {

    private ExitOfJvm() {}

    /**
     * Returns whether the JVM is shutting down because the application's last thread has ended; then no request is in
     * progress. After a signal or {@code System.exit}, requests may be. Called by a shutdown hook.
     */
    static boolean isByItself() {
        return Thread.getAllStackTraces().entrySet().stream()
                .anyMatch(thread -> thread.getKey().getName().equals("DestroyJavaVM")
                        && Arrays.stream(thread.getValue())
                                .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown")));
    }
}
