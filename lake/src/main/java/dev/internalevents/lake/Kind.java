package dev.internalevents.lake;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.protocol.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** The type of a column, and how its values are written. */
enum Kind {
    TEXT(Types.StringType.get()) {
        @Override
        boolean fits(Object value) {
            return value instanceof String;
        }

        @Override
        void write(ColumnWriter to, Object value, int repetition, int definition) {
            to.write(binary((String) value), repetition, definition);
        }
    },
    LONG(Types.LongType.get()) {
        @Override
        boolean fits(Object value) {
            return value instanceof Long;
        }

        @Override
        void write(ColumnWriter to, Object value, int repetition, int definition) {
            to.write((long) value, repetition, definition);
        }
    },
    DOUBLE(Types.DoubleType.get()) {
        @Override
        boolean fits(Object value) {
            return value instanceof Number number && Double.isFinite(number.doubleValue());
        }

        @Override
        void write(ColumnWriter to, Object value, int repetition, int definition) {
            to.write(((Number) value).doubleValue(), repetition, definition);
        }
    },
    BOOLEAN(Types.BooleanType.get()) {
        @Override
        boolean fits(Object value) {
            return value instanceof Boolean;
        }

        @Override
        void write(ColumnWriter to, Object value, int repetition, int definition) {
            to.write((boolean) value, repetition, definition);
        }
    },
    /** In UTC, with microseconds. */
    TIME(Types.TimestampType.withZone()) {
        @Override
        boolean fits(Object value) {
            return value instanceof Instant;
        }

        @Override
        void write(ColumnWriter to, Object value, int repetition, int definition) {
            to.write(Times.micros((Instant) value), repetition, definition);
        }
    },
    /** Any JSON value, as text. */
    JSON(Types.StringType.get()) {
        @Override
        boolean fits(Object value) {
            return true;
        }

        @Override
        void write(ColumnWriter to, Object value, int repetition, int definition) {
            to.write(binary(Json.write(value)), repetition, definition);
        }
    };

    /** The comment of a column with JSON text. */
    static final String JSON_COMMENT = "JSON";

    @SuppressWarnings("ImmutableEnumChecker") // Iceberg's types are immutable.
    private final Type type;

    Kind(Type type) {
        this.type = type;
    }

    /** Returns whether a column of this kind can have a value. */
    abstract boolean fits(Object value);

    /** Writes a value that fits. */
    abstract void write(ColumnWriter to, Object value, int repetition, int definition);

    Type type() {
        return type;
    }

    /** Returns the comment that a column of this kind has in a table; null for none. */
    @Nullable
    String comment() {
        return this == JSON ? JSON_COMMENT : null;
    }

    /** Returns a text in UTF-8. Parquet's own {@code fromString} takes several times as long for a short ASCII text. */
    static Binary binary(String text) {
        return Binary.fromConstantByteArray(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the kind of an atomic field. */
    static Kind ofAtomic(String field) {
        Class<?> type = AtomicFields.typeOf(field);
        if (type == Instant.class) {
            return TIME;
        } else if (type == Long.class) {
            return LONG;
        } else if (type == BigDecimal.class || type == Double.class) {
            return DOUBLE;
        }
        return type == Boolean.class ? BOOLEAN : TEXT;
    }

    /** Returns the kind of a column that a table has; null for a type that this module does not write. */
    static @Nullable Kind of(Types.NestedField column) {
        return switch (column.type().typeId()) {
            case STRING -> JSON_COMMENT.equals(column.doc()) ? JSON : TEXT;
            case LONG -> LONG;
            case DOUBLE -> DOUBLE;
            case BOOLEAN -> BOOLEAN;
            case TIMESTAMP -> TIME;
            default -> null;
        };
    }

    /** Returns the kind for the type that a JSON Schema names: a name, or a list of names. */
    static Kind ofJsonSchema(@Nullable Object type) {
        if (type instanceof List<?> names) {
            List<?> others = names.stream().filter(name -> !"null".equals(name)).toList();
            return others.size() == 1 ? ofJsonSchema(others.get(0)) : JSON;
        }
        return type instanceof String name ? BY_NAME.getOrDefault(name, JSON) : JSON;
    }

    private static final Map<String, Kind> BY_NAME =
            Map.of("string", TEXT, "integer", LONG, "number", DOUBLE, "boolean", BOOLEAN);
}
