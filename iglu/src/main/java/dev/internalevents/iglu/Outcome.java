package dev.internalevents.iglu;

import java.time.Duration;

/** How one request for a schema ended. */
sealed interface Outcome {

    /** The registry answered; the same request would be answered alike. */
    sealed interface Answered extends Outcome {}

    /** The registry has it. */
    record Schema(String text) implements Answered {}

    /** The registry does not have it. */
    record None() implements Answered {}

    /** The registry does not give it out; {@code what} ends a sentence that begins with the registry. */
    record Refused(String what) implements Answered {}

    /**
     * No usable answer.
     *
     * @param what for people: "status 503", "Connection refused"
     * @param unreachable whether that holds for every key, because no connection came about or the registry asked its
     *     callers to slow down
     * @param retryAfter the pause that the registry asked for; zero if it did not
     */
    record Away(String what, boolean unreachable, Duration retryAfter) implements Outcome {}
}
