package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.AtomicFields;
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
        UUID("UUID", DuckDBColumnType.VARCHAR, "%s::UUID"),
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
    }

    static Column atomic(String field) {
        if (field.equals("event_id") || field.equals("event_fingerprint")) {
            return new Column(field, Type.UUID);
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

    String quoted() {
        return quoted(name);
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
