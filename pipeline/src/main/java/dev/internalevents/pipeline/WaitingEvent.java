package dev.internalevents.pipeline;

import java.util.concurrent.CompletableFuture;

/**
 * An event that names a schema which is being looked up, or whose registry does not answer.
 *
 * @param otherwise the failed event that it is if no answer comes, with the reason
 * @param settled completes when processing the event again makes sense, because a look-up has ended
 */
public record WaitingEvent(FailedEvent otherwise, CompletableFuture<Void> settled) implements Outcome {

    @Override
    public int index() {
        return otherwise.index();
    }
}
