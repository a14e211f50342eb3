package dev.internalevents.lake;

import dev.internalevents.lake.maintenance.ColumnNames;
import dev.internalevents.pipeline.AtomicFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** The columns that a table begins with, its partitions and its properties. */
enum TableShape {
    /** The good events. Columns for contexts and self-describing events follow when the first of a schema arrives. */
    GOOD_EVENTS("good_events"),
    /** The failed events, with the reasons. */
    FAILED_EVENTS("failed_events");

    /** The number of the event in its collector's store. */
    static final String NUMBER = ColumnNames.NUMBER;

    /** The collector: with the number, it identifies a row. */
    static final String COLLECTOR = ColumnNames.COLLECTOR;

    /** The column of the partitions. */
    static final String TIME = ColumnNames.TIME;

    /** The JSON of what has no column. */
    static final String MORE = ColumnNames.MORE;

    /** Why an event failed. */
    static final String ERRORS = "errors";

    /** Columns with a value of its own in each row: looking for repeated ones costs time, and there are none. */
    static final List<String> UNIQUE = List.of(NUMBER, "event_id", "event_fingerprint");

    private static final int MORE_ID = 3;
    private static final int ERRORS_ID = 4;
    private static final int ERROR_ID = 5;
    private static final int FIRST_ATOMIC_ID = 100;

    private final String table;

    TableShape(String table) {
        this.table = table;
    }

    String table() {
        return table;
    }

    /** Returns the columns of a new table. */
    Schema schema() {
        List<Types.NestedField> columns = new ArrayList<>();
        columns.add(Types.NestedField.required(1, NUMBER, Types.LongType.get()));
        columns.add(Types.NestedField.required(2, COLLECTOR, Types.StringType.get()));
        if (this == FAILED_EVENTS) {
            columns.add(Types.NestedField.optional(
                    ERRORS_ID, ERRORS, Types.ListType.ofRequired(ERROR_ID, Types.StringType.get())));
        } else {
            columns.add(Types.NestedField.optional(MORE_ID, MORE, Types.StringType.get(), Kind.JSON_COMMENT));
        }
        for (int i = 0; i < AtomicFields.NAMES.size(); i++) {
            String name = AtomicFields.NAMES.get(i);
            columns.add(Types.NestedField.optional(
                    FIRST_ATOMIC_ID + i, name, Kind.ofAtomic(name).type()));
        }
        return new Schema(columns);
    }

    static PartitionSpec partitions(Schema schema) {
        return PartitionSpec.builderFor(schema).day(TIME).build();
    }

    /** Returns the properties of a new table. */
    static Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("format-version", "2");
        properties.put("write.parquet.compression-codec", "zstd");
        // Row groups are made in memory.
        properties.put("write.parquet.row-group-size-bytes", Integer.toString(32 << 20));
        properties.put("write.metadata.metrics.default", "counts");
        properties.put("write.metadata.metrics.column." + NUMBER, "full");
        properties.put("write.metadata.metrics.column." + TIME, "full");
        properties.put("write.metadata.delete-after-commit.enabled", "true");
        properties.put("write.metadata.previous-versions-max", "20");
        properties.put("commit.retry.num-retries", "20");
        return properties;
    }
}
