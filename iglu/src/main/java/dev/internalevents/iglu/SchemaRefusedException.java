package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;

/**
 * The only registry that may have the schema refused to give it out, though it answers: for example status 403, a redirect
 * loop, or an answer that is not JSON. The refusal is remembered for as long as a missing schema; then the registry is
 * asked again.
 */
public final class SchemaRefusedException extends SchemaUnavailableException {

    private static final long serialVersionUID = 1;

    SchemaRefusedException(SchemaKey key, String reason) {
        super(key, reason);
    }
}
