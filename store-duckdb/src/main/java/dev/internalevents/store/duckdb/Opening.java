package dev.internalevents.store.duckdb;

import dev.internalevents.store.SchemaFields;
import dev.internalevents.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** Opens the file of a store, and repairs a damaged write-ahead log. */
final class Opening {

    /** Maximum number of repairs: the log is cut at the damage, or removed if the position is unknown. */
    private static final int MAX_REPAIRS = 2;

    private Opening() {}

    /** @throws StoreException if the store cannot be opened; the message says what to do */
    static OpenStore open(Path file, DuckDbEventStore.Settings settings, SchemaFields schemas) {
        for (int repairs = 0; ; repairs++) {
            try {
                return OpenStore.open(file, settings, schemas);
            } catch (SQLException | IOException e) {
                OpeningFailure failure = new OpeningFailure(file, e);
                boolean isRepaired =
                        repairs < MAX_REPAIRS && failure.isOfWriteAheadLog() && WriteAheadLog.setAside(file, failure);
                if (!isRepaired) {
                    throw new StoreException(failure.describe(), e);
                }
            }
        }
    }
}
