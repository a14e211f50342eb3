package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.store.SchemaColumns;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import org.duckdb.DuckDBColumnType;

/**
 * A column of the table {@code event}.
 *
 * @param name its name in SQL
 * @param type the type of its values
 */
record Column(String name, Type type) {

    /** The SQL type of a column, the type in which values are passed to DuckDB, and the conversion between them. */
    enum Type {
        TEXT("VARCHAR", DuckDBColumnType.VARCHAR, "%s"),
        JSON("VARCHAR", DuckDBColumnType.VARCHAR, "%s"),
        /** A JSON array with the data of an event's contexts of one schema. */
        CONTEXTS("VARCHAR", DuckDBColumnType.VARCHAR, "%s"),
        /** The JSON data of a self-describing event. */
        UNSTRUCT_EVENT("VARCHAR", DuckDBColumnType.VARCHAR, "%s"),
        UUID("UUID", DuckDBColumnType.VARCHAR, "%s::UUID"),
        /** 32 hexadecimal digits, stored as a UUID, which takes half the space of text. */
        FINGERPRINT("UUID", DuckDBColumnType.VARCHAR, "%s::UUID"),
        LONG("BIGINT", DuckDBColumnType.BIGINT, "%s"),
        DOUBLE("DOUBLE", DuckDBColumnType.DOUBLE, "%s"),
        BOOLEAN("BOOLEAN", DuckDBColumnType.BOOLEAN, "%s"),
        TIME("TIMESTAMP", DuckDBColumnType.BIGINT, "make_timestamp(%s)");

        final String sql;
        final DuckDBColumnType handedOver;
        private final String conversion;

        Type(String sql, DuckDBColumnType handedOver, String conversion) {
            this.sql = sql;
            this.handedOver = handedOver;
            this.conversion = conversion;
        }

        String converted(String expression) {
            return String.format(Locale.ROOT, conversion, expression);
        }

        /** Returns whether values are passed to DuckDB as text. */
        boolean isText() {
            return handedOver == DuckDBColumnType.VARCHAR;
        }

        /** Returns whether the values are the data of a schema. */
        boolean isOfSchema() {
            return this == CONTEXTS || this == UNSTRUCT_EVENT;
        }
    }

    /** Returns the column of an atomic field. */
    static Column atomic(String field) {
        if (field.equals("event_id")) {
            return new Column(field, Type.UUID);
        } else if (field.equals("event_fingerprint")) {
            return new Column(field, Type.FINGERPRINT);
        }
        Class<?> type = AtomicFields.typeOf(field);
        if (type == Instant.class) {
            return new Column(field, Type.TIME);
        } else if (type == Long.class) {
            return new Column(field, Type.LONG);
        } else if (type == BigDecimal.class || type == Double.class) {
            return new Column(field, Type.DOUBLE);
        }
        return new Column(field, type == Boolean.class ? Type.BOOLEAN : Type.TEXT);
    }

    /** Returns a column of JSON; its name tells whether that is the data of a schema. */
    static Column json(String name) {
        if (SchemaColumns.isContexts(name)) {
            return new Column(name, Type.CONTEXTS);
        }
        return new Column(name, SchemaColumns.isOfSchema(name) ? Type.UNSTRUCT_EVENT : Type.JSON);
    }

    String quoted() {
        return quoted(name);
    }

    /** Returns the SQL definition of the column. */
    String definition() {
        return quoted() + " " + type.sql;
    }

    /** Returns the SQL expression for the value as text, which filters compare. */
    String text() {
        return switch (type) {
            case TEXT, JSON, CONTEXTS, UNSTRUCT_EVENT -> quoted();
            case TIME -> "strftime(" + quoted() + ", '%Y-%m-%dT%H:%M:%S.%gZ')";
            case FINGERPRINT -> "replace(" + quoted() + "::VARCHAR, '-', '')";
            default -> quoted() + "::VARCHAR";
        };
    }

    /**
     * Returns the SQL expression for the value in views: a fingerprint as its digits, anything else as it is stored.
     */
    String shown() {
        return type == Type.FINGERPRINT ? text() + " AS " + quoted() : quoted();
    }

    /** Returns the SQL expression for the column in views while the table does not have it. */
    String shownAsMissing() {
        return "NULL::" + (type == Type.FINGERPRINT ? Type.TEXT.sql : type.sql) + " AS " + quoted();
    }

    /** Quotes any text as an SQL identifier. */
    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Quotes any text as an SQL string literal, for places that do not allow a parameter. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
