package dev.internalevents.client.delivery;

/** Why the client dropped an event. */
public enum DropReason {

    /** The queue or outbox had reached its limit of events or bytes. */
    FULL("the queue is full"),

    /** It was tracked after {@code close}. */
    CLOSED("the client is closed"),

    /** The client was closed before the collector accepted it, and there is no outbox to store it. */
    LEFT_AT_CLOSE("the client was closed before the collector accepted it"),

    /** The values passed by the application could not be read as an event. */
    UNREADABLE("it could not be read"),

    /** The event alone exceeds the maximum size of a request. */
    TOO_LARGE("it exceeds the maximum size of a request"),

    /** It has no definition; logged once for each name by the interceptor that checks the definitions. */
    UNDEFINED("it has no definition"),

    /** An {@link dev.internalevents.client.EventInterceptor} dropped it. */
    INTERCEPTED("an interceptor dropped it"),

    /** A billing event without a realm, with a quantity of 0 or less, or otherwise impossible to bill. */
    NOT_BILLABLE("it cannot be billed");

    private final String words;

    DropReason(String words) {
        this.words = words;
    }

    /** Returns the reason as part of a sentence. */
    public String words() {
        return words;
    }

    /** Returns the reason as the tag of a metric: {@code left_at_close}. */
    public String tag() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
