package dev.internalevents.spring;

import dev.internalevents.spool.SpoolInUseException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says whose the folder is that the application cannot have. */
final class SpoolInUseFailureAnalyzer extends AbstractFailureAnalyzer<SpoolInUseException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SpoolInUseException cause) {
        return new FailureAnalysis(
                "Internal events cannot start, because a folder of theirs is taken:\n\n  " + cause.getMessage(),
                "End the other process, or give this one another folder with internal-events.counting,"
                        + " internal-events.counting-queue-dir or internal-events.outbox-dir, and start again.",
                cause);
    }
}
