package dev.internalevents.collector.output;

import dev.internalevents.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.jspecify.annotations.Nullable;

/** Writes rows of events as lines of CSV (RFC 4180, UTF-8) that spreadsheets read without running any of it. */
final class CsvRow {

    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?");

    /**
     * How a formula begins, also in full width. Spreadsheets may remove white space and invisible characters before it,
     * and take a tab or a line break for the start of another cell.
     */
    private static final Pattern FORMULA =
            Pattern.compile("[\t\r\n]|[\\s\\p{Z}\\p{Cc}\\p{Cf}]*+[=+\\-@|\uFF1D\uFF0B\uFF0D\uFF20\uFF5C]");

    private CsvRow() {}

    /** Returns the first line: the names of the columns. */
    static byte[] head(List<String> columns) {
        return line(columns.stream().map(CsvRow::guarded).toList());
    }

    /**
     * Returns the line of an event.
     *
     * @param columns names of fields; the field of a context or of a self-describing event is {@code column.field}
     */
    static byte[] of(Map<String, @Nullable Object> row, List<String> columns) {
        return line(columns.stream().map(column -> cell(value(row, column))).toList());
    }

    private static byte[] line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        try {
            CSVFormat.RFC4180.printRecord(line, cells.toArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Returns a field's value; a list if several contexts of the event have it. */
    private static @Nullable Object value(Map<String, @Nullable Object> row, String column) {
        Object whole = row.get(column);
        int dot = column.indexOf('.');
        if (whole != null || dot < 0) {
            return whole;
        }
        Object holder = row.get(column.substring(0, dot));
        String field = column.substring(dot + 1);
        List<Object> values = new ArrayList<>(1);
        for (Object data : holder instanceof List<?> list ? list : holder == null ? List.of() : List.of(holder)) {
            Object value = data instanceof Map<?, ?> map ? map.get(field) : null;
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() > 1 ? values : values.isEmpty() ? null : values.get(0);
    }

    private static String cell(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        return value instanceof String text ? guarded(text) : Json.write(value);
    }

    /** Puts an apostrophe before a text that a spreadsheet would take for a formula. A number stays a number. */
    private static String guarded(String text) {
        return FORMULA.matcher(text).lookingAt() && !NUMBER.matcher(text).matches() ? "'" + text : text;
    }
}
