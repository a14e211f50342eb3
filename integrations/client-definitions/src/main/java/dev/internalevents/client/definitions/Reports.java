package dev.internalevents.client.definitions;

/**
 * Reports problems with events: strict throws them out of {@code trackEvent}, lenient logs each kind once and counts
 * it.
 */
record Reports(boolean strict, Problems problems) {

    static final String NOT_SENT = "it is not sent";
    static final String SENT_ANYWAY = "it is sent anyway";

    /**
     * Reports an event that should not be tracked.
     *
     * @param outcome what happens to it if this does not throw, for the log line
     */
    void undefined(String message, String outcome) {
        if (strict) {
            throw new UndefinedEventException(message);
        }
        problems.note(message, outcome);
    }

    /**
     * Reports a property that the event should not have.
     *
     * @param outcome what happens to it if this does not throw, for the log line
     */
    void invalid(String message, String outcome) {
        if (strict) {
            throw new InvalidPropertyException(message);
        }
        problems.note(message, outcome);
    }
}
