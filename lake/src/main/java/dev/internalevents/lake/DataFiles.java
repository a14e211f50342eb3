package dev.internalevents.lake;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.pipeline.AtomicValues;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.store.StoredEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;

/**
 * The data files that are written between two commits, one at a time for each day. A file has only the columns that
 * events have had so far: a table has more than a hundred, of which most applications use twenty, and a column without
 * values costs time in every row. An event with another column begins a new file.
 */
final class DataFiles {

    /** Files of more days are closed, so that memory is bounded: each may need a row group. */
    private static final int MAX_OPEN = 3;

    private static final String WITH_DICTIONARY = "write.parquet.dict-encoding-enabled.column.";
    private static final int FIELDS = AtomicFields.NAMES.size();

    private final TableShape shape;
    private final String collector;
    private final BitSet atomic = new BitSet(FIELDS);
    private final BitSet typed = new BitSet();

    /** The fields that are not in {@link #atomic}: all fields of each event would take longer to look at. */
    private int[] absent;

    private final Map<Integer, Open> open = new LinkedHashMap<>(4, 0.75f, true);
    private final List<DataFile> closed = new ArrayList<>();
    private Table table;
    private Schema schema;
    private PartitionSpec partitions;
    private TypedColumns columns;
    private Row row;
    private long closedBytes;

    private record Open(FileAppender<Row> appender, String location) {}

    DataFiles(TableShape shape, Table table, PartitionSpec partitions, String collector) {
        this.shape = shape;
        this.collector = collector;
        this.table = table;
        this.partitions = partitions;
        this.schema = table.schema();
        this.columns = new TypedColumns(schema);
        this.row = new Row(columns);
        atomic.set(AtomicFields.NAMES.indexOf(TableShape.TIME));
        this.absent = absent(atomic);
    }

    /** Returns the typed columns that rows are written to. */
    TypedColumns columns() {
        return columns;
    }

    /** Uses the columns that the table has now. */
    void reshape() {
        closeOpen();
        schema = table.schema();
        columns = new TypedColumns(schema);
        row = new Row(columns);
        typed.clear();
    }

    /** Prepares the columns of events that are added next, so that these begin one new file a day at most. */
    void prepare(List<StoredEvent> events) {
        boolean grown = false;
        for (StoredEvent event : events) {
            grown |= noteColumns(event);
        }
        if (grown) {
            closeOpen();
        }
    }

    /** Adds an event. */
    void add(StoredEvent event) {
        boolean grown = noteColumns(event);
        int day = day(event);
        Open file = open.get(day);
        if (file != null && grown) {
            close(day, file);
            file = null;
        }
        if (file == null) {
            file = begin(day);
        }
        row.of(event);
        file.appender().add(row);
    }

    /** Returns the day of an event's partition, as days since 1970. */
    static int day(StoredEvent event) {
        return Times.day(received(event));
    }

    private static Instant received(StoredEvent event) {
        Instant time = event.event().atomic().time(TableShape.TIME);
        return time == null ? event.event().payload().context().timestamp() : time;
    }

    /** Returns whether the event has a value in a column that no event had before. */
    private boolean noteColumns(StoredEvent event) {
        boolean grown = false;
        AtomicValues values = event.event().atomic();
        for (int ordinal : absent) {
            if (values.get(ordinal) != null && isWritable(ordinal)) {
                atomic.set(ordinal);
                grown = true;
            }
        }
        if (grown) {
            absent = absent(atomic);
        }
        if (event.event() instanceof GoodEvent good) {
            for (SelfDescribingJson context : good.contexts().list()) {
                grown |= note(columns.ofContexts(context.schema()));
            }
            for (SelfDescribingJson context : good.derivedContexts().list()) {
                grown |= note(columns.ofContexts(context.schema()));
            }
            if (good.unstruct() != null) {
                grown |= note(columns.ofUnstructEvent(good.unstruct().event().schema()));
            }
        }
        return grown;
    }

    private static int[] absent(BitSet atomic) {
        return IntStream.range(0, FIELDS)
                .filter(ordinal -> !atomic.get(ordinal))
                .toArray();
    }

    private boolean isWritable(int ordinal) {
        String name = AtomicFields.NAMES.get(ordinal);
        var column = schema.findField(name);
        return column != null && column.type().equals(Kind.ofAtomic(name).type());
    }

    private boolean note(int index) {
        if (index < 0 || typed.get(index) || columns.get(index).fields().isEmpty()) {
            return false;
        }
        typed.set(index);
        return true;
    }

    private Open begin(int day) {
        while (open.size() >= MAX_OPEN) {
            Map.Entry<Integer, Open> oldest = open.entrySet().iterator().next();
            close(oldest.getKey(), oldest.getValue());
        }
        List<String> names = new ArrayList<>();
        List<Cell> cells = cells(names);
        String name = "%s-%s.parquet".formatted(collector, UUID.randomUUID());
        String location = table.locationProvider().newDataLocation(partitions, partition(day), name);
        try {
            Parquet.WriteBuilder writer = Parquet.write(table.io().newOutputFile(location))
                    .schema(schema.select(names))
                    .setAll(table.properties())
                    .metricsConfig(MetricsConfig.forTable(table))
                    .createWriterFunc(file -> new RowWriter(file, cells));
            TableShape.UNIQUE.stream()
                    .filter(names::contains)
                    .forEach(column -> writer.set(WITH_DICTIONARY + column, "false"));
            Open file = new Open(writer.build(), location);
            open.put(day, file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Cell> cells(List<String> names) {
        List<Cell> cells = new ArrayList<>();
        add(names, cells, TableShape.NUMBER, new Cell.EventNumber(TableShape.NUMBER));
        add(names, cells, TableShape.COLLECTOR, new Cell.Constant(TableShape.COLLECTOR, collector));
        atomic.stream()
                .forEach(ordinal -> add(names, cells, AtomicFields.NAMES.get(ordinal), new Cell.Atomic(ordinal)));
        typed.stream().forEach(index -> {
            TypedColumns.Column column = columns.get(index);
            names.addAll(column.paths());
            cells.add(new Cell.Typed(index, column));
        });
        if (shape == TableShape.FAILED_EVENTS) {
            add(names, cells, TableShape.ERRORS, new Cell.Errors(TableShape.ERRORS));
        } else {
            add(names, cells, TableShape.MORE, new Cell.More(TableShape.MORE));
        }
        return cells;
    }

    private static void add(List<String> names, List<Cell> cells, String name, Cell cell) {
        names.add(name);
        cells.add(cell);
    }

    private PartitionData partition(int day) {
        PartitionData data = new PartitionData(partitions.partitionType());
        data.set(0, day);
        return data;
    }

    /** Closes the files that are open, so that the next event begins a new one. */
    void closeOpen() {
        List.copyOf(open.entrySet()).forEach(file -> close(file.getKey(), file.getValue()));
    }

    private void close(int day, Open file) {
        try {
            file.appender().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // If it could not be closed, discard() deletes it.
        open.remove(day);
        long bytes = file.appender().length();
        closedBytes += bytes;
        closed.add(org.apache.iceberg.DataFiles.builder(partitions)
                .withPath(file.location())
                .withFormat(FileFormat.PARQUET)
                .withPartition(partition(day))
                .withFileSizeInBytes(bytes)
                .withMetrics(file.appender().metrics())
                .withSplitOffsets(file.appender().splitOffsets())
                .build());
    }

    /** Returns the approximate size of what was added since the last {@link #take}. */
    long bytes() {
        long bytes = closedBytes;
        for (Open file : open.values()) {
            bytes += file.appender().length();
        }
        return bytes;
    }

    /** Closes the files, and returns all that were written since the last call. */
    List<DataFile> take() {
        closeOpen();
        List<DataFile> taken = List.copyOf(closed);
        closed.clear();
        closedBytes = 0;
        return taken;
    }

    /** Deletes what was written since the last {@link #take}. */
    void discard() {
        for (Open file : open.values()) {
            try {
                file.appender().close();
            } catch (IOException | RuntimeException | Error e) {
                ForeignCode.caught(e);
                // It is deleted anyway.
            }
            delete(file.location());
        }
        open.clear();
        closed.forEach(file -> delete(file.location()));
        closed.clear();
        closedBytes = 0;
    }

    private void delete(@Nullable String location) {
        try {
            table.io().deleteFile(location);
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            // A file that no snapshot names is not read.
        }
    }
}
