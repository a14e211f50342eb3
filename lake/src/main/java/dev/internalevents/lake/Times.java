package dev.internalevents.lake;

import java.time.Instant;

/** Times as numbers. */
final class Times {

    private static final long DAY_SECONDS = 86_400;
    private static final long SECOND_MICROS = 1_000_000;
    /** Beyond it, microseconds do not fit in a long. */
    private static final long MAX_SECONDS = Long.MAX_VALUE / SECOND_MICROS - 1;

    private Times() {}

    /** Returns the microseconds since 1970; the nearest possible number for a time that is too far away. */
    static long micros(Instant time) {
        long seconds = Math.max(-MAX_SECONDS, Math.min(time.getEpochSecond(), MAX_SECONDS));
        return seconds * SECOND_MICROS + time.getNano() / 1_000;
    }

    /** Returns the days since 1970. */
    static int day(Instant time) {
        return (int) Math.floorDiv(micros(time), DAY_SECONDS * SECOND_MICROS);
    }
}
