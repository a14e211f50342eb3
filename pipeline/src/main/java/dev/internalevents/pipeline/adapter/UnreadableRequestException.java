package dev.internalevents.pipeline.adapter;

/** A request of which no event can be read. The message says what is wrong and what was expected. */
public final class UnreadableRequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String where;

    /** @param where the part of the request that is wrong, such as {@code the body} */
    public UnreadableRequestException(String where, String message) {
        super(message);
        this.where = where;
    }

    /** The part of the request that is wrong. */
    public String where() {
        return where;
    }
}
