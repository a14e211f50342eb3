package dev.internalevents.benchmarks.sink;

/** How a sink answers a request. */
public enum Behaviour {
    /** 200. */
    ANSWER,
    /** 503, nothing kept. */
    UNAVAILABLE,
    /** The connection is reset before an answer, nothing kept. */
    RESET,
    /** No answer for 30 seconds, nothing kept. */
    STALL,
    /** The events are kept, and the answer ends in the middle. */
    HALF_AN_ANSWER
}
