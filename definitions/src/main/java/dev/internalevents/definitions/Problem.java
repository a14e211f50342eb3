package dev.internalevents.definitions;

import java.util.Comparator;

/**
 * Something wrong or outdated in a definition file.
 *
 * @param source where
 * @param key the key in the file, for example {@code events[0].filter.label}; empty for the file as a whole
 * @param message what is wrong, what is allowed, and what may have been meant
 */
public record Problem(Severity severity, Source source, String key, String message) implements Comparable<Problem> {

    /** Whether the definition can still be used. */
    public enum Severity {
        /** The definition itself is wrong, or conflicts with others. */
        ERROR,

        /** The definition is used, but GitLab's own CI rejects it. An error with {@link Reading#strict()}. */
        REFUSED_BY_GITLAB,

        /** The definition is used; something in it is outdated or has no effect. */
        WARNING
    }

    private static final Comparator<Problem> ORDER = Comparator.<Problem, String>comparing(
                    problem -> problem.source().file())
            .thenComparing(problem -> problem.source().line())
            .thenComparing(Problem::key)
            .thenComparing(Problem::message)
            .thenComparing(Problem::severity);

    public boolean error() {
        return severity == Severity.ERROR;
    }

    /** Compares by file and line. */
    @Override
    public int compareTo(Problem other) {
        return ORDER.compare(this, other);
    }

    /** Returns {@code config/events/a.yml:4: action: …}. */
    @Override
    public String toString() {
        return source + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
