package dev.internalevents.pipeline.adapter;

/** Thrown when no event can be read from a request. The message says what is wrong and what was expected. */
public final class UnreadableRequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String where;

    /** @param where the invalid part of the request, such as {@code the body} */
    public UnreadableRequestException(String where, String message) {
        super(message);
        this.where = where;
    }

    /** Returns the invalid part of the request. */
    public String where() {
        return where;
    }
}
