package dev.internalevents.client.internal.emitter;

/** What an emitter sends, and so whether it may give an event up. */
public enum EventKind {

    /** Usage: an event that the collector refuses is rejected, one that it fails at is set aside. */
    INTERNAL("event"),

    /**
     * Money: an event waits in the outbox on disk, and nowhere else, until the collector has taken it. No answer ends it; one
     * that the collector does not take goes behind the others and is tried again. A full outbox refuses new events.
     */
    BILLING("billing event");

    private final String words;

    EventKind(String words) {
        this.words = words;
    }

    /** What a log line calls such an event, in the singular. */
    String words() {
        return words;
    }

    /** Whether an event is kept until it is delivered, whatever the collector answers. */
    boolean isKept() {
        return this == BILLING;
    }
}
