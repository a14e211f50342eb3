package dev.internalevents.store;

import java.nio.file.Path;
import java.util.ServiceLoader;

/** Opens event stores in files. An implementation on the class path is found by {@link ServiceLoader}. */
public interface FileStores {

    /**
     * Opens a store, whose file is created if it is missing.
     *
     * @param schemas fields that they name come first and keep their names in SQL
     * @throws StoreException if it cannot be opened, with what to do
     */
    EventStore open(Path file, SchemaFields schemas);

    /**
     * Returns the implementation on the class path.
     *
     * @throws StoreException if there is none, with what to add
     */
    static FileStores find() {
        return ServiceLoader.load(FileStores.class, FileStores.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new StoreException(
                        "events cannot be kept in a folder: no store for files is on the class path; add"
                                + " dev.internalevents:internal-events-store-duckdb, or keep events in memory",
                        new IllegalStateException()));
    }
}
