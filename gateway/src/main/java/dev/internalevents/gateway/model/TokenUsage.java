package dev.internalevents.gateway.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that one model call used.
 *
 * @param input input tokens; null if the model reports none, or a number outside of 0 to 2,147,483,647
 * @param output output tokens; null as for {@code input}
 * @param cacheRead input tokens read from a cache; 0 for a number outside of that range
 */
public record TokenUsage(@Nullable Long input, @Nullable Long output, long cacheRead) {

    /** Normalizes the counts: events accept no other numbers, and sums of these cannot overflow. */
    public TokenUsage {
        input = inRange(input);
        output = inRange(output);
        cacheRead = Objects.requireNonNullElse(inRange(cacheRead), 0L);
    }

    private static @Nullable Long inRange(@Nullable Long count) {
        return count != null && count >= 0 && count <= Integer.MAX_VALUE ? count : null;
    }

    /** Returns the sum of input and output, or null if one is unknown. */
    public @Nullable Long total() {
        return input == null || output == null ? null : (Long) (input + output);
    }
}
