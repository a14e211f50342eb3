package dev.internalevents.benchmarks.sink;

/** How a sink answers a request. */
public enum Behaviour {
    /** Answers 200. */
    ANSWER,
    /** Answers 503; stores nothing. */
    UNAVAILABLE,
    /** Resets the connection before an answer; stores nothing. */
    RESET,
    /** Does not answer for 30 seconds; stores nothing. */
    STALL,
    /** Stores the events and sends half of the answer. */
    HALF_AN_ANSWER
}
