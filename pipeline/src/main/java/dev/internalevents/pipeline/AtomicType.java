package dev.internalevents.pipeline;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the text of a parameter is read. */
enum AtomicType {
    TEXT("text") {
        @Override
        Object read(String text) {
            return text;
        }
    },
    INTEGER("a whole number") {
        @Override
        @Nullable
        Object read(String text) {
            return Long.valueOf(text);
        }
    },
    DECIMAL("a decimal number") {
        @Override
        @Nullable
        Object read(String text) {
            if (text.length() > 400) {
                return null;
            }
            BigDecimal number = new BigDecimal(text);
            // Written out in full, an exponent of a billion would be a billion digits.
            if (Math.abs(number.scale()) > 400) {
                return null;
            }
            // 1.0 and 1 are one value, whichever way a tracker writes it.
            BigDecimal shortest = number.stripTrailingZeros();
            return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
        }
    },
    BOOLEAN("1 or 0") {
        @Override
        @Nullable
        Object read(String text) {
            return switch (text) {
                case "1", "true" -> true;
                case "0", "false" -> false;
                default -> null;
            };
        }
    },
    TIMESTAMP("milliseconds since 1970") {
        @Override
        @Nullable
        Object read(String text) {
            Instant time = Instant.ofEpochMilli(Long.parseLong(text));
            return time.isBefore(YEAR_10000) && time.isAfter(YEAR_0) ? time : null;
        }
    },
    UUID("a UUID") {
        @Override
        @Nullable
        Object read(String text) {
            // The JDK also reads UUIDs whose groups have other lengths.
            String canonical = java.util.UUID.fromString(text).toString();
            return canonical.equalsIgnoreCase(text) ? canonical : null;
        }
    },
    PLATFORM("one of web, mob, pc, srv, app, tv, cnsl, iot, headset") {
        @Override
        @Nullable
        Object read(String text) {
            return PLATFORMS.contains(text) ? text : null;
        }
    },
    EVENT("one of se, ue, pv, pp, tr, ti") {
        @Override
        @Nullable
        Object read(String text) {
            return EVENTS.get(text);
        }
    },
    DIMENSIONS("WIDTHxHEIGHT in pixels") {
        @Override
        @Nullable
        Object read(String text) {
            String[] parts = text.split("x", -1);
            return parts.length == 2 ? new long[] {Long.parseLong(parts[0]), Long.parseLong(parts[1])} : null;
        }
    };

    private static final Instant YEAR_0 = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant YEAR_10000 = Instant.parse("9999-12-31T23:59:59Z");
    private static final Set<String> PLATFORMS =
            Set.of("web", "mob", "pc", "srv", "app", "tv", "cnsl", "iot", "headset");
    private static final Map<String, String> EVENTS = Map.of(
            "se",
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

    AtomicType(String expected) {
        this.expected = expected;
    }

    /** What an error message says was expected. */
    String expected() {
        return expected;
    }

    /** The value, or null when the text is not of this type; never throws. */
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
