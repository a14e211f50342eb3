package dev.internalevents.client.internal.emitter;

/** The kind of events that an emitter sends, which determines whether it may give an event up. */
public enum EventKind {

    /** Usage: an event that the collector refuses is rejected; one that the collector fails at is set aside. */
    INTERNAL("event"),

    /**
     * Money: an event is queued only in the outbox on disk, until the collector has accepted it. No response ends it;
     * an event that the collector does not accept is moved behind the others and retried. A full outbox refuses new
     * events.
     */
    BILLING("billing event");

    private final String words;

    EventKind(String words) {
        this.words = words;
    }

    /** Returns the name of such an event in log lines, in the singular. */
    String words() {
        return words;
    }

    /** Returns whether an event stays queued until it is delivered, whatever the collector responds. */
    boolean isKept() {
        return this == BILLING;
    }
}
