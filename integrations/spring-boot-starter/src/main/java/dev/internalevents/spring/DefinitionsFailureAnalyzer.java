package dev.internalevents.spring;

import dev.internalevents.definitions.InvalidDefinitionsException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports invalid definitions as a list of files, lines and keys instead of a stack trace. */
final class DefinitionsFailureAnalyzer extends AbstractFailureAnalyzer<InvalidDefinitionsException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, InvalidDefinitionsException cause) {
        return new FailureAnalysis(
                "Internal events cannot start, because of " + cause.getMessage(),
                isWithoutFiles(cause)
                        ? "Put definitions where internal-events.definitions points, or remove this property, and start"
                                + " again. \"internal-events define --root FOLDER\" writes the first file."
                        : "Correct the files below internal-events.definitions, and start again. The command"
                                + " \"internal-events validate FOLDER\" and the Maven goal \"validate\" check them without"
                                + " starting the application.",
                cause);
    }

    /** A problem with the folder as a whole has no line. */
    private static boolean isWithoutFiles(InvalidDefinitionsException cause) {
        return cause.errors().stream().allMatch(error -> error.source().line() == 0);
    }
}
