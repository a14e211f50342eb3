package dev.internalevents.gateway.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one call of a model.
 *
 * @param input null if the model does not say, or says a number that is not from 0 to 2,147,483,647
 * @param output null as {@code input} is
 * @param cacheRead input tokens that came from a cache; 0 for a number that is not in that range
 */
public record TokenUsage(@Nullable Long input, @Nullable Long output, long cacheRead) {

    /** Events take no other numbers, and sums of these cannot overflow. */
    public TokenUsage {
        input = inRange(input);
        output = inRange(output);
        cacheRead = Objects.requireNonNullElse(inRange(cacheRead), 0L);
    }

    private static @Nullable Long inRange(@Nullable Long count) {
        return count != null && count >= 0 && count <= Integer.MAX_VALUE ? count : null;
    }

    /** Input and output together, or null if one is unknown. */
    public @Nullable Long total() {
        return input == null || output == null ? null : (Long) (input + output);
    }
}
