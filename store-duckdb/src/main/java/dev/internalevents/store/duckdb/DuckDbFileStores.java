package dev.internalevents.store.duckdb;

import dev.internalevents.store.EventStore;
import dev.internalevents.store.FileStores;
import dev.internalevents.store.SchemaFields;
import java.nio.file.Path;

/** Opens {@link DuckDbEventStore}s with the default settings. */
public final class DuckDbFileStores implements FileStores {

    @Override
    public EventStore open(Path file, SchemaFields schemas) {
        return DuckDbEventStore.inFile(file, DuckDbEventStore.Settings.DEFAULTS, schemas);
    }
}
