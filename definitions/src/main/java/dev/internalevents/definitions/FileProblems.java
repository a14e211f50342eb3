package dev.internalevents.definitions;

import dev.internalevents.definitions.Problem.Severity;
import java.util.ArrayList;
import java.util.List;

/** What is wrong in one file. */
final class FileProblems {

    private final String file;
    private final List<Problem> problems = new ArrayList<>();

    FileProblems(String file) {
        this.file = file;
    }

    void error(int line, String key, String message) {
        problems.add(new Problem(Severity.ERROR, new Source(file, line), key, message));
    }

    void warning(int line, String key, String message) {
        problems.add(new Problem(Severity.WARNING, new Source(file, line), key, message));
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
