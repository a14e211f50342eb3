package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.util.concurrent.CompletableFuture;

/**
 * Thrown if the schema is still being looked up, or a registry that may have it does not answer. Nothing is decided
 * yet.
 */
public final class SchemaPendingException extends SchemaUnavailableException {

    private static final long serialVersionUID = 1;

    private final transient Resolver.Pending pending;

    SchemaPendingException(SchemaKey key, Resolver.Pending pending) {
        super(key, pending.reason());
        this.pending = pending;
    }

    /**
     * Returns a future that completes, never exceptionally, as soon as validating again makes sense: the look-up has
     * ended, with any outcome. Each call returns a new future, which the caller may complete, cancel or time out. Its
     * dependents run on a thread of the registry and must not block. It completes within about a minute; keep one for
     * each schema, not for each event.
     */
    public CompletableFuture<Void> settled() {
        return pending.settled();
    }

    /**
     * Returns whether a registry is being asked for the schema at this moment; false in the pause before another
     * attempt. Does not block; any thread may call it.
     */
    public boolean isInFlight() {
        return pending.isInFlight();
    }
}
