package dev.internalevents.definitions;

import java.util.List;

/**
 * What came of reading definitions.
 *
 * @param dictionary the definitions that are right; of an event or metric that is defined twice, the first
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
     * The dictionary.
     *
     * @throws InvalidDefinitionsException when there is any error
     */
    public Dictionary orElseThrow() {
        List<Problem> errors = errors();
        if (!errors.isEmpty()) {
            throw new InvalidDefinitionsException(errors);
        }
        return dictionary;
    }
}
