package dev.internalevents.store.duckdb;

import dev.internalevents.store.SchemaFields;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The parts of an open store that have a state: its connections, its file, the columns and counts of its events, and
 * whether there are keys of forgotten events.
 */
record OpenStore(Database database, DuckDbFile file, Columns columns, EventCounts counts, ForgottenKeys forgotten)
        implements AutoCloseable {

    /**
     * Opens a store's file, which is created if it does not exist, and its missing tables, columns and views.
     *
     * @throws SQLException if DuckDB cannot open it
     * @throws IOException if the file or its folder cannot be used
     */
    static OpenStore open(Path path, DuckDbEventStore.Settings settings, SchemaFields schemas)
            throws SQLException, IOException {
        Database database = Database.open(path, settings);
        try {
            BatchFunction.register(database.writing());
            Tables.create(database.writing());
            Columns columns = Columns.open(database.writing(), schemas);
            OpenStore store = new OpenStore(
                    database,
                    new DuckDbFile(path, database),
                    columns,
                    new EventCounts(database, columns),
                    new ForgottenKeys(database));
            store.counts.start();
            store.forgotten.look();
            store.file.restrictLog();
            database.writing().setAutoCommit(false);
            Views.createAll(database.writing(), columns);
            return store;
        } catch (SQLException | IOException | RuntimeException | Error e) {
            database.close();
            throw e;
        }
    }

    /**
     * Executes statements that change or remove events in one transaction, and counts the events again. For the writing
     * thread.
     */
    void change(String... statements) {
        change(writing -> {
            try (Statement sql = writing.createStatement()) {
                for (String statement : statements) {
                    sql.execute(statement);
                }
            }
            return true;
        });
    }

    /** Changes or removes events in one transaction, and counts the events again. For the writing thread. */
    <T> T change(DuckDbEventStore.Reading<T> change) {
        T result = database.transaction("changed", writing -> {
            T changed = change.read(writing);
            writing.commit();
            counts.recount();
            forgotten.look();
            return changed;
        });
        file.restrictLog();
        return result;
    }

    @Override
    public void close() {
        database.close();
        file.close();
    }
}
