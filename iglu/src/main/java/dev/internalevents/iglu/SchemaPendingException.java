package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.util.concurrent.CompletableFuture;

/** The schema is still being looked up, or a registry that may have it does not answer. Nothing is decided yet. */
public final class SchemaPendingException extends SchemaUnavailableException {

    private static final long serialVersionUID = 1;

    private final transient Resolver.Pending pending;

    SchemaPendingException(SchemaKey key, Resolver.Pending pending) {
        super(key, pending.reason());
        this.pending = pending;
    }

    /**
     * Completes, never exceptionally, as soon as validating again makes sense: the look-up ended, in whatever way. Each
     * call returns a new future, which the caller may complete, cancel or time out. Its dependents run on a thread of the
     * registry and must not block. Completes within about a minute; keep one for each schema, not for each event.
     */
    public CompletableFuture<Void> settled() {
        return pending.settled();
    }

    /**
     * Whether a registry is being asked for the schema at this moment; false in the pause before a further attempt. Does
     * not block; any thread may call it.
     */
    public boolean isInFlight() {
        return pending.isInFlight();
    }
}
