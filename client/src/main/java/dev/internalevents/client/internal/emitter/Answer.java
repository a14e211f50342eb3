package dev.internalevents.client.internal.emitter;

/** What became of a request; which statuses are final is for {@link GiveUp} to say. */
sealed interface Answer {

    /** 2xx. */
    record Delivered() implements Answer {}

    /** 413: smaller requests may still be taken. */
    record TooLarge(String reason) implements Rejected {
        @Override
        public boolean mayBeOfOne() {
            return true;
        }
    }

    /**
     * Another status after which the same request is never sent again.
     *
     * @param mayBeOfOne whether one event of several may be the reason
     */
    record Refused(String reason, boolean mayBeOfOne) implements Rejected {}

    /** Either of the two: final for this request. */
    sealed interface Rejected extends Answer {
        String reason();

        boolean mayBeOfOne();
    }

    /**
     * Any other status, or no answer: to be tried again.
     *
     * @param retryAfterMillis how long the collector asked to wait; 0 when it did not
     * @param mayBeOfOne whether an event may be the reason: 500 and 501 without {@code Retry-After}, which a collector
     *     answers that fails at what it was sent. Others, and no answer, speak of the collector or of what is before it
     */
    record Failed(String reason, long retryAfterMillis, boolean mayBeOfOne) implements Answer {

        Failed(String reason, long retryAfterMillis) {
            this(reason, retryAfterMillis, false);
        }
    }

    /**
     * The answer by its status.
     *
     * @param retryAfterMillis how long the collector asked to wait; 0 when it did not
     */
    static Answer of(int status, long retryAfterMillis, GiveUp giveUp) {
        String reason = "the collector answered " + status
                + (status == 404
                        ? ": no collector is at this path; expected the endpoint without the path of requests"
                        : "");
        if (status >= 200 && status < 300) {
            return new Delivered();
        } else if (status == 413) {
            return new TooLarge(reason + ", a single event is too large for it");
        } else if (giveUp.finalStatuses().contains(status)) {
            return new Refused(reason, !GiveUp.isOfTheSender(status));
        }
        // Who asks for a pause speaks of itself.
        return new Failed(reason, retryAfterMillis, (status == 500 || status == 501) && retryAfterMillis == 0);
    }

    /**
     * The answer to events that are kept until they are delivered: nothing is refused for good. What would be final for
     * others may be of one event, as 500 may; 401 and 410 speak of the sender.
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
