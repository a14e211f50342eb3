package dev.internalevents.client.delivery;

/** Why the client gave an event up. */
public enum DropReason {

    /** As many events, or bytes, waited as may. */
    FULL("no room is left for it"),

    /** It came after {@code close}. */
    CLOSED("the client is closed"),

    /** The client was closed before the collector took it, and there is no outbox to keep it. */
    LEFT_AT_CLOSE("the client was closed before the collector took it"),

    /** What the application passed could not be read as an event. */
    UNREADABLE("it could not be read"),

    /** It alone is larger than a request may be. */
    TOO_LARGE("it is larger than a request may be"),

    /** No definition names it; logged by what checks the definitions, once per name. */
    UNDEFINED("no definition names it"),

    /** An {@link dev.internalevents.client.EventInterceptor} dropped it. */
    INTERCEPTED("an interceptor dropped it"),

    /** A billing event that names no realm, a quantity of 0 or less, or something else that cannot be billed. */
    NOT_BILLABLE("it cannot be billed");

    private final String words;

    DropReason(String words) {
        this.words = words;
    }

    /** The reason as part of a sentence. */
    public String words() {
        return words;
    }

    /** The reason as the tag of a metric: {@code left_at_close}. */
    public String tag() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
