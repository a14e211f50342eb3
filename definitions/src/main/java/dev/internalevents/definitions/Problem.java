package dev.internalevents.definitions;

import java.util.Comparator;

/**
 * What is wrong, or old, in a file of definitions.
 *
 * @param source where
 * @param key the key in the file, for example {@code events[0].filter.label}; empty for the file as a whole
 * @param message what is wrong, what is allowed, and what may have been meant
 */
public record Problem(Severity severity, Source source, String key, String message) implements Comparable<Problem> {

    /** Whether a definition can be used nevertheless. */
    public enum Severity {
        /** The definition, or its place among the others, is wrong. */
        ERROR,

        /** The definition is used, but GitLab's own CI refuses it. An error with {@link Reading#strict()}. */
        REFUSED_BY_GITLAB,

        /** The definition is used; something in it is old or has no effect. */
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

    /** By file and line. */
    @Override
    public int compareTo(Problem other) {
        return ORDER.compare(this, other);
    }

    /** {@code config/events/a.yml:4: action: …}. */
    @Override
    public String toString() {
        return source + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
