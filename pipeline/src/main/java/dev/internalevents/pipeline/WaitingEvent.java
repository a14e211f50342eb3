package dev.internalevents.pipeline;

import dev.internalevents.protocol.SchemaKey;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * An event that names a schema which is being looked up, or whose registry does not answer.
 *
 * @param otherwise the failed event that it is if no answer comes, with the reason
 * @param lookUp the look-up that it waits for first
 */
public record WaitingEvent(FailedEvent otherwise, LookUp lookUp) implements Outcome {

    /**
     * The look-up of a schema.
     *
     * @param schema what is looked up
     * @param settled completes when processing the event again makes sense, because the look-up has ended
     * @param inFlight whether a registry is being asked at this moment; false in the pause before a further attempt
     */
    public record LookUp(SchemaKey schema, CompletableFuture<Void> settled, BooleanSupplier inFlight) {}

    @Override
    public int index() {
        return otherwise.index();
    }

    /** Completes when processing the event again makes sense. */
    public CompletableFuture<Void> settled() {
        return lookUp.settled();
    }
}
