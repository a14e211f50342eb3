package dev.internalevents.gateway.model;

import java.util.List;

/**
 * What a model answered.
 *
 * @param text the whole answer
 * @param tokens what the call used
 */
public record Completion(String text, TokenUsage tokens) {

    /** The answer in parts for a stream, each with the blanks that follow it; none for an empty answer. */
    public List<String> parts() {
        return text.isEmpty() ? List.of() : List.of(text.split("(?<=\\s)(?=\\S)"));
    }
}
