package dev.internalevents.protocol;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Copies values passed by an application, up to a number of values and bytes for all copies together; see
 * {@link Json#copyOf}. Not thread-safe.
 */
public final class ValueCopy {

    /** The default maximum number of values: {@value}. Each container counts, and each of its elements. */
    public static final int DEFAULT_MAX_VALUES = 10_000;

    /** The default maximum number of bytes: {@value}. */
    public static final int DEFAULT_MAX_BYTES = 1_000_000;

    private static final int MAX_DEPTH = 32;

    /** The number of digits that every reader accepts; see {@link Json#parse(String)}. */
    private static final int MAX_DIGITS = 400;

    private static final int MAX_DIGIT_BITS = 1_325;

    /**
     * Formatting a number takes time quadratic in its length; a request full of numbers of this size takes tens of
     * milliseconds.
     */
    private static final int MAX_TEXT_BITS = 20_000;

    private static final String TOO_DEEP = "(nested too deeply)";
    private static final String CYCLE = "(a cycle)";
    private static final String TOO_LARGE = "(too large)";
    private static final String TOO_MANY = "(more values than are copied)";
    private static final String MORE = "(more)";
    private static final Object[] NO_PATH = {};

    /** The containers around the current value, the outermost first. */
    private @Nullable Object[] path = NO_PATH;

    private int valuesLeft;
    private long bytesLeft;
    private boolean tooLarge;
    private boolean tooMany;

    /**
     * Creates a copier with the given limits.
     *
     * @param maxValues the maximum number of values; a short text replaces what is left out
     * @param maxBytes the approximate maximum number of bytes, counted as {@link #bytes} does
     */
    public ValueCopy(int maxValues, long maxBytes) {
        this.valuesLeft = maxValues;
        this.bytesLeft = maxBytes;
    }

    /** Returns whether something exceeded the limit of bytes and was replaced by a short text. */
    public boolean isTooLarge() {
        return tooLarge;
    }

    /** Returns whether something exceeded either limit and was replaced by a short text. */
    public boolean isCut() {
        return tooLarge || tooMany;
    }

    /**
     * Returns an immutable copy. Throws only what is {@link ForeignCode#isFatal fatal}. Can be called repeatedly; all
     * values share the same limits.
     */
    public @Nullable Object of(@Nullable Object value) {
        return copy(value, 0);
    }

    /** Returns about how many bytes a copy has when it is written, without traversing it again. */
    public static long bytes(@Nullable Object copy) {
        if (copy instanceof String text) {
            return text.length();
        } else if (copy instanceof Long || copy instanceof Boolean) {
            // Tested before the interface, because an interface check takes longer.
            return 8;
        } else if (copy instanceof Parsed.Sized sized) {
            return sized.bytes();
        } else if (copy instanceof BigInteger number) {
            return Digits.count(number);
        } else if (copy instanceof BigDecimal number) {
            return Digits.count(number);
        }
        return 8;
    }

    /** Returns the number of values in a copy: the copy itself and everything in it. */
    public static int values(@Nullable Object copy) {
        return copy instanceof Parsed.Sized sized ? sized.valueCount() : 1;
    }

    private @Nullable Object copy(@Nullable Object value, int depth) {
        if (value instanceof Parsed.Sized sized && sized.valueCount() <= valuesLeft && sized.bytes() <= bytesLeft) {
            valuesLeft -= sized.valueCount();
            bytesLeft -= sized.bytes();
            return value;
        }
        valuesLeft--;
        if (value == null || value instanceof Boolean || value instanceof Long) {
            bytesLeft -= 8;
            return value;
        }
        try {
            return value instanceof String text ? taken(text) : foreign(value, depth);
        } catch (Throwable e) {
            ForeignCode.caught(e);
            return taken("(unreadable " + value.getClass().getName() + ": "
                    + e.getClass().getSimpleName() + ")");
        }
    }

    private String taken(String text) {
        if (text.length() > bytesLeft) {
            return tooLarge();
        }
        bytesLeft -= text.length();
        return text;
    }

    private String tooLarge() {
        tooLarge = true;
        bytesLeft = 0;
        return TOO_LARGE;
    }

    private @Nullable Object foreign(Object value, int depth) {
        if (value instanceof Number number) {
            return number(number);
        } else if (value instanceof CharSequence text) {
            // Do not convert a long buffer to a string only to find that it exceeds the limit.
            return text.length() > bytesLeft ? tooLarge() : taken(text.toString());
        } else if (value instanceof Map
                || value instanceof Collection
                || value.getClass().isArray()) {
            return container(value, depth);
        } else if (value instanceof Optional<?> optional) {
            valuesLeft++;
            return depth == MAX_DEPTH ? taken(TOO_DEEP) : copy(optional.orElse(null), depth + 1);
        } else if (value instanceof OptionalInt optional) {
            return optional.isPresent() ? (Long) (long) optional.getAsInt() : null;
        } else if (value instanceof OptionalLong optional) {
            return optional.isPresent() ? (Long) optional.getAsLong() : null;
        } else if (value instanceof OptionalDouble optional) {
            return optional.isPresent() ? finite(optional.getAsDouble()) : null;
        } else if (value instanceof AtomicBoolean bool) {
            return bool.get();
        } else if (value instanceof Date date) {
            return taken(time(date));
        } else if (value instanceof Calendar calendar) {
            return taken(calendar.toInstant().toString());
        }
        return taken(text(value));
    }

    /** The SQL types Date and Time are a day and a time of day, which their own toString() formats. */
    @SuppressWarnings("JavaUtilDate") // applications have them
    private static String time(Date date) {
        return date.getClass().getName().matches("java\\.sql\\.(Date|Time)")
                ? date.toString()
                : date.getClass() == Date.class
                        ? Instant.ofEpochMilli(date.getTime()).toString()
                        : date.toInstant().toString();
    }

    /**
     * Returns an object's {@code toString()}, unless it is the default of a class name and a hash code, which is
     * useless.
     */
    private static String text(Object value) {
        String text = String.valueOf(value.toString());
        String type = value.getClass().getName();
        if (!text.startsWith(type) || !text.startsWith("@", type.length())) {
            return text;
        }
        // The name of a lambda's class contains an address too.
        int end = type.indexOf('/');
        return "(a " + (end < 0 ? type : type.substring(0, end)) + " without a toString())";
    }

    // Numbers

    private @Nullable Object number(Number number) {
        Object copy = json(number);
        if (copy instanceof String text) {
            return taken(text);
        }
        bytesLeft -= bytes(copy);
        return copy;
    }

    private @Nullable Object json(Number number) {
        if (number instanceof Integer
                || number instanceof Short
                || number instanceof Byte
                || number instanceof AtomicInteger
                || number instanceof AtomicLong
                || number instanceof LongAdder
                || number instanceof LongAccumulator) {
            return number.longValue();
        } else if (number instanceof Float) {
            float value = number.floatValue();
            return Float.isFinite(value) ? (Double) Double.parseDouble(number.toString()) : null;
        } else if (number instanceof Double || number instanceof DoubleAdder || number instanceof DoubleAccumulator) {
            return finite(number.doubleValue());
        } else if (number.getClass() == BigInteger.class) {
            return whole((BigInteger) number);
        } else if (number.getClass() == BigDecimal.class) {
            return decimal((BigDecimal) number);
        }
        return ofText(number);
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private Object whole(BigInteger number) {
        int bits = number.bitLength();
        if (bits > MAX_TEXT_BITS) {
            return "(a number of " + bits + " bits)";
        } else if (Digits.count(number) > bytesLeft) {
            // Do not format the number only to find that it exceeds the limit.
            return tooLarge();
        }
        return bits <= MAX_DIGIT_BITS ? number : Digits.of(number);
    }

    private Object decimal(BigDecimal number) {
        int bits = number.unscaledValue().bitLength();
        if (bits > MAX_TEXT_BITS) {
            return "(a number of " + bits + " bits)";
        }
        long maxLength = Digits.count(number);
        if (maxLength > bytesLeft) {
            return tooLarge();
        }
        boolean plain = bits <= MAX_DIGIT_BITS && Math.abs((long) number.scale()) <= MAX_DIGITS;
        if (plain && maxLength <= MAX_DIGITS) {
            return number;
        }
        String text = Digits.of(number);
        return plain && text.length() <= MAX_DIGITS ? number : text;
    }

    /** Converts an unknown type of number: its {@code toString()} if that is a number, otherwise the nearest double. */
    private @Nullable Object ofText(Number number) {
        String text = number.toString();
        if (text != null && text.length() <= MAX_DIGITS) {
            try {
                return decimal(new BigDecimal(text));
            } catch (NumberFormatException e) {
                // 1/3, or NaN
            }
        }
        return finite(number.doubleValue());
    }

    // Containers

    private Object container(Object value, int depth) {
        for (int i = 0; i < depth; i++) {
            if (path[i] == value) {
                return taken(CYCLE);
            }
        }
        if (depth == MAX_DEPTH) {
            return taken(TOO_DEEP);
        } else if (valuesLeft <= 0) {
            tooMany = true;
            return TOO_MANY;
        }
        if (depth == path.length) {
            path = Arrays.copyOf(path, Math.max(4, 2 * depth));
        }
        path[depth] = value;
        try {
            if (value.getClass().getName().startsWith("java.util.Collections$Synchronized")) {
                // Iteration is only safe while holding the collection's lock.
                synchronized (value) {
                    return items(value, depth + 1);
                }
            }
            return items(value, depth + 1);
        } finally {
            path[depth] = null;
        }
    }

    private Object items(Object value, int depth) {
        int values = valuesLeft;
        long bytes = bytesLeft;
        bytesLeft -= 2;
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (isAtLimit()) {
                    if (!isCutSaid()) {
                        copy.put(MORE, limit());
                    }
                    break;
                }
                String key = key(entry.getKey());
                bytesLeft -= 4;
                copy.put(key, copy(entry.getValue(), depth));
            }
            return new Parsed.ParsedObject(copy, values - valuesLeft + 1, bytes - bytesLeft);
        }
        List<@Nullable Object> copy = new ArrayList<>();
        if (value instanceof Collection<?> collection) {
            Iterator<?> items = collection.iterator();
            while (items.hasNext()) {
                if (isAtLimit()) {
                    if (!isCutSaid()) {
                        copy.add(limit());
                    }
                    break;
                }
                bytesLeft--;
                copy.add(copy(items.next(), depth));
            }
        } else {
            int length = Array.getLength(value);
            for (int i = 0; i < length; i++) {
                if (isAtLimit()) {
                    if (!isCutSaid()) {
                        copy.add(limit());
                    }
                    break;
                }
                bytesLeft--;
                copy.add(copy(Array.get(value, i), depth));
            }
        }
        return new Parsed.ParsedArray(copy, values - valuesLeft + 1, bytes - bytesLeft);
    }

    private String key(@Nullable Object key) {
        try {
            return taken(key instanceof String text ? text : String.valueOf(key));
        } catch (Throwable e) {
            ForeignCode.caught(e);
            return taken("(unreadable " + (key == null ? "key" : key.getClass().getName()) + ")");
        }
    }

    /** The last value is reserved for the text that reports the limit. */
    private boolean isAtLimit() {
        return valuesLeft <= 1 || bytesLeft <= 0;
    }

    /** The limit is reported once, where it was reached; enclosing containers just end. */
    private boolean isCutSaid() {
        return tooLarge || valuesLeft <= 0;
    }

    private String limit() {
        if (valuesLeft <= 1) {
            valuesLeft = 0;
            tooMany = true;
            return TOO_MANY;
        }
        return tooLarge();
    }
}
