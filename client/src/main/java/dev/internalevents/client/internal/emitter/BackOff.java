package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.DurationText;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The wait before the next retry: a random time between zero and a bound that doubles with each retry (full jitter), so
 * that many clients do not return at once.
 *
 * @param first the bound after the first failure
 * @param most the maximum of the bound
 */
public record BackOff(Duration first, Duration most) {

    /** @throws IllegalArgumentException unless 1 ms ≤ first ≤ most */
    public BackOff {
        if (first.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("backOff: the first wait of " + DurationText.of(first)
                    + " is too short; expected 1ms or more, such as 100ms");
        }
        if (most.compareTo(first) < 0) {
            throw new IllegalArgumentException("backOff: the longest wait of " + DurationText.of(most)
                    + " is shorter than the first of " + DurationText.of(first) + "; expected one as long or longer");
        }
        first = Durations.clamped(first);
        most = Durations.clamped(most);
    }

    /** @param failures failed tries so far, 1 or more */
    long nextMillis(int failures) {
        return ThreadLocalRandom.current().nextLong(boundMillis(failures) + 1);
    }

    long boundMillis(int failures) {
        long bound = first.toMillis();
        for (int i = 1; i < failures && bound < most.toMillis(); i++) {
            // Twice a century still fits into a long.
            bound *= 2;
        }
        return Math.min(bound, most.toMillis());
    }
}
