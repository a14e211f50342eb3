package dev.internalevents.client.emitter;

/** What became of a request; the statuses are those of Snowplow's trackers. */
sealed interface Answer {

    /** 2xx. */
    record Delivered() implements Answer {}

    /** 413: smaller requests may still be taken. */
    record TooLarge(String reason) implements Rejected {}

    /** Another status after which the same request is never sent again. */
    record Refused(String reason) implements Rejected {}

    /** Either of the two: final for this request. */
    sealed interface Rejected extends Answer {
        String reason();
    }

    /**
     * Any other status, or no answer: to be tried again.
     *
     * @param retryAfterMillis how long the collector asked to wait; 0 when it did not
     */
    record Failed(String reason, long retryAfterMillis) implements Answer {}
}
