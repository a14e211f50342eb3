package dev.internalevents.client.emitter;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next try: anything between nothing and a bound that doubles with each try (full jitter),
 * so that many clients do not come back at once.
 *
 * @param first the bound after the first failure
 * @param most the bound that is never exceeded
 */
public record BackOff(Duration first, Duration most) {

    public BackOff {
        if (first.isNegative() || first.isZero() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "a back-off needs 0 < first <= most, got first " + first + ", most " + most);
        }
    }

    /** @param failures tries that failed so far, 1 or more */
    long nextMillis(int failures) {
        return ThreadLocalRandom.current().nextLong(boundMillis(failures) + 1);
    }

    long boundMillis(int failures) {
        long doubled = first.toMillis() << Math.min(failures - 1, 30);
        return Math.min(doubled, most.toMillis());
    }
}
