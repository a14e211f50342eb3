package dev.internalevents.lake;

import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinkContract;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** The contract of event sinks, on tables that are not in a folder alone; readers are Iceberg's own. */
abstract class CatalogSinkContract extends EventSinkContract {

    /** Returns where the tables of this test are. */
    abstract String location();

    /** Returns the address of the catalog of this test. */
    abstract @Nullable String catalog();

    /** Returns the endpoint of the object store. */
    abstract @Nullable String endpoint();

    @Override
    protected SinkSettings settings() {
        return new SinkSettings(
                location(),
                catalog(),
                SinkSettings.Format.ICEBERG,
                Duration.ofMinutes(1),
                SinkSettings.DEFAULT_COMMIT_BYTES,
                endpoint());
    }

    @Override
    protected EventSink open(SinkSettings settings, EventSinks.Owner owner) {
        return EventSinks.find().open(settings, owner, key -> Optional.empty());
    }

    @Override
    protected List<Long> good() {
        return read(TableShape.GOOD_EVENTS, Tables::numbers);
    }

    @Override
    protected List<Long> failed() {
        return read(TableShape.FAILED_EVENTS, Tables::numbers);
    }

    <T> T read(TableShape shape, Function<Table, T> reader) {
        try (LakeCatalog catalog = new IcebergSinks().catalog(settings())) {
            return reader.apply(catalog.open(shape));
        }
    }
}
