package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.store.FlatEvent;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;

/** Writes the values of rows into the vectors of a chunk, a column at a time. */
final class ChunkWriter {

    /** Number of hexadecimal digits in a fingerprint. */
    private static final int DIGITS = 32;

    private final List<Column> order;
    private final int[] atomicOrdinals;
    private final Own[] own;
    private final Texts[] texts;
    private @Nullable CollectorPayload lastPayload;
    private byte[] lastRequest = {};
    private @Nullable SchemaKey lastSchema;
    private String lastSchemaText = "";

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

    /** @param order the columns, in the order of the vectors */
    ChunkWriter(List<Column> order) {
        this.order = order;
        this.atomicOrdinals = order.stream()
                .mapToInt(column -> AtomicFields.NAMES.indexOf(column.name()))
                .toArray();
        this.own = order.stream().map(Own::of).toArray(Own[]::new);
        this.texts = new Texts[order.size()];
        Arrays.setAll(texts, i -> new Texts());
    }

    void write(List<Row> rows, DuckDBDataChunkWriter chunk) {
        for (int i = 0; i < order.size() && !rows.isEmpty(); i++) {
            column(chunk.vector(i), i, rows);
        }
    }

    private void column(DuckDBWritableVector vector, int index, List<Row> rows) {
        Column column = order.get(index);
        int ordinal = atomicOrdinals[index];
        if (column.type().isText()) {
            texts(vector, index, column, ordinal, rows);
            return;
        }
        for (int i = 0; i < rows.size(); i++) {
            Object value = ordinal >= 0 ? rows.get(i).atomic.get(ordinal) : value(rows.get(i), own[index]);
            set(vector, i, value);
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
        boolean isFingerprint = column.type() == Column.Type.FINGERPRINT;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            if (ordinal >= 0) {
                Object value = row.atomic.get(ordinal);
                of.values[i] =
                        value == null ? null : isFingerprint ? grouped((String) value) : of.bytes((String) value);
            } else {
                of.values[i] = ownText(of, row, own[index], column.name());
            }
        }
        vector.setStringUtf8Batch(0, of.values);
    }

    /** Formats a fingerprint as a UUID. */
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
