package dev.internalevents.lake;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The tables {@code good_events} and {@code failed_events} of a lake. The place is that of the table of good events,
 * because failed ones are committed before it, or that of failed events if their table was rolled back. Events that a
 * table has already are skipped.
 */
final class LakeSink implements EventSink {

    /** A claim lasts for so many commits. */
    private static final int COMMITS_OF_A_CLAIM = 3;

    private final SinkSettings settings;
    private final EventTable good;
    private final EventTable failed;
    private final Runnable closing;

    private LakeSink(SinkSettings settings, EventTable good, EventTable failed, Runnable closing) {
        this.settings = settings;
        this.good = good;
        this.failed = failed;
        this.closing = closing;
    }

    /** Opens Iceberg tables. Closes the catalog when it is closed itself, or cannot be opened. */
    static LakeSink ofIceberg(
            LakeCatalog catalog, SinkSettings settings, EventSinks.Owner owner, EventSinks.SchemaTexts schemas) {
        try {
            LakeTable good = trying(settings, () -> table(catalog, TableShape.GOOD_EVENTS, settings, owner, schemas));
            LakeTable failed =
                    trying(settings, () -> table(catalog, TableShape.FAILED_EVENTS, settings, owner, schemas));
            trying(settings, () -> {
                good.claim();
                return true;
            });
            return new LakeSink(settings, good, failed, catalog::close);
        } catch (SinkException e) {
            catalog.close();
            throw e;
        }
    }

    private static LakeTable table(
            LakeCatalog catalog,
            TableShape shape,
            SinkSettings settings,
            EventSinks.Owner owner,
            EventSinks.SchemaTexts schemas) {
        return new LakeTable(shape, catalog.open(shape), owner, schemas, claim(settings), System::currentTimeMillis);
    }

    /** Opens Parquet files in a folder, without a table format. */
    static LakeSink ofParquet(
            SinkSettings settings, Path folder, EventSinks.Owner owner, EventSinks.SchemaTexts schemas) {
        EventTable good = trying(settings, () -> files(folder, TableShape.GOOD_EVENTS, settings, owner, schemas));
        try {
            EventTable failed =
                    trying(settings, () -> files(folder, TableShape.FAILED_EVENTS, settings, owner, schemas));
            return new LakeSink(settings, good, failed, () -> {});
        } catch (SinkException e) {
            good.close();
            throw e;
        }
    }

    private static ParquetTable files(
            Path folder,
            TableShape shape,
            SinkSettings settings,
            EventSinks.Owner owner,
            EventSinks.SchemaTexts schemas) {
        return new ParquetTable(shape, folder, owner, schemas, claim(settings), System::currentTimeMillis);
    }

    private static Duration claim(SinkSettings settings) {
        return settings.commitEvery().multipliedBy(COMMITS_OF_A_CLAIM);
    }

    @Override
    public long place() {
        return failed.isRolledBack() ? Math.min(good.place(), failed.place()) : good.place();
    }

    @Override
    public void write(List<StoredEvent> events) {
        List<StoredEvent> whole = new ArrayList<>(events.size());
        List<StoredEvent> broken = new ArrayList<>();
        events.forEach(event -> (event.isGood() ? whole : broken).add(event));
        trying(settings, () -> {
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
        trying(settings, () -> {
            failed.commit(place, failed.isRolledBack() && place >= good.place());
            good.commit(place, true);
            return true;
        });
    }

    @Override
    public void addRetried(long turn, List<StoredEvent> events) {
        trying(settings, () -> {
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
        closing.run();
    }

    /** Iceberg, Parquet and the file system throw exceptions of many kinds, and errors for classes that are missing. */
    private static <T> T trying(SinkSettings settings, Supplier<T> work) {
        try {
            return work.get();
        } catch (SinkException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            throw new SinkException(
                    "lake: the tables in " + settings.location() + " cannot be written: " + Reason.of(e)
                            + "; they are written again once that is possible",
                    e);
        }
    }
}
