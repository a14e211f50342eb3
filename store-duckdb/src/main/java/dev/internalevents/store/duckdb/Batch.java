package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.pipeline.AtomicValues;
import dev.internalevents.store.EventSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.duckdb.DuckDBDataChunkWriter;
import org.jspecify.annotations.Nullable;

/**
 * Supplies DuckDB with the rows of one transaction, a chunk of columns at a time, while the events are processed. Ends
 * at the end of its source, or before an event that needs a column that does not exist yet: that of an atomic field, or
 * the one for repeats.
 */
final class Batch {

    /** Size of a chunk after which no more rows are added. */
    private static final long MAX_CHUNK_BYTES = 4 << 20;

    private final EventSource source;
    private final VectorWindow window;
    private final List<LargeValues.Value> large = new ArrayList<>();
    private final Columns columns;
    private final List<Column> order;
    private final ChunkWriter chunks;

    /** Whether the table has a field's column, by the field's ordinal. */
    private final boolean[] hasAtomic = new boolean[AtomicFields.NAMES.size()];

    private final List<FailedRequests.Request> requests = new ArrayList<>();
    private final List<JsonFields.NewField> newFields = new ArrayList<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private byte @Nullable [] lastFrame;
    private long lastFrameNumber;
    private long good;
    private long bad;
    private long repeats;
    private long lastNumber;
    private @Nullable Throwable failure;

    Batch(EventSource source, Columns columns, VectorWindow window) {
        this.window = window;
        this.source = source;
        this.columns = columns;
        this.order = columns.all();
        this.chunks = new ChunkWriter(order);
        for (Column column : order) {
            int ordinal = AtomicFields.NAMES.indexOf(column.name());
            if (ordinal >= 0) {
                hasAtomic[ordinal] = true;
            }
        }
    }

    List<Column> order() {
        return order;
    }

    /** Returns requests of failed events, to be written in the same transaction. */
    List<FailedRequests.Request> requests() {
        return requests;
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

    /** Returns the number of rows. */
    int size() {
        return (int) (good + bad + repeats);
    }

    long lastNumber() {
        return lastNumber;
    }

    /**
     * Returns the exception thrown while filling chunks, which DuckDB passes on only as text; null if there was none.
     */
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
            chunks.write(rows, chunk);
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
            requests.add(new FailedRequests.Request(
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
}
