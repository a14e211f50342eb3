package dev.internalevents.collector.store.duckdb;

import dev.internalevents.collector.store.EventSource;
import dev.internalevents.collector.store.FlatEvent;
import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.pipeline.CollectorPayload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one transaction, given to DuckDB a chunk of columns at a time while they are processed. Ends at the end of
 * its source, or before an event that has a value for an atomic field whose column is not there yet.
 */
final class Batch {

    /** Of the rows of a chunk, unless it is one row. */
    private static final long MAX_CHUNK_BYTES = 4 << 20;

    private final EventSource source;
    private final VectorWindow window;
    private final List<LargeValues.Value> large = new ArrayList<>();
    private final Columns columns;
    private final List<Column> order;
    private final int[] atomicOrdinals;
    private final Texts[] texts;
    private final List<Frame> frames = new ArrayList<>();
    private final List<JsonFields.NewField> newFields = new ArrayList<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private byte @Nullable [] lastFrame;
    private long lastFrameNumber;
    private @Nullable CollectorPayload lastPayload;
    private byte[] lastRequest = {};
    private long good;
    private long bad;
    private long repeats;
    private long lastNumber;
    private @Nullable Throwable failure;

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

    /** The texts of one column; one that comes again is turned into bytes once. */
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
        this.texts = new Texts[order.size()];
        Arrays.setAll(texts, i -> new Texts());
    }

    List<Column> order() {
        return order;
    }

    /** Requests of failed events, to be written in the same transaction. */
    List<Frame> frames() {
        return frames;
    }

    /** Values that are too large for a column, to be written in the same transaction. */
    List<LargeValues.Value> large() {
        return large;
    }

    /** Fields that were not known before. */
    List<JsonFields.NewField> newFields() {
        return newFields;
    }

    /** Columns of JSON that rows had values for, which are in the shared column. */
    Set<String> wanted() {
        return wanted;
    }

    /** Columns of atomic fields that the next event needs; none at the end of the source. */
    Set<String> missing() {
        return missing;
    }

    long good() {
        return good;
    }

    long bad() {
        return bad;
    }

    /** Events that were stored before; they are neither in {@link #good} nor in {@link #bad}. */
    long repeats() {
        return repeats;
    }

    long lastNumber() {
        return lastNumber;
    }

    /** What went wrong in here, which DuckDB passes on as a text alone. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Whether the next event can be written as things are. */
    boolean accepts() {
        EventSource.Entry entry = source.peek();
        return entry == null || isWritable(entry);
    }

    /** Fills a chunk; answers how many rows it has, 0 at the end. */
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

    private List<Row> rows(int most) {
        List<Row> rows = new ArrayList<>();
        long bytes = 0;
        while (rows.size() < most && bytes < MAX_CHUNK_BYTES && missing.isEmpty()) {
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
        entry.event().event().atomic().forEach((name, value) -> {
            if (!columns.has(name)) {
                missing.add(name);
            }
        });
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
        keepElsewhere(row, number, "context_schemas", Row.utf8(content.contextSchemas));
        content.json.forEach((name, column) -> {
            columns.fields().note(name, column.schemas(), column.fields(), newFields);
            if (keepElsewhere(row, number, name, column.bytes())) {
                return;
            }
            if (!columns.has(name)) {
                row.shared.add(name);
                if (columns.hasRoomForJson(name)) {
                    wanted.add(name);
                }
            }
        });
    }

    private boolean keepElsewhere(Row row, long number, String name, byte @Nullable [] value) {
        if (value == null || window.takes(value.length)) {
            return false;
        }
        row.elsewhere.add(name);
        large.add(new LargeValues.Value(number, name, value));
        return true;
    }

    private void column(DuckDBWritableVector vector, int index, List<Row> rows) {
        Column column = order.get(index);
        int ordinal = atomicOrdinals[index];
        switch (column.type()) {
            case TEXT, JSON, UUID -> texts(vector, texts[index], column, ordinal, rows);
            default -> {
                for (int i = 0; i < rows.size(); i++) {
                    Object value = ordinal >= 0 ? rows.get(i).atomic.get(ordinal) : own(rows.get(i), column.name());
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

    private static Object own(Row row, String name) {
        return switch (name) {
            case "number" -> row.stored.number();
            case "valid" -> row.stored.isGood();
            case "repeat" -> row.stored.repeat();
            case "request_number" -> row.requestNumber;
            case "event_index" -> (long) row.stored.event().index();
            case Columns.WEIGHT -> row.content.weight();
            default -> throw new IllegalStateException("the column " + name + " has no values of its own");
        };
    }

    private void texts(DuckDBWritableVector vector, Texts texts, Column column, int ordinal, List<Row> rows) {
        if (texts.values.length != rows.size()) {
            texts.values = new byte[rows.size()][];
        }
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            if (ordinal >= 0) {
                Object value = row.atomic.get(ordinal);
                texts.values[i] = value == null ? null : texts.bytes(canonical(column, (String) value));
            } else {
                texts.values[i] = ownText(texts, row, column.name());
            }
        }
        vector.setStringUtf8Batch(0, texts.values);
    }

    /** A fingerprint has the digits of a UUID, which takes half the room. */
    private static String canonical(Column column, String value) {
        if (column.type() != Column.Type.UUID || value.length() != 32) {
            return value;
        }
        return value.substring(0, 8) + "-" + value.substring(8, 12) + "-" + value.substring(12, 16) + "-"
                + value.substring(16, 20) + "-" + value.substring(20);
    }

    private byte @Nullable [] ownText(Texts texts, Row row, String name) {
        return switch (name) {
            case "session" -> optional(texts, row.stored.session());
            case "title" -> texts.bytes(FlatEvent.title(row.stored));
            case "sent_event_id" -> optional(texts, row.sentId());
            case "event_schema" -> optional(texts, row.schema());
            case "context_schemas" -> kept(row, name) ? optional(texts, row.content.contextSchemas) : null;
            case "derived_schemas" -> optional(texts, row.content.derivedSchemas);
            case "request" -> request(row.stored.event().payload());
            case "parameters" -> kept(row, name) ? row.content.parameters : null;
            case "failures" -> kept(row, name) ? row.content.failures : null;
            case Columns.MORE -> row.shared();
            default -> {
                RowContent.JsonColumn json = row.content.json.get(name);
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

    /** The events of one request follow each other, and share it. */
    @SuppressWarnings("ReferenceEquality") // Another object is at worst written once more.
    private byte[] request(CollectorPayload payload) {
        if (payload != lastPayload) {
            lastPayload = payload;
            lastRequest = RowContent.request(payload);
        }
        return lastRequest;
    }
}
