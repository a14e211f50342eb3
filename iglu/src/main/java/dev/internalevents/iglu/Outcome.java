package dev.internalevents.iglu;

import java.time.Duration;

/** The outcome of one request for a schema. */
sealed interface Outcome {

    /** The registry answered, and would answer the same request in the same way. */
    sealed interface Answered extends Outcome {}

    /** The registry has it. */
    record Schema(String text) implements Answered {}

    /** The registry does not have it. */
    record None() implements Answered {}

    /** The registry refuses the schema; {@code what} completes a sentence that starts with the registry. */
    record Refused(String what) implements Answered {}

    /**
     * There was no usable answer.
     *
     * @param what the reason, for messages: "status 503", "Connection refused"
     * @param unreachable whether this applies to every key, because the connection failed or the registry asked its
     *     callers to slow down
     * @param retryAfter the pause that the registry requested; zero if it did not
     */
    record Away(String what, boolean unreachable, Duration retryAfter) implements Outcome {}
}
