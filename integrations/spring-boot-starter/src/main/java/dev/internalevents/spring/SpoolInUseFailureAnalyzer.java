package dev.internalevents.spring;

import dev.internalevents.spool.SpoolInUseException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports which process uses a folder that the application needs. */
final class SpoolInUseFailureAnalyzer extends AbstractFailureAnalyzer<SpoolInUseException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SpoolInUseException cause) {
        return new FailureAnalysis(
                "Internal events cannot start, because a folder is in use:\n\n  " + cause.getMessage(),
                "Stop the other process, or give this one another folder with internal-events.counting,"
                        + " internal-events.counting-queue-dir or internal-events.outbox-dir, and start again.",
                cause);
    }
}
