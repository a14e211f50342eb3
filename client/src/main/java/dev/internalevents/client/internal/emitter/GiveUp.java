package dev.internalevents.client.internal.emitter;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * When an event that the collector does not take is given up.
 *
 * @param finalStatuses answers after which the same event is never sent again, each from 300 to 599; 413 always is one.
 *     Of a request with several events each is asked for by itself first, but for 401 and 410, which speak of all
 * @param tries answers of 500 or 501 to the event by itself, while others are taken, before it is set aside; 1 or more
 * @param after how long it is tried at least; positive
 */
public record GiveUp(Set<Integer> finalStatuses, int tries, Duration after) {

    /** The statuses after which Snowplow's trackers never send again; 8 tries and 20 seconds. */
    public static final GiveUp DEFAULT = new GiveUp(Set.of(400, 401, 403, 410, 422), 8, Duration.ofSeconds(20));

    /** @throws IllegalArgumentException naming the setting that makes no sense, and what was expected */
    public GiveUp {
        for (int status : finalStatuses) {
            if (status < 300 || status > 599) {
                throw new IllegalArgumentException(
                        "finalStatuses: " + status + " is not an HTTP status from 300 to 599");
            }
        }
        if (tries < 1) {
            throw new IllegalArgumentException("setAsideAfter: " + tries + " tries are not 1 or more");
        }
        if (after.isNegative() || after.isZero()) {
            throw new IllegalArgumentException("setAsideAfter: " + after + " is not longer than nothing");
        }
        finalStatuses = Set.copyOf(finalStatuses);
    }

    /** Whether a status says something of the one who sends, and so of every event alike. */
    static boolean isOfTheSender(int status) {
        return status == 401 || status == 410;
    }

    @Override
    public String toString() {
        return "final statuses " + new TreeSet<>(finalStatuses) + ", set aside after " + tries + " tries and " + after;
    }
}
