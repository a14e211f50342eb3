package dev.internalevents.client;

import java.util.Arrays;

/** Why the JVM is ending. */
final class ExitOfJvm {

    private ExitOfJvm() {}

    /**
     * Whether the JVM is ending because the last thread of the application has: then no request is being finished. By a
     * signal, or {@code System.exit}, requests may be. For a shutdown hook to ask.
     */
    static boolean isByItself() {
        return Thread.getAllStackTraces().entrySet().stream()
                .anyMatch(thread -> thread.getKey().getName().equals("DestroyJavaVM")
                        && Arrays.stream(thread.getValue())
                                .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown")));
    }
}
