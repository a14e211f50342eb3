package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.DurationText;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * When to give up an event that the collector does not accept.
 *
 * @param finalStatuses response statuses after which the same event is never retried, each from 300 to 599; 413 is
 *     always included. After such a response to a request with several events, each event is first sent by itself,
 *     except after 401 and 410, which apply to all events
 * @param tries responses of 500 or 501 to the event by itself, while others are accepted, before it is set aside; 1 or
 *     more
 * @param after how long it is retried at least; positive
 */
public record GiveUp(Set<Integer> finalStatuses, int tries, Duration after) {

    /** The default number of tries: {@value}. */
    public static final int DEFAULT_TRIES = 8;

    /** The defaults: the statuses after which Snowplow's trackers never retry; 8 tries and 20 seconds. */
    public static final GiveUp DEFAULT =
            new GiveUp(Set.of(400, 401, 403, 410, 422), DEFAULT_TRIES, Duration.ofSeconds(20));

    /** @throws IllegalArgumentException naming the invalid setting, and what was expected */
    public GiveUp {
        for (int status : finalStatuses) {
            if (status < 300 || status > 599) {
                throw new IllegalArgumentException(
                        "finalStatuses: " + status + " is not an HTTP status from 300 to 599");
            }
        }
        if (tries < 1) {
            throw new IllegalArgumentException("setAsideAfter: " + tries + " tries; expected 1 or more");
        }
        if (after.isNegative() || after.isZero()) {
            throw new IllegalArgumentException("setAsideAfter: " + DurationText.of(after)
                    + " is too short; expected a duration longer than zero, such as 20s");
        }
        finalStatuses = Set.copyOf(finalStatuses);
    }

    /** Returns whether a status concerns the sender, and therefore all events alike. */
    static boolean isOfTheSender(int status) {
        return status == 401 || status == 410;
    }

    @Override
    public String toString() {
        return "final statuses " + new TreeSet<>(finalStatuses) + ", set aside after " + tries + " tries and "
                + DurationText.of(after);
    }
}
