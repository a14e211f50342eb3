package dev.internalevents.lake;

import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The Parquet files {@code good_events} and {@code failed_events} in a folder, without a table format. The place is
 * that of the good events, because failed ones are committed before them; events that are there already are skipped.
 */
final class ParquetSink implements EventSink {

    /** A claim lasts for so many commits. */
    private static final int COMMITS_OF_A_CLAIM = 3;

    private final SinkSettings settings;
    private final ParquetTable good;
    private final ParquetTable failed;

    /** @param lake the folder of the settings */
    ParquetSink(SinkSettings settings, Path lake, EventSinks.Owner owner, EventSinks.SchemaTexts schemas) {
        this.settings = settings;
        if (Files.exists(lake.resolve(TableShape.GOOD_EVENTS.table()).resolve("metadata"))) {
            throw new SinkException("lake: " + lake + " has Iceberg tables, to which Parquet files cannot be added;"
                    + " expected another folder, or --lake-format iceberg");
        }
        this.good = IcebergSink.trying(settings, () -> open(lake, TableShape.GOOD_EVENTS, owner, schemas));
        try {
            this.failed = IcebergSink.trying(settings, () -> open(lake, TableShape.FAILED_EVENTS, owner, schemas));
        } catch (SinkException e) {
            good.close();
            throw e;
        }
    }

    /** Returns whether a folder has Parquet files without a table format. */
    static boolean isIn(Path lake) {
        return Files.exists(lake.resolve(ParquetTable.STATE));
    }

    private ParquetTable open(Path lake, TableShape shape, EventSinks.Owner owner, EventSinks.SchemaTexts schemas) {
        Duration claim = settings.commitEvery().multipliedBy(COMMITS_OF_A_CLAIM);
        return new ParquetTable(shape, lake, owner, schemas, claim, System::currentTimeMillis);
    }

    @Override
    public long place() {
        return good.place();
    }

    @Override
    public void write(List<StoredEvent> events) {
        List<StoredEvent> whole = new ArrayList<>(events.size());
        List<StoredEvent> broken = new ArrayList<>();
        events.forEach(event -> (event.isGood() ? whole : broken).add(event));
        IcebergSink.trying(settings, () -> {
            good.write(whole);
            failed.write(broken);
            return true;
        });
    }

    @Override
    public long pending() {
        return good.pending() + failed.pending();
    }

    @Override
    public void commit(long place) {
        IcebergSink.trying(settings, () -> {
            failed.commit(place, false);
            good.commit(place, true);
            return true;
        });
    }

    @Override
    public void addRetried(long turn, List<StoredEvent> events) {
        IcebergSink.trying(settings, () -> {
            good.addRetried(turn, events);
            return true;
        });
    }

    @Override
    public long retried() {
        return good.retried();
    }

    @Override
    public void close() {
        good.close();
        failed.close();
    }
}
