package dev.internalevents.metrics;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Numbers of events, exactly as they were written: 0.1 is a tenth, not the double next to it. */
public final class Amounts {

    /** What stands for a metric whose computation failed: {@value}. */
    public static final int FAILED = -2;

    private Amounts() {}

    /** The number without rounding; null for NaN and infinities. */
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

    /** The number as one text whatever its type: 5, 5.0 and 5.00 are the same. */
    static @Nullable String text(@Nullable Number number) {
        if (number instanceof Long || number instanceof Integer) {
            return number.toString();
        }
        BigDecimal exact = number == null ? null : exact(number);
        return exact == null ? null : plain(exact);
    }

    /**
     * As JSON writes it: a {@code Long} if it is one, else the nearest {@code Double}; {@link #FAILED} if it is greater than
     * every {@code Double}, which readers of JSON would take for an infinite number.
     */
    public static Number number(BigDecimal value) {
        BigDecimal plain = value.stripTrailingZeros();
        if (plain.scale() <= 0 && plain.precision() - plain.scale() < 19) {
            return plain.longValueExact();
        }
        if (isTooGreat(plain)) {
            return (long) FAILED;
        }
        return plain.doubleValue();
    }

    /** Whether it is greater, or less, than every {@code Double}. */
    static boolean isTooGreat(BigDecimal value) {
        return Double.isInfinite(value.doubleValue());
    }

    /** Without exponent and trailing zeros. */
    public static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
