package dev.internalevents.gateway.model;

import java.util.List;

/**
 * The answer of a model.
 *
 * @param text the whole answer
 * @param tokens the tokens that the call used
 */
public record Completion(String text, TokenUsage tokens) {

    /** Returns the answer in parts for streaming, each with the blanks that follow it; empty for an empty answer. */
    public List<String> parts() {
        return text.isEmpty() ? List.of() : List.of(text.split("(?<=\\s)(?=\\S)"));
    }
}
