package dev.internalevents.lake;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The tables {@code good_events} and {@code failed_events} of a lake. The place is that of the table of good events,
 * because failed ones are committed before it, or that of failed events if their table was rolled back. Events that a
 * table has already are skipped.
 */
final class IcebergSink implements EventSink {

    /** A claim lasts for so many commits. */
    private static final int COMMITS_OF_A_CLAIM = 3;

    private final SinkSettings settings;
    private final LakeCatalog catalog;
    private final LakeTable good;
    private final LakeTable failed;

    IcebergSink(LakeCatalog catalog, SinkSettings settings, EventSinks.Owner owner, EventSinks.SchemaTexts schemas) {
        this.settings = settings;
        this.catalog = catalog;
        Duration claim = settings.commitEvery().multipliedBy(COMMITS_OF_A_CLAIM);
        try {
            this.good = trying(() -> open(catalog, TableShape.GOOD_EVENTS, owner, schemas, claim));
            this.failed = trying(() -> open(catalog, TableShape.FAILED_EVENTS, owner, schemas, claim));
            trying(() -> {
                good.claim();
                return true;
            });
        } catch (SinkException e) {
            catalog.close();
            throw e;
        }
    }

    private static LakeTable open(
            LakeCatalog catalog,
            TableShape shape,
            EventSinks.Owner owner,
            EventSinks.SchemaTexts schemas,
            Duration claim) {
        return new LakeTable(shape, catalog.open(shape), owner, schemas, claim, System::currentTimeMillis);
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
        trying(() -> {
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
        trying(() -> {
            failed.commit(place, failed.isRolledBack() && place >= good.place());
            good.commit(place, true);
            return true;
        });
    }

    @Override
    public void addRetried(long turn, List<StoredEvent> events) {
        trying(() -> {
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
        catalog.close();
    }

    private <T> T trying(Supplier<T> work) {
        return trying(settings, work);
    }

    /** Iceberg, Parquet and the file system throw exceptions of many kinds, and errors for classes that are missing. */
    static <T> T trying(SinkSettings settings, Supplier<T> work) {
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
