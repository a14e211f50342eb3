package dev.internalevents.definitions;

import dev.internalevents.definitions.Problem.Severity;
import java.util.List;
import java.util.function.Consumer;

/**
 * The result of reading definitions.
 *
 * @param dictionary the definitions without errors; of an event or metric that is defined twice, the first
 * @param files how many files were read
 * @param problems by file and line
 */
public record Reading(Dictionary dictionary, int files, List<Problem> problems) {

    public Reading {
        problems = problems.stream().sorted().toList();
    }

    public List<Problem> errors() {
        return problems.stream().filter(Problem::error).toList();
    }

    public List<Problem> warnings() {
        return problems.stream().filter(problem -> !problem.error()).toList();
    }

    /**
     * Returns the same result, except that problems that GitLab's own CI rejects are errors. The dictionary is
     * unchanged.
     */
    public Reading strict() {
        return new Reading(
                dictionary, files, problems.stream().map(Reading::strict).toList());
    }

    private static Problem strict(Problem problem) {
        return problem.severity() == Severity.REFUSED_BY_GITLAB
                ? new Problem(Severity.ERROR, problem.source(), problem.key(), problem.message())
                : problem;
    }

    /**
     * Returns the dictionary without files that have errors, and without metrics that count an event of such a file:
     * for production, where a wrong file must not stop a service. {@link Dictionary#filesLeftOut()} lists them.
     *
     * @param report is called with each error, by file and line
     * @throws InvalidDefinitionsException if no file was read, since then the folder is wrong
     */
    public Dictionary withoutWrongFiles(Consumer<Problem> report) {
        if (files == 0) {
            return orElseThrow();
        }
        errors().forEach(report);
        return dictionary;
    }

    /**
     * Returns the dictionary.
     *
     * @throws InvalidDefinitionsException if there is any error
     */
    public Dictionary orElseThrow() {
        List<Problem> errors = errors();
        if (!errors.isEmpty()) {
            throw new InvalidDefinitionsException(errors);
        }
        return dictionary;
    }
}
