package dev.internalevents.pipeline;

import dev.internalevents.protocol.SchemaKey;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * An event that waits for a schema: a look-up is in progress, or the registry does not respond.
 *
 * @param otherwise the failed event to store if no answer comes, with the reason
 * @param lookUp the look-up to wait for first
 */
public record WaitingEvent(FailedEvent otherwise, LookUp lookUp) implements Outcome {

    /**
     * The look-up of a schema.
     *
     * @param schema the schema
     * @param settled completes when the look-up has ended and the event should be processed again
     * @param inFlight whether a request to a registry is in flight; false in the pause before a retry
     */
    public record LookUp(SchemaKey schema, CompletableFuture<Void> settled, BooleanSupplier inFlight) {}

    @Override
    public int index() {
        return otherwise.index();
    }

    /** Completes when the event should be processed again. */
    public CompletableFuture<Void> settled() {
        return lookUp.settled();
    }
}
