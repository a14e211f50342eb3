package dev.internalevents.lake;

import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinkContract;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkSettings;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The contract of event sinks, on Parquet files without a table format; the reader is DuckDB. */
class ParquetSinkTest extends EventSinkContract {

    @Override
    protected SinkSettings settings() {
        return ParquetFilesTest.in(folder.resolve("lake"));
    }

    @Override
    protected EventSink open(SinkSettings settings, EventSinks.Owner owner) {
        return EventSinks.find().open(settings, owner, key -> Optional.empty());
    }

    @Override
    protected List<Long> good() {
        return numbers("good_events");
    }

    @Override
    protected List<Long> failed() {
        return numbers("failed_events");
    }

    private List<Long> numbers(String table) {
        try {
            return Duck.numbers(Path.of(settings().location(), table));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
