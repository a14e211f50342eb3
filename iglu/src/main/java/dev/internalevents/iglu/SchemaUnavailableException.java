package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;

/**
 * The schema could not be looked up, so nothing is known about the data. A later attempt may succeed without any change to
 * the data.
 */
public abstract sealed class SchemaUnavailableException extends RuntimeException
        permits SchemaPendingException, SchemaRefusedException {

    private static final long serialVersionUID = 1;

    private final transient SchemaKey key;
    private final String reason;

    /** Without a stack trace: one is thrown for each event that waits. */
    SchemaUnavailableException(SchemaKey key, String reason) {
        super(key + " could not be looked up: " + reason, null, false, false);
        this.key = key;
        this.reason = reason;
    }

    /** The schema. */
    public SchemaKey key() {
        return key;
    }

    /** Why, in one clause for people, without the key: "the registry acme (iglu.acme.example) answered status 403 …". */
    public String reason() {
        return reason;
    }
}
