package dev.internalevents.iglu;

import java.time.Duration;

/**
 * The limits of the look-ups of one registry.
 *
 * @param inFlight the maximum number of look-ups at a time
 * @param waiting the maximum number of look-ups that wait for their turn
 * @param perVendor the maximum number of unknown keys of one vendor that are looked up within {@code vendorWindow}
 * @param vendorWindow the time after which the limit of a vendor starts again
 * @param firstBackOff the pause after a first failure; each further failure doubles it
 * @param lastBackOff the maximum pause, even if the registry asks for a longer one
 * @param undecided how long to wait for a first look-up before later registries are used
 * @param unasked how long a look-up waits for an unavailable registry before it must be requested again
 */
record LookUpLimits(
        int inFlight,
        int waiting,
        int perVendor,
        Duration vendorWindow,
        Duration firstBackOff,
        Duration lastBackOff,
        Duration undecided,
        Duration unasked) {

    static final LookUpLimits DEFAULT = new LookUpLimits(
            50,
            10_000,
            200,
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1));

    /**
     * Returns the pause before the next attempt.
     *
     * @param attempts how many failed, 1 or more
     * @param retryAfter the pause that the registry asked for; zero if it did not
     */
    Duration pause(int attempts, Duration retryAfter) {
        Duration backOff = firstBackOff.multipliedBy(1L << Math.min(attempts - 1, 20));
        Duration pause = backOff.compareTo(retryAfter) < 0 ? retryAfter : backOff;
        return pause.compareTo(lastBackOff) < 0 ? pause : lastBackOff;
    }
}
