package dev.internalevents.store;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How old events are, for retention. */
public interface Ages {

    /** An event that is further ahead of the clock than this came under a wrong clock. */
    Duration TOLERANCE = Duration.ofDays(1);

    /** The time to age events by; null while nothing may be removed for its age. */
    @Nullable
    Instant now();

    /**
     * Up to which number events are older than a time by when they were first found, for those whose own time lies ahead
     * of the clock; 0 if none are.
     */
    long foundBefore(Instant time);

    /** Whether an event's own time says nothing about its age. */
    static boolean isAhead(Instant received, Instant now) {
        return received.isAfter(now.plus(TOLERANCE));
    }

    /** Events age by their own time alone. */
    static Ages at(Instant now) {
        return new Ages() {
            @Override
            public Instant now() {
                return now;
            }

            @Override
            public long foundBefore(Instant time) {
                return 0;
            }
        };
    }
}
