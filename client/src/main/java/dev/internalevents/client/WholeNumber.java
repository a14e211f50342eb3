package dev.internalevents.client;

import dev.internalevents.protocol.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads ids and counts that an application passes as a {@link Number} of any type. They are not rounded: the nearest
 * long would be the id of something else.
 */
final class WholeNumber {

    /** An invalid id or count: left out and counted when the event is tracked, see {@link ContextLimits#number}. */
    private static final Long INVALID = -1L;

    private static final Logger LOG = LoggerFactory.getLogger(EventBuilder.class);

    private WholeNumber() {}

    /**
     * Returns the number as a long, or as its digits if it exceeds a long; null if it is not a whole number or cannot
     * be read.
     */
    static @Nullable Object of(Number number) {
        // A copy has at most a few hundred digits, whatever the exponent.
        Object copy = number instanceof Long ? number : Json.copyOf(number);
        if (copy instanceof Long) {
            return copy;
        }
        try {
            if (copy instanceof Number) {
                BigInteger whole = new BigDecimal(copy.toString()).toBigIntegerExact();
                return whole.bitLength() < Long.SIZE ? (Long) whole.longValue() : whole.toString();
            }
        } catch (ArithmeticException e) {
            // A fraction.
        }
        LOG.debug(
                "a {} is not a whole number that can be sent; the event goes on without it",
                number.getClass().getName());
        return null;
    }

    /** Returns the number as a long; -1 if it is not a whole number in the range of a long, null for null. */
    static @Nullable Long inLong(@Nullable Number number) {
        return number == null ? null : of(number) instanceof Long whole ? whole : INVALID;
    }
}
