package dev.internalevents.store.duckdb;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionBuilder;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;

/**
 * The table function {@code internal_events_batch(TOKEN)}, which returns the rows of a {@link Batch}. Measured, rows
 * passed as columns cost a fifth of rows appended value by value. A token is 128 random bits and valid for one
 * statement. With any other token the function returns no rows, so that users' SQL, which is not allowed to call it
 * anyway, cannot read a batch.
 */
final class BatchFunction implements DuckDBTableFunction<Optional<Batch>, Optional<Batch>, Object> {

    static final String NAME = "internal_events_batch";

    private static final Map<String, Batch> WAITING = new ConcurrentHashMap<>();
    private static final SecureRandom RANDOM = new SecureRandom();

    static void register(Connection connection) throws SQLException {
        try (DuckDBTableFunctionBuilder function = DuckDBFunctions.tableFunction()) {
            function.withName(NAME)
                    .withParameter(DuckDBColumnType.VARCHAR)
                    .withFunction(new BatchFunction())
                    .register(connection);
        }
    }

    /**
     * Registers a batch and returns the token with which one statement can read it. The caller must remove it
     * afterwards.
     */
    static String offer(Batch batch) {
        byte[] bits = new byte[16];
        RANDOM.nextBytes(bits);
        String token = HexFormat.of().formatHex(bits);
        WAITING.put(token, batch);
        return token;
    }

    static void remove(String token) {
        WAITING.remove(token);
    }

    @Override
    public Optional<Batch> bind(DuckDBTableFunctionBindInfo info) throws Exception {
        String token = info.getParameter(0).getString();
        Batch batch = token == null ? null : WAITING.remove(token);
        if (batch == null) {
            info.addResultColumn("nothing", DuckDBColumnType.VARCHAR);
            return Optional.empty();
        }
        for (Column column : batch.order()) {
            info.addResultColumn(column.name(), column.type().handedOver);
        }
        return Optional.of(batch);
    }

    @Override
    public Optional<Batch> init(DuckDBTableFunctionInitInfo info) throws Exception {
        info.setMaxThreads(1);
        return info.getBindData();
    }

    @Override
    public long apply(DuckDBTableFunctionCallInfo info, DuckDBDataChunkWriter chunk) throws Exception {
        Optional<Batch> batch = info.getInitData();
        return batch.isEmpty() ? 0 : batch.get().fill(chunk);
    }
}
