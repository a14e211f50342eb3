package dev.internalevents.iglu;

import java.time.Duration;

/**
 * The limits of the look-ups of one registry.
 *
 * @param inFlight the maximum number of look-ups at a time
 * @param waiting the maximum number of look-ups that wait for their turn
 * @param perVendor the limit of unknown keys of one vendor
 * @param backOff the pauses after failures
 * @param undecided how long to wait for a first look-up before later registries are used
 * @param unasked how long a look-up waits for an unavailable registry before it must be requested again
 */
record LookUpLimits(
        int inFlight, int waiting, PerVendor perVendor, BackOff backOff, Duration undecided, Duration unasked) {

    static final LookUpLimits DEFAULT = new LookUpLimits(
            50,
            10_000,
            new PerVendor(200, Duration.ofSeconds(10)),
            new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(30)),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1));

    /**
     * A limit of unknown keys of one vendor.
     *
     * @param keys the maximum number that is looked up within {@code window}
     * @param window the time after which the limit starts again
     */
    record PerVendor(int keys, Duration window) {}

    /**
     * The pauses after failures.
     *
     * @param first the pause after a first failure; each further failure doubles it
     * @param last the maximum pause, even if the registry asks for a longer one
     */
    record BackOff(Duration first, Duration last) {

        /**
         * Returns the pause before the next attempt.
         *
         * @param attempts how many failed, 1 or more
         * @param retryAfter the pause that the registry asked for; zero if it did not
         */
        Duration pause(int attempts, Duration retryAfter) {
            Duration doubled = first.multipliedBy(1L << Math.min(attempts - 1, 20));
            Duration pause = doubled.compareTo(retryAfter) < 0 ? retryAfter : doubled;
            return pause.compareTo(last) < 0 ? pause : last;
        }
    }
}
