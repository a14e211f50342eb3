package dev.internalevents.lake;

import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinkContract;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The contract of event sinks, on Iceberg tables in a folder; readers are Iceberg's own. */
class IcebergSinkTest extends EventSinkContract {

    @Override
    protected EventSink open(SinkSettings settings, EventSinks.Owner owner) {
        return EventSinks.find().open(settings, owner, key -> Optional.empty());
    }

    @Override
    protected List<Long> good() {
        return Tables.numbers(Path.of(settings().location(), "good_events"));
    }

    @Override
    protected List<Long> failed() {
        return Tables.numbers(Path.of(settings().location(), "failed_events"));
    }
}
