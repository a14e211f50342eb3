package dev.internalevents.store;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tells retention how old events are. */
public interface Ages {

    /** An event further ahead of the clock than this was received while the clock was wrong. */
    Duration TOLERANCE = Duration.ofDays(1);

    /** Returns the time to age events by; null while no event may be removed for its age. */
    @Nullable
    Instant now();

    /**
     * Returns the greatest number of an event that was first found before a time; 0 if there is none. Applies to events
     * whose own time lies ahead of the clock.
     */
    long foundBefore(Instant time);

    /** Returns the greatest number of an event that may be removed at all; default: any. */
    default long removable() {
        return Long.MAX_VALUE;
    }

    /** Returns the same ages, with a greatest number of an event that may be removed. */
    default Ages upTo(long number) {
        Ages all = this;
        return new Ages() {
            @Override
            public @Nullable Instant now() {
                return all.now();
            }

            @Override
            public long foundBefore(Instant time) {
                return all.foundBefore(time);
            }

            @Override
            public long removable() {
                return number;
            }
        };
    }

    /** Returns whether an event's own time lies so far ahead of the clock that it does not give the event's age. */
    static boolean isAhead(Instant received, Instant now) {
        return received.isAfter(now.plus(TOLERANCE));
    }

    /** Returns ages that use only the events' own times. */
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
