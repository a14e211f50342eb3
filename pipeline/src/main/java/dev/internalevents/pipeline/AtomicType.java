package dev.internalevents.pipeline;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The types of parameters; each parses the text of a parameter. */
enum AtomicType {
    TEXT("text", String.class) {
        @Override
        Object read(String text) {
            String clean = ControlCharacters.removed(text);
            return clean.isEmpty() ? ABSENT : clean;
        }
    },
    /** The first address of a list; trackers behind proxies send lists. */
    ADDRESS("an address", String.class) {
        @Override
        Object read(String text) {
            String first = ADDRESS_SEPARATOR.split(ControlCharacters.removed(text), 2)[0];
            return first.isEmpty() ? ABSENT : first;
        }
    },
    INTEGER("a whole number of 32 bits", Long.class) {
        @Override
        @Nullable
        Object read(String text) {
            return isNull(text) ? ABSENT : Long.valueOf(Integer.parseInt(text));
        }
    },
    /** Limited to the range of a double, because warehouses and stores keep it as one. */
    DECIMAL("a decimal number between -1.8e308 and 1.8e308", BigDecimal.class) {
        @Override
        @Nullable
        Object read(String text) {
            if (isNull(text)) {
                return ABSENT;
            }
            if (text.length() > 400) {
                return null;
            }
            BigDecimal number = new BigDecimal(text);
            // Written out in full, an exponent of a billion would take a billion digits.
            if (Math.abs(number.scale()) > 400) {
                return null;
            }
            // 1.0 and 1 are the same value.
            BigDecimal shortest = number.stripTrailingZeros();
            if (shortest.precision() - shortest.scale() > ALWAYS_FINITE && !Double.isFinite(shortest.doubleValue())) {
                return null;
            }
            return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
        }
    },
    BOOLEAN("1 or 0", Boolean.class) {
        @Override
        @Nullable
        Object read(String text) {
            return switch (text) {
                case "1" -> true;
                case "0" -> false;
                default -> null;
            };
        }
    },
    TIMESTAMP("milliseconds since 1970, in the years 0 to 9999", Instant.class) {
        @Override
        @Nullable
        Object read(String text) {
            Instant time = Instant.ofEpochMilli(Long.parseLong(text));
            return hasFourDigitYear(time) ? time : null;
        }
    },
    UUID("a UUID", String.class) {
        @Override
        @Nullable
        Object read(String text) {
            if (isCanonical(text)) {
                return text;
            }
            // The JDK also accepts UUIDs whose groups have other lengths.
            String canonical = java.util.UUID.fromString(text).toString();
            return canonical.equalsIgnoreCase(text) ? canonical : null;
        }
    },
    PLATFORM("one of web, mob, pc, srv, app, tv, cnsl, iot, headset", String.class) {
        @Override
        @Nullable
        Object read(String text) {
            return PLATFORMS.contains(text) ? text : null;
        }
    },
    EVENT("one of se, ue, pv, pp, tr, ti", String.class) {
        @Override
        @Nullable
        Object read(String text) {
            return EVENTS.get(text);
        }
    },
    DIMENSIONS("WIDTHxHEIGHT in pixels", Long.class) {
        @Override
        @Nullable
        Object read(String text) {
            Matcher size = SIZE.matcher(text);
            return size.matches()
                    ? new long[] {Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2))}
                    : null;
        }
    };

    /** Returned by {@link #parse} for a text that stands for no value. */
    static final Object ABSENT = new Object();

    private static final int UUID_LENGTH = 36;

    /** Numbers with at most this many digits before the decimal point are always within the range of a double. */
    private static final int ALWAYS_FINITE = 300;

    private static final Instant YEAR_0 = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");
    private static final Pattern ADDRESS_SEPARATOR = Pattern.compile("[,| ]+");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,10})x([0-9]{1,10})");
    private static final Set<String> PLATFORMS =
            Set.of("web", "mob", "pc", "srv", "app", "tv", "cnsl", "iot", "headset");
    private static final Map<String, String> EVENTS = Map.of(
            "se",
            "struct",
            // Used by old trackers.
            "ev",
            "struct",
            "ue",
            "unstruct",
            "pv",
            "page_view",
            "pp",
            "page_ping",
            "tr",
            "transaction",
            "ti",
            "transaction_item");

    private final String expected;
    private final Class<?> valueType;

    AtomicType(String expected, Class<?> valueType) {
        this.expected = expected;
        this.valueType = valueType;
    }

    /** Returns the type of the values of a field. */
    Class<?> valueType() {
        return valueType;
    }

    /** Returns what an error message names as expected. */
    String expected() {
        return expected;
    }

    /** Returns whether a time is in a year from 0 to 9999, the range that every database supports. */
    static boolean hasFourDigitYear(Instant time) {
        return !time.isBefore(YEAR_0) && time.isBefore(YEAR_10000);
    }

    /**
     * Returns whether a text is a UUID in the form of {@link java.util.UUID#toString}; a fast path for nearly all ids.
     */
    private static boolean isCanonical(String text) {
        if (text.length() != UUID_LENGTH) {
            return false;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = text.charAt(i);
            boolean isDash = i == 8 || i == 13 || i == 18 || i == 23;
            boolean isDigit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            boolean isRight = isDash ? c == '-' : isDigit;
            if (!isRight) {
                return false;
            }
        }
        return true;
    }

    /** Old browser trackers send "null" for a number that the page does not have. */
    private static boolean isNull(String text) {
        return text.equalsIgnoreCase("null");
    }

    /** Returns the value, {@link #ABSENT}, or null if the text is not of this type. Never throws. */
    @Nullable
    Object parse(String text) {
        try {
            return read(text);
        } catch (IllegalArgumentException | DateTimeException e) {
            return null;
        }
    }

    abstract @Nullable Object read(String text);
}
