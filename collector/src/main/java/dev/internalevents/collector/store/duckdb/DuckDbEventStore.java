package dev.internalevents.collector.store.duckdb;

import dev.internalevents.collector.store.EventQuery;
import dev.internalevents.collector.store.EventSource;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.Progress;
import dev.internalevents.collector.store.Retention;
import dev.internalevents.collector.store.StoreException;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.collector.store.StoredKey;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.ProcessedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/**
 * Events in DuckDB. A transaction holds rows, requests of failed events and the place in the spool, so that a killed
 * process neither loses nor doubles an event.
 */
public final class DuckDbEventStore implements EventStore {

    /**
     * Rows of a group that DuckDB compresses together; a transaction that ends with one is written once. A quarter of
     * DuckDB's own, so that a group fits into little memory and a transaction takes half a second.
     */
    public static final int ROW_GROUP = 30_720;

    private static final String CATALOG = "collected";
    private static final int FORMAT = 1;
    private static final int MAX_VALUES = 1_000;
    private static final int MAX_DISTINCT = 10_000;

    private final DuckDBConnection writing;
    private final ConcurrentLinkedDeque<Connection> reading = new ConcurrentLinkedDeque<>();
    private final Columns columns;
    private final @Nullable Path file;
    private volatile Summary summary;
    private volatile boolean closed;
    private long rows;

    /**
     * How much of the machine it takes.
     *
     * @param memoryBytes DuckDB's own, beside the JVM's heap
     * @param threads that work on one query
     */
    public record Settings(long memoryBytes, int threads) {

        /**
         * 256 MB, and a thread for every two processors, four at most. Measured on two processors: with two threads, one
         * of them writes and the other asks for work without a pause.
         */
        public static final Settings DEFAULTS = new Settings(
                256L << 20, Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2)));
    }

    private DuckDbEventStore(DuckDBConnection writing, @Nullable Path file) throws SQLException {
        this.writing = writing;
        this.file = file;
        BatchFunction.register(writing);
        try (Statement sql = writing.createStatement()) {
            sql.execute(
                    "CREATE TABLE IF NOT EXISTS progress(spool UUID, segment BIGINT, \"offset\" INTEGER, events INTEGER)");
            sql.execute("CREATE TABLE IF NOT EXISTS failed_request(number BIGINT, received TIMESTAMP, frame BLOB)");
            sql.execute("CREATE TABLE IF NOT EXISTS store(format INTEGER, evicted BIGINT, resets BIGINT, last BIGINT)");
            checkFormat(sql);
        }
        this.columns = Columns.open(writing);
        Views.create(writing, columns);
        this.summary = counted();
        writing.setAutoCommit(false);
    }

    /** A store in memory; it ends with the process. */
    public static DuckDbEventStore inMemory(Settings settings) {
        return open(null, settings);
    }

    /**
     * Opens a store in a file, which is made if it is not there.
     *
     * @throws StoreException when it cannot be opened, with what to do
     */
    public static DuckDbEventStore inFile(Path file, Settings settings) {
        return open(file, settings);
    }

    private static DuckDbEventStore open(@Nullable Path file, Settings settings) {
        Properties properties = new Properties();
        properties.setProperty("threads", String.valueOf(settings.threads()));
        properties.setProperty("memory_limit", settings.memoryBytes() / 1_000_000 + "MB");
        properties.setProperty("async_threads", "0");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        try {
            DuckDBConnection connection = (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:", properties);
            try {
                attach(connection, file);
                return new DuckDbEventStore(connection, file);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            String what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new StoreException(
                    what.contains("lock")
                            ? file + " is in use by another process; stop that one, or give another folder"
                            : "the store " + file + " cannot be opened: " + what
                                    + ". No event is lost: what is not in it waits in the spool. Move the file away"
                                    + " (or put a copy of it back), and start again",
                    e);
        }
    }

    private static void attach(DuckDBConnection connection, @Nullable Path file) throws SQLException {
        String place = file == null ? ":memory:" : file.toAbsolutePath().toString();
        String options = file == null ? "" : " (ROW_GROUP_SIZE " + ROW_GROUP + ")";
        try (Statement sql = connection.createStatement()) {
            sql.execute("ATTACH " + Column.literal(place) + " AS " + CATALOG + options);
            sql.execute("USE " + CATALOG);
            if (file != null) {
                OwnerOnly.restrict(file);
                Path temporary = file.resolveSibling("temporary").toAbsolutePath();
                sql.execute("SET temp_directory = " + Column.literal(temporary.toString()));
            }
            // From here on, nobody's SQL reads or writes files, or loads code.
            sql.execute("SET enable_external_access = false");
            sql.execute("SET lock_configuration = true");
        }
    }

    private static void checkFormat(Statement sql) throws SQLException {
        try (ResultSet found = sql.executeQuery("SELECT format FROM store")) {
            if (found.next()) {
                if (found.getInt(1) != FORMAT) {
                    throw new SQLException("its format is " + found.getInt(1) + ", this version knows " + FORMAT);
                }
                return;
            }
        }
        sql.execute("INSERT INTO store VALUES (" + FORMAT + ", 0, 0, 0)");
    }

    // Writing

    @Override
    public Progress progress(UUID spool) {
        return read(connection -> {
            try (PreparedStatement sql = connection.prepareStatement(
                    "SELECT segment, \"offset\", events FROM progress WHERE spool = ?::UUID")) {
                sql.setString(1, spool.toString());
                try (ResultSet found = sql.executeQuery()) {
                    return found.next()
                            ? new Progress(spool, found.getLong(1), found.getInt(2), found.getInt(3))
                            : Progress.start(spool);
                }
            }
        });
    }

    @Override
    public int write(EventSource source) {
        Batch batch = new Batch(source, columns);
        long id = BatchFunction.offer(batch);
        try (Statement sql = writing.createStatement()) {
            sql.execute(insert(batch, id));
            frames(batch);
            fields(batch);
            progress(sql, source.progress(), batch.lastNumber());
            writing.commit();
            count(batch);
            if (!batch.missing().isEmpty()) {
                columns.add(writing, batch.missing());
            }
            if (!batch.missing().isEmpty() || !batch.newFields().isEmpty()) {
                Views.create(writing, columns);
                writing.commit();
            }
            return (int) (batch.good() + batch.bad());
        } catch (SQLException e) {
            rollBack();
            RuntimeException inside = batch.failure();
            if (inside != null) {
                throw inside;
            }
            throw failed("written", e);
        } finally {
            BatchFunction.remove(id);
        }
    }

    /** How many rows fill the current row group. */
    public int rowsToFullGroup() {
        return (int) (ROW_GROUP - rows % ROW_GROUP);
    }

    private static String insert(Batch batch, long id) {
        String names = batch.order().stream().map(Column::quoted).collect(Collectors.joining(", "));
        String values = batch.order().stream()
                .map(column -> column.type().converted(column.quoted()))
                .collect(Collectors.joining(", "));
        return "INSERT INTO event (" + names + ") SELECT " + values + " FROM " + BatchFunction.NAME + "(" + id + ")";
    }

    private void frames(Batch batch) throws SQLException {
        if (batch.frames().isEmpty()) {
            return;
        }
        try (PreparedStatement sql = writing.prepareStatement("INSERT INTO failed_request VALUES (?, ?, ?)")) {
            for (Batch.Frame frame : batch.frames()) {
                sql.setLong(1, frame.number);
                sql.setObject(2, QuerySql.timestamp(frame.received));
                sql.setBytes(3, frame.bytes);
                sql.addBatch();
            }
            sql.executeBatch();
        }
    }

    private void fields(Batch batch) throws SQLException {
        try (PreparedStatement sql = writing.prepareStatement("INSERT INTO json_field VALUES (?, ?)")) {
            for (String[] field : batch.newFields()) {
                sql.setString(1, field[0]);
                sql.setString(2, field[1]);
                sql.execute();
            }
        }
    }

    private static void progress(Statement sql, Progress progress, long last) throws SQLException {
        sql.execute("DELETE FROM progress");
        sql.execute("INSERT INTO progress VALUES ('" + progress.spool() + "'::UUID, " + progress.segment() + ", "
                + progress.offset() + ", " + progress.events() + ")");
        if (last > 0) {
            sql.execute("UPDATE store SET last = " + last);
        }
    }

    private void count(Batch batch) {
        Summary before = summary;
        rows += batch.good() + batch.bad();
        summary = new Summary(
                before.good() + batch.good(),
                before.bad() + batch.bad(),
                Math.max(before.last(), batch.lastNumber()),
                before.evicted(),
                before.resets());
    }

    private Summary counted() throws SQLException {
        try (Statement sql = writing.createStatement();
                ResultSet found = sql.executeQuery(
                        "SELECT count(*) FILTER (WHERE valid), count(*) FILTER (WHERE NOT valid), (SELECT last FROM store),"
                                + " (SELECT evicted FROM store), (SELECT resets FROM store) FROM event")) {
            found.next();
            rows = found.getLong(1) + found.getLong(2);
            return new Summary(
                    found.getLong(1), found.getLong(2), found.getLong(3), found.getLong(4), found.getLong(5));
        }
    }

    private void rollBack() {
        try {
            writing.rollback();
        } catch (SQLException e) {
            // There was none, or the failure ended it; what counts is the failure itself.
        }
    }

    @Override
    public Summary reset(@Nullable String session) {
        if (session == null) {
            change(
                    "DELETE FROM event",
                    "DELETE FROM failed_request",
                    "UPDATE store SET resets = resets + 1, evicted = 0");
            return summary;
        }
        try {
            QuerySql of = new QuerySql(session, columns);
            try (PreparedStatement sql = of.prepare(writing, "DELETE FROM event" + of.where())) {
                sql.execute();
            }
            writing.commit();
        } catch (SQLException e) {
            rollBack();
            throw failed("changed", e);
        }
        change("UPDATE store SET resets = resets + 1");
        return summary(session);
    }

    private void change(String... statements) {
        try (Statement sql = writing.createStatement()) {
            for (String statement : statements) {
                sql.execute(statement);
            }
            writing.commit();
            summary = counted();
            writing.commit();
        } catch (SQLException e) {
            rollBack();
            throw failed("changed", e);
        }
    }

    @Override
    public void replace(StoredEvent event) {
        try (Statement sql = writing.createStatement()) {
            One one = new One(event, frame(event.number()).orElse(null));
            Batch rehearsal = new Batch(one, columns);
            if (!rehearsal.accepts()) {
                columns.add(writing, rehearsal.missing());
            }
            Batch batch = new Batch(one, columns);
            long id = BatchFunction.offer(batch);
            try {
                sql.execute("DELETE FROM event WHERE number = " + event.number());
                sql.execute(insert(batch, id));
                frames(batch);
                fields(batch);
                writing.commit();
            } finally {
                BatchFunction.remove(id);
            }
            Views.create(writing, columns);
            writing.commit();
            summary = counted();
            writing.commit();
        } catch (SQLException e) {
            rollBack();
            throw failed("written", e);
        }
    }

    /** A source of one event. */
    private static final class One implements EventSource {
        private final StoredEvent event;
        private final byte @Nullable [] frame;
        private boolean given;

        private One(StoredEvent event, byte @Nullable [] frame) {
            this.event = event;
            this.frame = frame;
        }

        @Override
        public @Nullable Entry peek() {
            return given ? null : new Entry(event, event.isGood() ? null : frame, null);
        }

        @Override
        public void advance() {
            given = true;
        }

        @Override
        public Progress progress() {
            throw new UnsupportedOperationException("it comes from no spool");
        }
    }

    @Override
    public void retain(Retention retention, Instant now) {
        try (PreparedStatement raw = writing.prepareStatement("DELETE FROM failed_request WHERE received < ?")) {
            raw.setObject(1, QuerySql.timestamp(now.minus(retention.rawMaxAge())));
            raw.execute();
            writing.commit();
        } catch (SQLException e) {
            throw failed("cleaned", e);
        }
        if (retention.maxAge() != null) {
            evict("collector_tstamp < ?", QuerySql.timestamp(now.minus(retention.maxAge())));
        }
        if (retention.maxBytes() > 0) {
            checkpoint();
        }
        if (retention.maxBytes() > 0 && usedBytes() > retention.maxBytes()) {
            long all = summary.total();
            double over = 1 - retention.maxBytes() / (double) usedBytes();
            // A little more than is needed, so that not every round has something to do.
            long surplus = Math.min(all, (long) Math.ceil(all * Math.min(1, over + 0.05)));
            evict(
                    "number <= (SELECT coalesce(max(number), 0) FROM (SELECT number FROM event ORDER BY number LIMIT ?))",
                    surplus);
        }
    }

    /** Until then, new rows stand beside the file. */
    private void checkpoint() {
        try (Statement sql = writing.createStatement()) {
            sql.execute("CHECKPOINT");
            writing.commit();
        } catch (SQLException e) {
            rollBack();
            throw failed("written", e);
        }
    }

    private void evict(String condition, Object parameter) {
        long before = summary.total();
        try (PreparedStatement sql = writing.prepareStatement("DELETE FROM event WHERE " + condition)) {
            sql.setObject(1, parameter);
            sql.execute();
            writing.commit();
            Summary now = counted();
            writing.commit();
            long evicted = before - now.total();
            if (evicted > 0) {
                change("UPDATE store SET evicted = evicted + " + evicted);
                checkpoint();
            }
        } catch (SQLException e) {
            throw failed("cleaned", e);
        }
    }

    private long usedBytes() {
        return read(connection -> {
            try (Statement sql = connection.createStatement();
                    ResultSet size = sql.executeQuery("SELECT block_size * used_blocks FROM pragma_database_size()")) {
                return size.next() ? size.getLong(1) : 0;
            }
        });
    }

    // Reading

    @Override
    public Object prepare(ProcessedEvent event) {
        return new RowContent(event);
    }

    @Override
    public List<EventKey> known(Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        // They are UUIDs, which hold nothing but digits.
        String list = ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(","));
        return read(connection -> {
            List<EventKey> keys = new ArrayList<>();
            String key = "::VARCHAR, replace(event_fingerprint::VARCHAR, '-', '') FROM event WHERE ";
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery("SELECT event_id" + key + "event_id IN (" + list
                            + ") AND sent_event_id IS NULL AND event_fingerprint IS NOT NULL"
                            + " UNION ALL SELECT sent_event_id" + key + "sent_event_id IN (" + list + ")")) {
                while (found.next()) {
                    String hash = found.getString(2);
                    keys.add(new EventKey(
                            UUID.fromString(found.getString(1)),
                            Long.parseUnsignedLong(hash.substring(0, 16), 16),
                            Long.parseUnsignedLong(hash.substring(16), 16)));
                }
            }
            return keys;
        });
    }

    /** The folder of the store's file; null for a store in memory. */
    public @Nullable Path folder() {
        return file == null ? null : file.toAbsolutePath().getParent();
    }

    /**
     * What tells two events apart, of the stored events with these numbers. Numbers that the store does not have are left
     * out. DuckDB skips the row groups that have none of them.
     */
    public List<StoredKey> keysOf(Collection<Long> numbers) {
        if (numbers.isEmpty()) {
            return List.of();
        }
        String list = numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
        List<StoredKey> keys = new ArrayList<>(numbers.size());
        keys("number IN (SELECT unnest([" + list + "]::BIGINT[]))", keys::add);
        return keys;
    }

    /** Calls back with the keys of the events in a range of numbers, in ascending order. */
    public void keysBetween(long first, long last, Consumer<StoredKey> each) {
        keys("number BETWEEN " + first + " AND " + last + " ORDER BY number", each);
    }

    private void keys(String condition, Consumer<StoredKey> each) {
        read(connection -> {
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery("SELECT number, coalesce(sent_event_id, event_id),"
                            + " event_fingerprint, epoch_ms(collector_tstamp) FROM event"
                            + " WHERE event_fingerprint IS NOT NULL AND " + condition)) {
                while (found.next()) {
                    UUID fingerprint = (UUID) found.getObject(3);
                    each.accept(new StoredKey(
                            found.getLong(1),
                            new EventKey(
                                    (UUID) found.getObject(2),
                                    fingerprint.getMostSignificantBits(),
                                    fingerprint.getLeastSignificantBits()),
                            Instant.ofEpochMilli(found.getLong(4))));
                }
            }
            return true;
        });
    }

    /** The smallest number of an event that was received at a time or later; empty if there is none. */
    public Optional<Long> firstSince(Instant time) {
        return read(connection -> {
            try (PreparedStatement sql =
                    connection.prepareStatement("SELECT min(number) FROM event WHERE collector_tstamp >= ?")) {
                sql.setObject(1, QuerySql.timestamp(time));
                try (ResultSet found = sql.executeQuery()) {
                    found.next();
                    long number = found.getLong(1);
                    return found.wasNull() ? Optional.empty() : Optional.of(number);
                }
            }
        });
    }

    @Override
    public Summary summary(@Nullable String session) {
        if (session == null) {
            return summary;
        }
        EventQuery of = EventQuery.ALL.of(session);
        Summary all = summary;
        return new Summary(count(of.good(true)), count(of.good(false)), all.last(), all.evicted(), all.resets());
    }

    @Override
    public List<StoredEvent> find(EventQuery query, long offset, int limit) {
        return read(connection -> {
            QuerySql where = new QuerySql(query, columns);
            List<Long> numbers = new ArrayList<>();
            try (PreparedStatement sql = where.prepare(
                            connection,
                            "SELECT number FROM event" + where.where() + QuerySql.order(query, columns)
                                    + " LIMIT ? OFFSET ?",
                            limit,
                            offset);
                    ResultSet found = sql.executeQuery()) {
                while (found.next()) {
                    numbers.add(found.getLong(1));
                }
            }
            return events(connection, numbers);
        });
    }

    /** Whole rows are read of those events alone that are shown. */
    private List<StoredEvent> events(Connection connection, List<Long> numbers) throws SQLException {
        if (numbers.isEmpty()) {
            return List.of();
        }
        Map<Long, StoredEvent> found = new HashMap<>();
        String list = numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
        try (Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery("SELECT * FROM event WHERE number IN (" + list + ")")) {
            RowReader reader = new RowReader(rows, columns);
            while (rows.next()) {
                StoredEvent event = reader.read(null);
                found.put(event.number(), event);
            }
        }
        return numbers.stream().map(found::get).filter(event -> event != null).toList();
    }

    @Override
    public long count(EventQuery query) {
        return read(connection -> {
            QuerySql where = new QuerySql(query, columns);
            try (PreparedStatement sql = where.prepare(connection, "SELECT count(*) FROM event" + where.where());
                    ResultSet found = sql.executeQuery()) {
                return found.next() ? found.getLong(1) : 0;
            }
        });
    }

    @Override
    public Optional<StoredEvent> withNumber(long number) {
        return read(connection -> {
            try (Statement sql = connection.createStatement();
                    ResultSet row = sql.executeQuery("SELECT event.*, failed_request.frame AS frame FROM event"
                            + " LEFT JOIN failed_request ON failed_request.number = event.request_number"
                            + " WHERE event.number = " + number)) {
                return row.next()
                        ? Optional.of(new RowReader(row, columns).read(row.getBytes("frame")))
                        : Optional.empty();
            }
        });
    }

    @Override
    public List<StoredEvent> withId(UUID id, @Nullable String session) {
        return find(
                EventQuery.ALL.of(session).where(new EventQuery.Filter("event_id", List.of(id.toString()), false)),
                0,
                MAX_VALUES);
    }

    @Override
    public List<String> columns(@Nullable String session) {
        List<String> names = Stream.concat(
                        columns.atomic().stream().map(Column::name),
                        columns.json().stream()
                                .flatMap(column -> columns.fields(column.name()).stream()
                                        .map(field -> column.name() + "." + field)))
                .toList();
        if (summary.total() == 0) {
            return List.of();
        }
        // A column may be left over from events that are not there any more, or be that of other sessions.
        List<String> expressions = names.stream()
                .map(name -> QuerySql.expression(name, columns))
                .map(expression -> "count(" + expression + ")")
                .toList();
        if (session == null) {
            return names;
        }
        return read(connection -> {
            QuerySql where = new QuerySql(session, columns);
            List<String> present = new ArrayList<>();
            try (PreparedStatement sql = where.prepare(
                            connection, "SELECT " + String.join(", ", expressions) + " FROM event" + where.where());
                    ResultSet counts = sql.executeQuery()) {
                counts.next();
                for (int i = 0; i < names.size(); i++) {
                    if (counts.getLong(i + 1) > 0) {
                        present.add(names.get(i));
                    }
                }
            }
            return present;
        });
    }

    @Override
    public Map<String, ColumnStats> columnStats(List<String> names, @Nullable String session) {
        Map<String, ColumnStats> stats = new LinkedHashMap<>();
        for (String name : names) {
            String expression = QuerySql.expression(name, columns);
            stats.put(
                    name,
                    expression == null
                            ? new ColumnStats(false, false, List.of())
                            : new ColumnStats(true, true, values(name, expression, session)));
        }
        return stats;
    }

    private List<String> values(String name, String expression, @Nullable String session) {
        Column column = columns.get(name);
        if (column != null && column.type() == Column.Type.TIME) {
            return List.of();
        }
        return read(connection -> {
            QuerySql where = new QuerySql(session, columns);
            try (PreparedStatement sql = where.prepare(
                            connection, "SELECT approx_count_distinct(" + expression + ") FROM event" + where.where());
                    ResultSet distinct = sql.executeQuery()) {
                if (distinct.next() && distinct.getLong(1) > MAX_DISTINCT) {
                    return List.of();
                }
            }
            List<String> values = new ArrayList<>();
            String text = column != null && column.type() == Column.Type.DOUBLE
                    ? "rtrim(rtrim((" + expression + ")::DECIMAL(38,9)::VARCHAR, '0'), '.')"
                    : "(" + expression + ")::VARCHAR";
            try (PreparedStatement sql = where.prepare(
                            connection,
                            "SELECT " + text + " AS value, count(*) FROM event" + where.where()
                                    + " GROUP BY value HAVING value IS NOT NULL ORDER BY 2 DESC, 1 LIMIT "
                                    + MAX_VALUES);
                    ResultSet found = sql.executeQuery()) {
                while (found.next()) {
                    values.add(found.getString(1));
                }
            }
            return values;
        });
    }

    @Override
    public List<Point> timeline(List<Bucket> buckets, @Nullable String session) {
        if (buckets.isEmpty()) {
            return List.of();
        }
        StringBuilder counts = new StringBuilder();
        for (Bucket bucket : buckets) {
            String within = " AND collector_tstamp >= " + time(bucket.start()) + " AND collector_tstamp < "
                    + time(bucket.end()) + ")";
            counts.append(counts.isEmpty() ? "" : ", ")
                    .append("count(*) FILTER (WHERE valid")
                    .append(within)
                    .append(", count(*) FILTER (WHERE NOT valid")
                    .append(within);
        }
        Instant first =
                buckets.stream().map(Bucket::start).min(Instant::compareTo).orElseThrow();
        Instant end = buckets.stream().map(Bucket::end).max(Instant::compareTo).orElseThrow();
        return read(connection -> {
            QuerySql where = new QuerySql(EventQuery.ALL.of(session).between(first, end), columns);
            List<Point> points = new ArrayList<>();
            try (PreparedStatement sql = where.prepare(connection, "SELECT " + counts + " FROM event" + where.where());
                    ResultSet found = sql.executeQuery()) {
                found.next();
                for (int i = 0; i < buckets.size(); i++) {
                    points.add(new Point(buckets.get(i), found.getLong(2 * i + 1), found.getLong(2 * i + 2)));
                }
            }
            return points;
        });
    }

    private static String time(Instant time) {
        return "make_timestamp(" + time.toEpochMilli() + "000)";
    }

    @Override
    public Optional<byte[]> frame(long number) {
        return read(connection -> {
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery("SELECT frame FROM failed_request JOIN event"
                            + " ON failed_request.number = event.request_number WHERE event.number = " + number)) {
                return found.next() ? Optional.of(found.getBytes(1)) : Optional.empty();
            }
        });
    }

    /** Bytes of the file; 0 for a store in memory. */
    public long sizeOnDisk() {
        try {
            return file == null ? 0 : Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Reads with a connection of one's own; for SQL that people type. */
    public <T> T read(Reading<T> reading) {
        Connection connection = null;
        try {
            connection = borrow();
            T read = reading.read(connection);
            giveBack(connection);
            return read;
        } catch (SQLException e) {
            discard(connection);
            throw failed("read", e);
        } catch (RuntimeException e) {
            discard(connection);
            throw e;
        }
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Reading<T> {
        T read(Connection connection) throws SQLException;
    }

    private Connection borrow() throws SQLException {
        Connection connection = reading.poll();
        if (connection == null) {
            connection = writing.duplicate();
            // Each question sees what is there when it is asked.
            connection.setAutoCommit(true);
            connection.setCatalog(CATALOG);
        }
        return connection;
    }

    private void giveBack(Connection connection) {
        reading.push(connection);
        if (closed) {
            closeReaders();
        }
    }

    private static void discard(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // It is not used again.
        }
    }

    private void closeReaders() {
        for (Connection connection = reading.poll(); connection != null; connection = reading.poll()) {
            discard(connection);
        }
    }

    private StoreException failed(String what, SQLException e) {
        return new StoreException(
                "the store " + (file == null ? "in memory" : file) + " cannot be " + what + ": "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                e);
    }

    @Override
    public void close() {
        closed = true;
        closeReaders();
        discard(writing);
    }
}
