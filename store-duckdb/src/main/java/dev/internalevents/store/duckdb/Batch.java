package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.pipeline.AtomicValues;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.FlatEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;

/**
 * Supplies DuckDB with the rows of one transaction, a chunk of columns at a time, while the events are processed. Ends at the end of its
 * source, or before an event that needs a column that does not exist yet: that of an atomic field, or the one for repeats.
 */
final class Batch {

    /** Size of a chunk after which no more rows are added. */
    private static final long MAX_CHUNK_BYTES = 4 << 20;

    /** Number of hexadecimal digits in a fingerprint. */
    private static final int DIGITS = 32;

    private final EventSource source;
    private final VectorWindow window;
    private final List<LargeValues.Value> large = new ArrayList<>();
    private final Columns columns;
    private final List<Column> order;
    private final int[] atomicOrdinals;
    private final Own[] own;
    private final Texts[] texts;
    /** Whether the table has a field's column, by the field's ordinal. */
    private final boolean[] hasAtomic = new boolean[AtomicFields.NAMES.size()];

    private final List<Frame> frames = new ArrayList<>();
    private final List<JsonFields.NewField> newFields = new ArrayList<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private byte @Nullable [] lastFrame;
    private long lastFrameNumber;
    private @Nullable CollectorPayload lastPayload;
    private byte[] lastRequest = {};
    private @Nullable SchemaKey lastSchema;
    private String lastSchemaText = "";
    private long good;
    private long bad;
    private long repeats;
    private long lastNumber;
    private @Nullable Throwable failure;

    /** Columns whose values are not atomic fields. */
    private enum Own {
        NUMBER,
        VALID,
        REPEAT,
        REQUEST_NUMBER,
        EVENT_INDEX,
        WEIGHT,
        SESSION,
        TITLE,
        SENT_EVENT_ID,
        EVENT_SCHEMA,
        CONTEXT_SCHEMAS,
        DERIVED_SCHEMAS,
        REQUEST,
        PARAMETERS,
        FAILURES,
        MORE,
        /** A column of a context or a self-describing event. Columns of atomic fields have this value too. */
        JSON;

        static Own of(Column column) {
            for (Own own : values()) {
                if (own != JSON && own.name().toLowerCase(Locale.ROOT).equals(column.name())) {
                    return own;
                }
            }
            return JSON;
        }
    }

    /** The request of one or more failed events. */
    static final class Frame {
        final long number;
        final Instant received;
        final byte[] bytes;

        private Frame(long number, Instant received, byte[] bytes) {
            this.number = number;
            this.received = received;
            this.bytes = bytes;
        }
    }

    /** The text values of one column. Equal consecutive values are encoded once. */
    private static final class Texts {
        private byte[] @Nullable [] values = new byte[0][];
        private String last = "";
        private byte[] lastBytes = {};

        private byte[] bytes(String text) {
            if (!text.equals(last)) {
                last = text;
                lastBytes = Objects.requireNonNull(Row.utf8(text));
            }
            return lastBytes;
        }
    }

    Batch(EventSource source, Columns columns, VectorWindow window) {
        this.window = window;
        this.source = source;
        this.columns = columns;
        this.order = columns.all();
        this.atomicOrdinals = order.stream()
                .mapToInt(column -> AtomicFields.NAMES.indexOf(column.name()))
                .toArray();
        this.own = order.stream().map(Own::of).toArray(Own[]::new);
        this.texts = new Texts[order.size()];
        Arrays.setAll(texts, i -> new Texts());
        for (int ordinal : atomicOrdinals) {
            if (ordinal >= 0) {
                hasAtomic[ordinal] = true;
            }
        }
    }

    List<Column> order() {
        return order;
    }

    /** Returns requests of failed events, to be written in the same transaction. */
    List<Frame> frames() {
        return frames;
    }

    /** Returns values that are too large for a column, to be written in the same transaction. */
    List<LargeValues.Value> large() {
        return large;
    }

    /** Returns the fields that were not known before. */
    List<JsonFields.NewField> newFields() {
        return newFields;
    }

    /** Returns the names of JSON columns to create; values of these rows for them are in the shared column. */
    Set<String> wanted() {
        return wanted;
    }

    /** Returns the missing columns that the next event needs; empty at the end of the source. */
    Set<String> missing() {
        return missing;
    }

    long good() {
        return good;
    }

    long bad() {
        return bad;
    }

    /** Returns the number of repeats, which neither {@link #good} nor {@link #bad} includes. */
    long repeats() {
        return repeats;
    }

    long lastNumber() {
        return lastNumber;
    }

    /** Returns the exception thrown while filling chunks, which DuckDB passes on only as text; null if there was none. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Returns whether the next event can be written with the existing columns. */
    boolean accepts() {
        EventSource.Entry entry = source.peek();
        return entry == null || isWritable(entry);
    }

    /** Fills a chunk; returns its number of rows, 0 at the end. */
    long fill(DuckDBDataChunkWriter chunk) {
        try {
            List<Row> rows = rows((int) chunk.capacity());
            for (int i = 0; i < order.size() && !rows.isEmpty(); i++) {
                column(chunk.vector(i), i, rows);
            }
            return rows.size();
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        }
    }

    private List<Row> rows(int maxRows) {
        List<Row> rows = new ArrayList<>();
        long bytes = 0;
        while (rows.size() < maxRows && bytes < MAX_CHUNK_BYTES && missing.isEmpty()) {
            EventSource.Entry entry = source.peek();
            if (entry == null) {
                break;
            }
            if (!isWritable(entry)) {
                break;
            }
            Row row = new Row(entry, requestNumber(entry));
            note(row);
            rows.add(row);
            bytes += row.content.weight();
            lastNumber = entry.event().number();
            if (entry.event().repeat()) {
                repeats++;
            } else if (entry.event().isGood()) {
                good++;
            } else {
                bad++;
            }
            source.advance();
        }
        return rows;
    }

    private long requestNumber(EventSource.Entry entry) {
        byte[] frame = entry.frame();
        if (frame == null) {
            return 0;
        }
        if (frame != lastFrame) {
            lastFrame = frame;
            lastFrameNumber = entry.event().number();
            frames.add(new Frame(
                    lastFrameNumber, entry.event().event().payload().context().timestamp(), frame));
        }
        return lastFrameNumber;
    }

    private boolean isWritable(EventSource.Entry entry) {
        AtomicValues atomic = entry.event().event().atomic();
        for (int i = 0; i < hasAtomic.length; i++) {
            if (!hasAtomic[i] && atomic.get(i) != null) {
                missing.add(AtomicFields.NAMES.get(i));
            }
        }
        if (entry.event().repeat() && !columns.has(Columns.REPEAT.name())) {
            missing.add(Columns.REPEAT.name());
        }
        return missing.isEmpty();
    }

    private void note(Row row) {
        window.next();
        RowContent content = row.content;
        long number = row.stored.number();
        keepElsewhere(row, number, "parameters", content.parameters);
        keepElsewhere(row, number, "failures", content.failures);
        String schemas = content.contextSchemas;
        // Schema URIs are ASCII: one byte per character.
        if (schemas != null && !window.takes(schemas.length())) {
            putElsewhere(row, number, "context_schemas", Objects.requireNonNull(Row.utf8(schemas)));
        }
        for (RowContent.JsonColumn column : content.columns()) {
            String name = column.name();
            columns.fields().note(column, newFields);
            if (!keepElsewhere(row, number, name, column.bytes()) && !columns.has(name)) {
                row.shared.add(name);
                if (columns.hasRoomForJson(name)) {
                    wanted.add(name);
                }
            }
        }
    }

    private boolean keepElsewhere(Row row, long number, String name, byte @Nullable [] value) {
        if (value == null || window.takes(value.length)) {
            return false;
        }
        putElsewhere(row, number, name, value);
        return true;
    }

    private void putElsewhere(Row row, long number, String name, byte[] value) {
        row.elsewhere.add(name);
        large.add(new LargeValues.Value(number, name, value));
    }

    private void column(DuckDBWritableVector vector, int index, List<Row> rows) {
        Column column = order.get(index);
        int ordinal = atomicOrdinals[index];
        switch (column.type()) {
            case TEXT, JSON, UUID -> texts(vector, index, column, ordinal, rows);
            default -> {
                for (int i = 0; i < rows.size(); i++) {
                    Object value = ordinal >= 0 ? rows.get(i).atomic.get(ordinal) : value(rows.get(i), own[index]);
                    set(vector, i, value);
                }
            }
        }
    }

    private static void set(DuckDBWritableVector vector, int row, @Nullable Object value) {
        if (value == null) {
            vector.setNull(row);
        } else if (value instanceof Instant time) {
            vector.setLong(row, time.toEpochMilli() * 1000);
        } else if (value instanceof Long number) {
            vector.setLong(row, number);
        } else if (value instanceof Boolean flag) {
            vector.setBoolean(row, flag);
        } else {
            vector.setDouble(row, ((Number) value).doubleValue());
        }
    }

    private static Object value(Row row, Own own) {
        return switch (own) {
            case NUMBER -> row.stored.number();
            case VALID -> row.stored.isGood();
            case REPEAT -> row.stored.repeat();
            case REQUEST_NUMBER -> row.requestNumber;
            case EVENT_INDEX -> (long) row.stored.event().index();
            case WEIGHT -> row.content.weight();
            default -> throw new IllegalStateException("the column " + own + " contains text");
        };
    }

    private void texts(DuckDBWritableVector vector, int index, Column column, int ordinal, List<Row> rows) {
        Texts of = texts[index];
        if (of.values.length != rows.size()) {
            of.values = new byte[rows.size()][];
        }
        boolean isUuid = column.type() == Column.Type.UUID;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            if (ordinal >= 0) {
                Object value = row.atomic.get(ordinal);
                of.values[i] = value == null
                        ? null
                        : isUuid && ((String) value).length() == DIGITS
                                ? grouped((String) value)
                                : of.bytes((String) value);
            } else {
                of.values[i] = ownText(of, row, own[index], column.name());
            }
        }
        vector.setStringUtf8Batch(0, of.values);
    }

    /** Formats a fingerprint as a UUID, which takes half the space of text. */
    private static byte[] grouped(String digits) {
        byte[] uuid = new byte[DIGITS + 4];
        int at = 0;
        for (int i = 0; i < DIGITS; i++) {
            if (i == 8 || i == 12 || i == 16 || i == 20) {
                uuid[at++] = '-';
            }
            uuid[at++] = (byte) digits.charAt(i);
        }
        return uuid;
    }

    private byte @Nullable [] ownText(Texts texts, Row row, Own own, String name) {
        return switch (own) {
            case SESSION -> optional(texts, row.stored.session());
            case TITLE -> texts.bytes(FlatEvent.title(row.stored));
            case SENT_EVENT_ID -> optional(texts, row.sentId());
            case EVENT_SCHEMA -> optional(texts, schema(row));
            case CONTEXT_SCHEMAS -> kept(row, name) ? optional(texts, row.content.contextSchemas) : null;
            case DERIVED_SCHEMAS -> optional(texts, row.content.derivedSchemas);
            case REQUEST -> request(row.stored.event().payload());
            case PARAMETERS -> kept(row, name) ? row.content.parameters : null;
            case FAILURES -> kept(row, name) ? row.content.failures : null;
            case MORE -> row.shared();
            default -> {
                RowContent.JsonColumn json = row.content.column(name);
                yield json == null || !kept(row, name) ? null : json.bytes();
            }
        };
    }

    private static boolean kept(Row row, String name) {
        return row.elsewhere.isEmpty() || !row.elsewhere.contains(name);
    }

    private static byte @Nullable [] optional(Texts texts, @Nullable String value) {
        return value == null ? null : texts.bytes(value);
    }

    @SuppressWarnings("ReferenceEquality") // An equal but different object only costs another encoding.
    private @Nullable String schema(Row row) {
        if (!(row.stored.event() instanceof GoodEvent event)) {
            return null;
        }
        SchemaKey schema = event.schema();
        if (schema != lastSchema) {
            lastSchema = schema;
            lastSchemaText = schema.toString();
        }
        return lastSchemaText;
    }

    /** Encodes the request once for its events, which are consecutive and share it. */
    @SuppressWarnings("ReferenceEquality") // An equal but different object only costs another encoding.
    private byte[] request(CollectorPayload payload) {
        if (payload != lastPayload) {
            lastPayload = payload;
            lastRequest = RowContent.request(payload);
        }
        return lastRequest;
    }
}
