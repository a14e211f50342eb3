package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a good event in the format that Snowplow's tools exchange: one line of 131 tab-separated fields. */
public final class EnrichedTsv {

    private static final String CONTEXTS = "contexts";
    private static final String UNSTRUCT = "unstruct_event";
    private static final String DERIVED = "derived_contexts";

    /** The columns in order: the atomic fields, with the three JSON columns in between. */
    public static final List<String> COLUMNS = columns();

    // What a column contains: the ordinal of an atomic field, or one of the JSON columns.
    private static final int CONTEXTS_COLUMN = -1;
    private static final int UNSTRUCT_COLUMN = -2;
    private static final int DERIVED_COLUMN = -3;

    private static final int[] CONTENT = content();

    /** A separator before each column but the first. */
    private static final byte[] TABS = "\t".repeat(COLUMNS.size() - 1).getBytes(StandardCharsets.US_ASCII);

    private EnrichedTsv() {}

    private static List<String> columns() {
        List<String> columns = new ArrayList<>();
        for (String name : AtomicFields.NAMES) {
            if (name.equals("domain_sessionid")) {
                columns.add(DERIVED);
            }
            columns.add(name);
            if (name.equals("mkt_campaign")) {
                columns.add(CONTEXTS);
            } else if (name.equals("se_value")) {
                columns.add(UNSTRUCT);
            }
        }
        return List.copyOf(columns);
    }

    private static int[] content() {
        return COLUMNS.stream()
                .mapToInt(column -> switch (column) {
                    case CONTEXTS -> CONTEXTS_COLUMN;
                    case UNSTRUCT -> UNSTRUCT_COLUMN;
                    case DERIVED -> DERIVED_COLUMN;
                    default -> AtomicFields.NAMES.indexOf(column);
                })
                .toArray();
    }

    /** Returns the line, without a line end. */
    public static String write(GoodEvent event) {
        JsonWriter line = new JsonWriter(2048);
        write(event, line);
        return line.toString();
    }

    /**
     * Appends the line, without a line end, in UTF-8. Half a surrogate pair becomes {@code ?} in an atomic field and
     * U+FFFD in JSON.
     */
    public static void write(GoodEvent event, JsonWriter out) {
        int tabs = 0;
        for (int column = 0; column < CONTENT.length; column++) {
            int content = CONTENT[column];
            boolean isEmpty = content >= 0 ? event.atomic().get(content) == null : isEmpty(event, content);
            if (!isEmpty) {
                out.raw(TABS, 0, tabs);
                tabs = 0;
                if (content >= 0) {
                    atomic(event.atomic().get(content), out);
                } else {
                    json(event, content, out);
                }
            }
            tabs++;
        }
        out.raw(TABS, 0, tabs - 1);
    }

    private static boolean isEmpty(GoodEvent event, int column) {
        return column == UNSTRUCT_COLUMN
                ? event.unstruct() == null
                : contexts(event, column).isEmpty();
    }

    private static Contexts contexts(GoodEvent event, int column) {
        return column == CONTEXTS_COLUMN ? event.contexts() : event.derivedContexts();
    }

    /** The writer escapes all control characters, so JSON contains no tab and no line feed. */
    private static void json(GoodEvent event, int column, JsonWriter out) {
        if (column != UNSTRUCT_COLUMN) {
            contexts(event, column).writeTo(out);
        } else if (event.unstruct() != null) {
            event.unstruct().writeTo(out);
        }
    }

    private static void atomic(@Nullable Object value, JsonWriter out) {
        if (value instanceof String text) {
            text(text, out);
        } else if (value instanceof Instant time) {
            TsvTime.write(time, out);
        } else if (value instanceof Long number) {
            out.number(number.longValue());
        } else if (value instanceof Boolean flag) {
            out.number(flag ? 1 : 0);
        } else if (value != null) {
            text(value.toString(), out);
        }
    }

    private static void text(String text, JsonWriter out) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7f) {
                // Events stored by earlier versions may contain control characters.
                byte[] encoded = ControlCharacters.removed(text).getBytes(StandardCharsets.UTF_8);
                out.raw(encoded, 0, encoded.length);
                return;
            }
        }
        int at = out.reserve(length);
        byte[] bytes = out.array();
        for (int i = 0; i < length; i++) {
            bytes[at + i] = (byte) text.charAt(i);
        }
    }
}
