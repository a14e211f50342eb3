package dev.internalevents.lake;

import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.StoredEvent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/**
 * One kind of events as Parquet files without a table format, as one collector writes them. A commit is one atomic step
 * in {@code _lake}: an Iceberg table without snapshots, which remembers the columns and, as properties, each
 * collector's place and the files that the last commit makes visible. These are moved after it, by this process or by
 * the next one.
 *
 * <p>Each file has the events of one day. A file ends when the day changes, so the files that are visible have every
 * event up to the last number in their names, also between two moves. If the days change more than
 * {@value #MAX_CHANGES} times between two commits, because events waited for their schemas since an earlier day, this
 * holds for each day by itself until the commit ends.
 */
final class ParquetTable implements EventTable {

    /** The folder with what engines do not read. */
    static final String STATE = "_lake";

    private static final String PLACE = "internal-events.place.";
    private static final String FILES = "internal-events.files.";
    private static final String RETRIED = "internal-events.retried.";

    /** So that no number of late events makes as many files. */
    private static final int MAX_CHANGES = 32;

    private static final int MAX_ATTEMPTS = 20;

    private final Table table;
    private final TableOperations state;
    private final EventSinks.Owner owner;
    private final Claim claim;
    private final ParquetFolder folder;
    private final DataFiles files;
    private final EventColumns columns;
    private final int numberId;
    private long place;
    private long retried;
    private int day = Integer.MIN_VALUE;
    private int changes;

    /**
     * Prepares a folder for writing, and finishes the last commit.
     *
     * @param lake the folder with the folders of both kinds
     * @param millis the time of day in milliseconds
     */
    ParquetTable(
            TableShape shape,
            Path lake,
            EventSinks.Owner owner,
            EventSinks.SchemaTexts schemas,
            Duration claimed,
            LongSupplier millis) {
        Path data = lake.resolve(shape.table());
        Table opened = new FolderCatalog(lake.resolve(STATE)).open(shape);
        this.state = ((HasTableOperations) opened).operations();
        this.table = new HiddenFiles(state, shape.table(), data.toString());
        this.owner = owner;
        this.folder = new ParquetFolder(lake, shape, owner.id());
        this.claim = new Claim(table, owner, claimed, millis);
        claim.take();
        Evolution evolution = new Evolution(table, schemas);
        evolution.restore(shape);
        folder.show(folder.moves(property(metadata(), FILES, "")));
        folder.sweep();
        // The names are enough if the properties are lost.
        this.place = Math.max(number(metadata(), PLACE), folder.last());
        this.retried = number(metadata(), RETRIED);
        this.files = new DataFiles(
                shape, table, TableShape.partitions(table.schema()), owner.id().toString());
        this.columns = new EventColumns(evolution, files);
        this.numberId = table.schema().findField(TableShape.NUMBER).fieldId();
    }

    private TableMetadata metadata() {
        return Objects.requireNonNull(state.current(), "the table was opened");
    }

    private String property(TableMetadata metadata, String name, String missing) {
        return metadata.properties().getOrDefault(name + owner.id(), missing);
    }

    private long number(TableMetadata metadata, String name) {
        try {
            return Math.max(0, Long.parseLong(property(metadata, name, "0")));
        } catch (NumberFormatException e) {
            throw new SinkException(
                    "lake: the place of collector " + owner.id() + " in " + table.location()
                            + " is not a number; it was changed by another program. Choose another folder with --lake",
                    e);
        }
    }

    @Override
    public long place() {
        return place;
    }

    /** Adds events beyond the place. */
    @Override
    public void write(List<StoredEvent> events) {
        columns.prepare(events);
        files.prepare(events);
        for (StoredEvent event : events) {
            if (event.number() > place) {
                cut(DataFiles.day(event));
                files.add(event);
            }
        }
    }

    private void cut(int next) {
        if (next != day && changes < MAX_CHANGES) {
            files.closeOpen();
            day = next;
            changes++;
        }
    }

    @Override
    public long pending() {
        return files.bytes();
    }

    /**
     * Makes what was added visible, and records the place, which never becomes smaller.
     *
     * @param always whether the place is recorded without events too
     */
    @Override
    public void commit(long reached, boolean always) {
        List<ParquetFolder.Move> moves = files.take().stream().map(this::move).toList();
        changes = 0;
        day = Integer.MIN_VALUE;
        if (moves.isEmpty() && (!always || reached <= place)) {
            if (always) {
                claim.take();
            }
            return;
        }
        record(Math.max(place, reached), retried, moves);
        place = Math.max(place, reached);
        folder.show(moves);
    }

    private ParquetFolder.Move move(DataFile file) {
        return new ParquetFolder.Move(
                Objects.toString(Path.of(file.location()).getFileName()),
                Objects.requireNonNull(file.partition().get(0, Integer.class)),
                number(file.lowerBounds()),
                number(file.upperBounds()));
    }

    private long number(Map<Integer, ByteBuffer> bounds) {
        return Conversions.<Long>fromByteBuffer(
                Types.LongType.get(), Objects.requireNonNull(bounds.get(numberId), "each event has a number"));
    }

    /** Returns the last turn of events that became good. */
    @Override
    public long retried() {
        return retried;
    }

    /** Adds good events up to the place, unless this turn was recorded already. */
    @Override
    public void addRetried(long turn, List<StoredEvent> events) {
        if (turn <= retried) {
            return;
        }
        columns.prepare(events);
        files.prepare(events);
        events.forEach(files::add);
        List<ParquetFolder.Move> moves = files.take().stream().map(this::move).toList();
        record(place, turn, moves);
        retried = turn;
        folder.show(moves);
    }

    /** Commits, unless another process of this collector has done so since this one read the place. */
    private void record(long reached, long turn, List<ParquetFolder.Move> moves) {
        for (int attempt = 1; ; attempt++) {
            state.refresh();
            TableMetadata base = metadata();
            claim.check();
            if (number(base, PLACE) > place || number(base, RETRIED) > retried || !folder.areHidden(moves)) {
                throw new SinkException("lake: the place of collector " + owner.id() + " in " + table.location()
                        + " is not " + place + " any more, or its new files are gone: another process has a copy of"
                        + " the data folder");
            }
            Map<String, String> properties = new HashMap<>(base.properties());
            properties.put(PLACE + owner.id(), Long.toString(reached));
            properties.put(RETRIED + owner.id(), Long.toString(turn));
            properties.put(FILES + owner.id(), ParquetFolder.text(moves));
            properties.put(claim.property(), claim.value());
            try {
                state.commit(base, base.replaceProperties(properties));
                return;
            } catch (CommitFailedException e) {
                // Another collector committed first.
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Ends the claim, and discards what was not committed. */
    @Override
    public void close() {
        files.discard();
        claim.release();
    }

    /** A table whose data files have hidden names. */
    private static final class HiddenFiles extends BaseTable {
        private static final long serialVersionUID = 1;
        private final String folder;

        private HiddenFiles(TableOperations operations, String name, String folder) {
            super(operations, name, report -> {});
            this.folder = folder;
        }

        @Override
        public LocationProvider locationProvider() {
            return new Hidden(folder);
        }
    }

    private record Hidden(String folder) implements LocationProvider {

        @Override
        public String newDataLocation(String name) {
            return ParquetFolder.hidden(folder, name);
        }

        @Override
        public String newDataLocation(PartitionSpec spec, StructLike partition, String name) {
            return newDataLocation(name);
        }
    }
}
