package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;

/**
 * Thrown if the only registry that may have the schema answers but refuses it: for example with status 403, a redirect
 * loop, or a response that is not JSON. The refusal is cached for as long as a missing schema is; then the registry is
 * asked again.
 */
public final class SchemaRefusedException extends SchemaUnavailableException {

    private static final long serialVersionUID = 1;

    SchemaRefusedException(SchemaKey key, String reason) {
        super(key, reason);
    }
}
