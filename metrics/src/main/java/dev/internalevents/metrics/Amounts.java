package dev.internalevents.metrics;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Converts numbers of events exactly as they were written: 0.1 is one tenth, not the nearest double. */
public final class Amounts {

    /** The value of a metric whose computation failed: {@value}. */
    public static final int FAILED = -2;

    private Amounts() {}

    /** Returns the number without rounding; null for NaN and infinities. */
    public static @Nullable BigDecimal exact(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        } else if (number instanceof BigInteger whole) {
            return new BigDecimal(whole);
        } else if (number instanceof Double || number instanceof Float) {
            return Double.isFinite(number.doubleValue()) ? new BigDecimal(number.toString()) : null;
        }
        return BigDecimal.valueOf(number.longValue());
    }

    /** Returns the same text for equal numbers, whatever their type: 5, 5.0 and 5.00 are equal. */
    static @Nullable String text(@Nullable Number number) {
        if (number instanceof Long || number instanceof Integer) {
            return number.toString();
        }
        BigDecimal exact = number == null ? null : exact(number);
        return exact == null ? null : plain(exact);
    }

    /**
     * Returns the number for JSON: a {@code Long} if possible, otherwise the nearest {@code Double}. Returns
     * {@link #FAILED} if it is outside the range of {@code Double}, because JSON readers would parse it as infinite.
     */
    public static Number number(BigDecimal value) {
        BigDecimal plain = value.stripTrailingZeros();
        // A long has 19 digits at most; checked first, because a number with a large exponent must not be expanded.
        if (plain.scale() <= 0
                && plain.precision() - (long) plain.scale() <= 19
                && plain.toBigIntegerExact().bitLength() < Long.SIZE) {
            return plain.longValueExact();
        }
        if (isTooGreat(plain)) {
            return (long) FAILED;
        }
        return plain.doubleValue();
    }

    /** Returns whether the number is outside the range of {@code Double}. */
    static boolean isTooGreat(BigDecimal value) {
        return Double.isInfinite(value.doubleValue());
    }

    /** Returns the number without exponent and trailing zeros. */
    public static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
