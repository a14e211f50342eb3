package dev.internalevents.definitions.read;

import dev.internalevents.definitions.Problem.Severity;
import dev.internalevents.definitions.Problem;
import dev.internalevents.definitions.Source;
import java.util.ArrayList;
import java.util.List;

/** Collects the problems in one file. */
final class FileProblems {

    private final String file;
    private final List<Problem> problems = new ArrayList<>();
    private boolean skipsValidation;

    FileProblems(String file) {
        this.file = file;
    }

    void error(int line, String key, String message) {
        problems.add(new Problem(Severity.ERROR, new Source(file, line), key, message));
    }

    /** Reports a problem that is not an error here: the definition is used. */
    void refusedByGitLab(int line, String key, String message) {
        Severity severity = skipsValidation ? Severity.WARNING : Severity.REFUSED_BY_GITLAB;
        problems.add(new Problem(severity, new Source(file, line), key, message));
    }

    /** Marks the file as not validated by GitLab, so that GitLab rejects nothing in it. */
    void skipsValidation() {
        skipsValidation = true;
    }

    boolean isValidationSkipped() {
        return skipsValidation;
    }

    void warning(int line, String key, String message) {
        problems.add(new Problem(Severity.WARNING, new Source(file, line), key, message));
    }

    void addAll(List<Problem> further) {
        problems.addAll(further);
    }

    boolean hasErrors() {
        return problems.stream().anyMatch(Problem::error);
    }

    String file() {
        return file;
    }

    List<Problem> list() {
        return problems;
    }
}
