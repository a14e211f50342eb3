package dev.internalevents.client.internal.emitter;

/** The outcome of a request; {@link GiveUp} decides which statuses are final. */
sealed interface Answer {

    /** 2xx. */
    record Delivered() implements Answer {}

    /** 413: smaller requests may still be accepted. */
    record TooLarge(String reason) implements Rejected {
        @Override
        public boolean mayBeOfOne() {
            return true;
        }
    }

    /**
     * Another status after which the same request is never retried.
     *
     * @param mayBeOfOne whether one event of several may be the cause
     */
    record Refused(String reason, boolean mayBeOfOne) implements Rejected {}

    /** Any outcome except {@link Delivered}. */
    sealed interface NotAccepted extends Answer {
        String reason();

        /** Returns how long the collector asked to wait; 0 if it did not. */
        default long retryAfterMillis() {
            return 0;
        }

        boolean mayBeOfOne();
    }

    /** Either of the two above: final for this request. */
    sealed interface Rejected extends NotAccepted {}

    /**
     * Any other status, or no response: to be retried.
     *
     * @param retryAfterMillis how long the collector asked to wait; 0 if it did not
     * @param mayBeOfOne whether an event may be the cause: true for 500 and 501 without {@code Retry-After}, with which
     *     a collector responds if it fails to process a request. Other statuses, and no response, point to the
     *     collector itself or to a proxy in front of it
     */
    record Failed(String reason, long retryAfterMillis, boolean mayBeOfOne) implements NotAccepted {

        Failed(String reason, long retryAfterMillis) {
            this(reason, retryAfterMillis, false);
        }
    }

    /**
     * Returns the outcome for a status.
     *
     * @param retryAfterMillis how long the collector asked to wait; 0 if it did not
     */
    static Answer of(int status, long retryAfterMillis, GiveUp giveUp) {
        String reason = "the collector answered " + status
                + (status == 404
                        ? ": there is no collector at this path; expected the endpoint without the request path"
                        : "");
        if (status >= 200 && status < 300) {
            return new Delivered();
        } else if (status == 413) {
            return new TooLarge(reason + ", a single event is too large for it");
        } else if (giveUp.finalStatuses().contains(status)) {
            return new Refused(reason, !GiveUp.isOfTheSender(status));
        }
        // A collector that asks for a pause has a problem of its own, not one with an event.
        return new Failed(reason, retryAfterMillis, (status == 500 || status == 501) && retryAfterMillis == 0);
    }

    /**
     * Returns the outcome for events that stay queued until they are delivered: no status is final. A status that would
     * be final for others may be caused by one event, as 500 may; 401 and 410 concern the sender.
     *
     * @param retryAfterMillis as in {@link #of}
     */
    static Answer ofKept(int status, long retryAfterMillis, GiveUp giveUp) {
        Answer answer = of(status, retryAfterMillis, giveUp);
        return answer instanceof Failed failed && GiveUp.DEFAULT.finalStatuses().contains(status)
                ? new Failed(failed.reason, retryAfterMillis, !GiveUp.isOfTheSender(status) && retryAfterMillis == 0)
                : answer;
    }
}
