package dev.internalevents.spring;

import dev.internalevents.client.settings.SettingsException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports invalid settings as a list instead of a stack trace. */
final class SettingsFailureAnalyzer extends AbstractFailureAnalyzer<SettingsException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SettingsException cause) {
        return new FailureAnalysis(
                "Internal events cannot start with these settings:\n\n  " + String.join("\n  ", cause.problems()),
                "Correct each in the environment, in .env or in the application's properties"
                        + " (internal-events.*), and start again.",
                cause);
    }
}
