package dev.internalevents.protocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Formats numbers. Those of any length are formatted as their {@code toString()} does, but with 3 bytes allocated per
 * digit instead of 30 to 200; the time is quadratic in the length, as it is there.
 */
final class Digits {

    private static final int CHUNK = 9;
    private static final long CHUNK_BASE = 1_000_000_000;
    private static final double LOG10_OF_2 = Math.log10(2);
    private static final String ZEROS = "0.00000";

    /** Space after the digits for an exponent. */
    private static final int TAIL = 12;

    /** The digits, with free space before and after them. */
    private final byte[] text;

    private int start;
    private int end;

    private Digits(BigInteger number) {
        byte[] magnitude = (number.signum() < 0 ? number.negate() : number).toByteArray();
        int[] words = new int[(magnitude.length + 3) / 4];
        for (int i = 0; i < magnitude.length; i++) {
            int place = magnitude.length - 1 - i;
            words[words.length - 1 - place / 4] |= (magnitude[i] & 0xff) << (place % 4 * 8);
        }
        text = new byte[CHUNK + (int) count(number) + TAIL];
        start = end = text.length - TAIL;
        divide(words);
        while (text[start] == '0') {
            start++;
        }
    }

    /** Writes nine digits at a time, the last ones first. */
    private void divide(int[] words) {
        int first = 0;
        while (first < words.length) {
            long rest = 0;
            for (int i = first; i < words.length; i++) {
                long value = (rest << 32) | (words[i] & 0xffff_ffffL);
                words[i] = (int) (value / CHUNK_BASE);
                rest = value % CHUNK_BASE;
            }
            for (int i = 0; i < CHUNK; i++) {
                text[--start] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
            while (first < words.length && words[first] == 0) {
                first++;
            }
        }
    }

    /** Returns the number of digits of a number of 0 or more. */
    static int count(long number) {
        int digits = 1;
        for (long bound = 10; digits < 19 && number >= bound; bound *= 10) {
            digits++;
        }
        return digits;
    }

    /** Writes the last digits of a number of 0 or more into an array, in ASCII. */
    static void write(long number, int digits, byte[] out, int start) {
        long rest = number;
        for (int i = start + digits - 1; i >= start; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /**
     * Returns the number of characters that {@link #of(BigInteger)} returns, or a few more, without formatting the
     * number.
     */
    static long count(BigInteger number) {
        // 1233/4096 approximates log10(2); the 3 is for rounding and the sign.
        return 3 + ((number.bitLength() * 1233L) >> 12);
    }

    /**
     * Returns the number of characters that {@link #of(BigDecimal)} returns, or a few more, without formatting the
     * number.
     */
    static long count(BigDecimal number) {
        // A decimal point and an exponent, or zeros before the first digit.
        return 1 + TAIL + count(number.unscaledValue());
    }

    /** Returns the number of characters that {@link #of(BigInteger)} returns, without formatting the number. */
    static long length(BigInteger number) {
        return count(number, number.bitLength()) + (number.signum() < 0 ? 1 : 0);
    }

    /**
     * Returns the number of digits without the sign. Allocates little, unless the number is close to a power of ten.
     */
    private static long count(BigInteger number, int bits) {
        if (bits < Long.SIZE - 1) {
            return count(Math.abs(number.longValue()));
        }
        int shift = bits - (Long.SIZE - 2);
        double log = Math.log10(Math.abs(number.shiftRight(shift).doubleValue())) + shift * LOG10_OF_2;
        return Math.abs(log - Math.rint(log)) < 1e-6 ? new BigDecimal(number).precision() : (long) log + 1;
    }

    /** Returns the number of characters that {@link #of(BigDecimal)} returns, without formatting the number. */
    static long length(BigDecimal number) {
        BigInteger unscaled = number.unscaledValue();
        long digits = count(unscaled, unscaled.bitLength());
        long scale = number.scale();
        long exponent = digits - 1 - scale;
        long sign = number.signum() < 0 ? 1 : 0;
        if (scale == 0) {
            return sign + digits;
        } else if (scale < 0 || exponent < -6) {
            // A decimal point if there are several digits, then E, a sign and the exponent.
            return sign + digits + (digits > 1 ? 1 : 0) + 2 + count(Math.abs(exponent));
        }
        // A decimal point among the digits, or zeros before them.
        return sign + (exponent >= 0 ? digits + 1 : 2 + scale);
    }

    static String of(BigInteger number) {
        return number.bitLength() < Long.SIZE
                ? Long.toString(number.longValue())
                : new Digits(number).signed(number.signum());
    }

    static String of(BigDecimal number) {
        BigInteger unscaled = number.unscaledValue();
        if (unscaled.bitLength() < Long.SIZE) {
            return number.toString();
        }
        Digits digits = new Digits(unscaled);
        digits.scale(number.scale());
        return digits.signed(unscaled.signum());
    }

    /** Places the decimal point and the exponent as {@link BigDecimal#toString()} does. */
    private void scale(int scale) {
        int count = end - start;
        long exponent = (long) count - 1 - scale;
        if (scale < 0 || exponent < -6) {
            point(1);
            put((exponent < 0 ? "E" : "E+") + exponent, end);
        } else if (exponent < 0) {
            String zeros = ZEROS.substring(0, (int) (1 - exponent));
            start -= zeros.length();
            put(zeros, start);
        } else if (scale > 0) {
            point(count - scale);
        }
    }

    private void point(int after) {
        System.arraycopy(text, start, text, start - 1, after);
        start--;
        text[start + after] = '.';
    }

    private void put(String ascii, int at) {
        for (int i = 0; i < ascii.length(); i++) {
            text[at + i] = (byte) ascii.charAt(i);
        }
        end = Math.max(end, at + ascii.length());
    }

    private String signed(int sign) {
        if (sign < 0) {
            text[--start] = '-';
        }
        return new String(text, start, end - start, StandardCharsets.ISO_8859_1);
    }
}
