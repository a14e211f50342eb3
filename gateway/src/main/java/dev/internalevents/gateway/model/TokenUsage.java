package dev.internalevents.gateway.model;

import org.jspecify.annotations.Nullable;

/**
 * The tokens of one call of a model.
 *
 * @param input null if the model does not say
 * @param output null if the model does not say
 * @param cacheRead input tokens that came from a cache, 0 or more
 */
public record TokenUsage(@Nullable Long input, @Nullable Long output, long cacheRead) {

    /** Input and output together, or null if one is unknown. */
    public @Nullable Long total() {
        return input == null || output == null ? null : (Long) (input + output);
    }
}
