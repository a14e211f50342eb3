package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;

/**
 * Thrown if the schema could not be looked up, so that nothing is known about the data. A later attempt may succeed
 * without any change to the data.
 */
public abstract sealed class SchemaUnavailableException extends RuntimeException
        permits SchemaPendingException, SchemaRefusedException {

    private static final long serialVersionUID = 1;

    private final transient SchemaKey key;
    private final String reason;

    /** Creates an exception without a stack trace, because one is thrown for each waiting event. */
    SchemaUnavailableException(SchemaKey key, String reason) {
        super(key + " could not be looked up: " + reason, null, false, false);
        this.key = key;
        this.reason = reason;
    }

    /** Returns the schema. */
    public SchemaKey key() {
        return key;
    }

    /**
     * Returns the reason in one readable clause, without the key: "the registry acme (iglu.acme.example) answered 403
     * …".
     */
    public String reason() {
        return reason;
    }
}
