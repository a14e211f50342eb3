package dev.internalevents.lake;

import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkSettings;

/** Writes events to Iceberg tables; found by {@link java.util.ServiceLoader}. */
public final class IcebergSinks implements EventSinks {

    /** Creates it. */
    public IcebergSinks() {}

    @Override
    public EventSink open(SinkSettings settings, Owner owner, SchemaTexts schemas) {
        return new IcebergSink(settings, owner, schemas);
    }
}
