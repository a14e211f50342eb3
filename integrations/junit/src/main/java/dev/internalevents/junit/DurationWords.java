package dev.internalevents.junit;

import java.time.Duration;
import java.util.Locale;

/** Durations for messages, as people write them. */
final class DurationWords {

    private static final long MANY_SECONDS = 1_000_000_000;

    private DurationWords() {}

    /** Returns for example {@code 5s} or {@code 50ms}. */
    static String text(Duration time) {
        if (time.toNanosPart() == 0) {
            return time.toSeconds() + "s";
        }
        boolean isMillis = time.toNanosPart() % 1_000_000 == 0 && Math.abs(time.toSeconds()) < MANY_SECONDS;
        return isMillis
                ? time.toMillis() + "ms"
                : time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
