package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.store.Ages;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Forgotten;
import dev.internalevents.store.ForgottenKey;
import dev.internalevents.store.PersonRemoval;
import dev.internalevents.store.Progress;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.Removed;
import dev.internalevents.store.Retention;
import dev.internalevents.store.SchemaFields;
import dev.internalevents.store.SqlQueries;
import dev.internalevents.store.StoreException;
import dev.internalevents.store.StoreFile;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.store.StoredIds;
import dev.internalevents.store.StoredKey;
import dev.internalevents.store.WaitingRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores events in DuckDB. Rows, requests of failed events and the position in the spool are written in one transaction, so that a killed
 * process neither loses nor duplicates an event.
 */
public final class DuckDbEventStore implements EventStore, StoreFile, StoredIds {

    /**
     * Number of rows that DuckDB compresses together. A transaction that ends with a full row group is written only once. A quarter of
     * DuckDB's default, so that a group needs little memory and a transaction takes half a second.
     */
    public static final int ROW_GROUP = 30_720;

    private static final Logger LOG = LoggerFactory.getLogger(DuckDbEventStore.class);
    private static final int FORMAT = 1;

    /** Size of the events read at a time: DuckDB holds a whole result in its own memory and in the JVM's. */
    private static final long READ_BYTES = 4 << 20;

    /** Size of the requests of failed events written at a time. */
    private static final long FRAME_BYTES = 8 << 20;

    /** Assumed size of a row written by an earlier version, which has no weight. */
    private static final long UNKNOWN_WEIGHT = 4_000;

    private static final long MAX_FIND_BYTES = 64 << 20;
    private static final int MAX_COUNTED_COLUMNS = 1_000;
    private static final int COLUMNS_AT_A_TIME = 100;
    private static final int MAX_VALUES = 1_000;
    private static final int MAX_UNREADABLE = 10_000;
    private static final int MAX_LOGGED = 100;
    private static final int MAX_DISTINCT = 10_000;

    private final Database database;
    private final DuckDBConnection writing;
    private final Columns columns;
    private final @Nullable Path file;
    private final @Nullable Object fileKey;
    private final VectorWindow window = new VectorWindow();
    private volatile Summary summary;
    private long rows;

    /** Numbers of events whose rows could not be read, up to {@link #MAX_UNREADABLE}. */
    private final Set<Long> unreadable = ConcurrentHashMap.newKeySet();

    /** Whether there are keys of forgotten events. */
    private volatile boolean hasForgotten;

    /** Whether some keys of forgotten events have no number in the index of event ids. */
    private volatile boolean hasUnindexedForgotten;

    /**
     * Limits on memory and threads.
     *
     * @param memoryBytes DuckDB's own memory in bytes, in addition to the JVM's heap
     * @param threads number of threads that work on one query
     */
    public record Settings(long memoryBytes, int threads) {

        /**
         * 256 MB, and one thread for every two processors, between one and four. Measured on two processors: with two threads, one of them
         * writes and the other polls for work without a pause.
         */
        public static final Settings DEFAULTS = new Settings(
                256L << 20, Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2)));
    }

    private DuckDbEventStore(Database database, @Nullable Path file, SchemaFields schemas) throws SQLException {
        this.database = database;
        this.writing = database.writing();
        this.file = file;
        this.fileKey = keyOf(file);
        BatchFunction.register(writing);
        try (Statement sql = writing.createStatement()) {
            sql.execute(
                    "CREATE TABLE IF NOT EXISTS progress(spool UUID, segment BIGINT, \"offset\" INTEGER, events INTEGER)");
            sql.execute("CREATE TABLE IF NOT EXISTS failed_request(number BIGINT, received TIMESTAMP, frame BLOB)");
            // In parts: a vector of whole requests would not fit into memory. Earlier versions stored them whole.
            sql.execute("ALTER TABLE failed_request ADD COLUMN IF NOT EXISTS part INTEGER");
            LargeValues.create(sql);
            sql.execute(
                    "CREATE TABLE IF NOT EXISTS waiting_request(origin VARCHAR, since TIMESTAMP, events VARCHAR, part INTEGER, frame BLOB)");
            // Rows that are not valid requests must not prevent the start.
            sql.execute("DELETE FROM waiting_request WHERE origin IS NULL OR events IS NULL");
            Forgetting.create(sql);
            sql.execute("CREATE TABLE IF NOT EXISTS store(format INTEGER, evicted BIGINT, resets BIGINT, last BIGINT)");
            checkFormat(sql);
        }
        this.columns = Columns.open(writing, schemas);
        this.summary = counted();
        window.set(rows, bytesOfLastVector());
        lookForForgotten();
        restrictLog();
        writing.setAutoCommit(false);
        Views.createAll(writing, columns);
    }

    /** Opens a store in memory, which ends with the process. */
    public static DuckDbEventStore inMemory(Settings settings) {
        return open(null, settings, SchemaFields.NONE);
    }

    /** Opens a store in a file, without schemas: columns are named only by the fields seen in events. */
    public static DuckDbEventStore inFile(Path file, Settings settings) {
        return open(file, settings, SchemaFields.NONE);
    }

    /**
     * Opens a store in a file, which is created if it does not exist.
     *
     * @param schemas their fields come first and keep their names in SQL
     * @throws StoreException if the store cannot be opened; the message says what to do
     */
    public static DuckDbEventStore inFile(Path file, Settings settings, SchemaFields schemas) {
        return open(file, settings, schemas);
    }

    private static DuckDbEventStore open(@Nullable Path file, Settings settings, SchemaFields schemas) {
        // Repair a damaged write-ahead log up to twice: cut it at the damage, or remove it if the position is unknown.
        for (int attempt = 0; ; attempt++) {
            try {
                return connect(file, settings, schemas);
            } catch (SQLException | IOException e) {
                if (file == null) {
                    throw new StoreException("the store in memory cannot be opened: " + e.getMessage(), e);
                }
                OpeningFailure failure = new OpeningFailure(file, e);
                boolean again = attempt < 2 && failure.isOfWriteAheadLog() && WriteAheadLog.setAside(file, failure);
                if (!again) {
                    throw new StoreException(failure.describe(), e);
                }
            }
        }
    }

    private static DuckDbEventStore connect(@Nullable Path file, Settings settings, SchemaFields schemas)
            throws SQLException, IOException {
        Database database = Database.open(file, settings, ROW_GROUP);
        try {
            return new DuckDbEventStore(database, file, schemas);
        } catch (SQLException | RuntimeException | Error e) {
            database.close();
            throw e;
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
        return database.read(connection -> {
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
        checkFile();
        Batch batch = new Batch(source, columns, window);
        String token = BatchFunction.offer(batch);
        try (Statement sql = writing.createStatement()) {
            sql.execute(insert(batch, token));
            if (!batch.missing().isEmpty() && source.rewind()) {
                database.rollBack();
                extend(batch);
                return write(source);
            }
            LargeValues.write(writing, batch.large());
            frames(batch);
            waiting(source);
            progress(sql, source.progress());
            last(sql, batch.lastNumber());
            writing.commit();
        } catch (SQLException | RuntimeException | Error e) {
            database.rollBack();
            throw cause(batch, e);
        } finally {
            BatchFunction.remove(token);
        }
        restrictLog();
        count(batch);
        extend(batch);
        return (int) (batch.good() + batch.bad() + batch.repeats());
    }

    /** Returns the original failure: DuckDB passes an exception thrown in the batch on only as text. */
    private RuntimeException cause(Batch batch, Throwable e) {
        Throwable inside = batch.failure() == null ? e : batch.failure();
        if (inside instanceof Error error) {
            throw error;
        }
        return inside instanceof RuntimeException unchecked
                ? unchecked
                : database.failed("written", (Exception) inside);
    }

    /**
     * Creates columns and views for new names in the batch. A failure to add columns is only logged, unless an event needs one or the
     * database is in trouble.
     */
    private void extend(Batch batch) {
        if (batch.missing().isEmpty()
                && batch.wanted().isEmpty()
                && batch.newFields().isEmpty()) {
            return;
        }
        Set<String> names = new LinkedHashSet<>(batch.missing());
        names.addAll(batch.wanted());
        try {
            columns.add(writing, names, batch.newFields());
            writing.commit();
        } catch (SQLException e) {
            database.rollBack();
            if (!batch.missing().isEmpty() || Database.isTrouble(e)) {
                throw database.failed("written", e);
            }
            LOG.warn(
                    "columns could not be added: {}",
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        Set<String> changed = new LinkedHashSet<>(batch.wanted());
        batch.newFields().forEach(field -> changed.add(field.column()));
        if (batch.missing().contains(Columns.REPEAT.name())) {
            // Recreate the views, so that they exclude repeats.
            changed.addAll(columns.jsonNames());
        }
        try {
            Views.create(writing, columns, changed);
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("written", e);
        }
    }

    @Override
    public void check() {
        try (Statement sql = writing.createStatement()) {
            sql.execute("UPDATE store SET last = last");
            writing.commit();
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("written", e);
        }
    }

    /** Restricts access to the write-ahead log: DuckDB creates it again after each checkpoint, with default permissions. */
    private void restrictLog() {
        if (file == null) {
            return;
        }
        Path log = OpeningFailure.writeAheadLog(file);
        if (Files.exists(log)) {
            OwnerOnly.restrict(log);
        } else {
            // Either a checkpoint has removed the log, and this one does nothing, or the log was deleted while in use,
            // and its contents would be lost with the process.
            checkpoint();
        }
    }

    /** Checks that the file was not deleted or replaced: what is written to a deleted file is lost with the process. */
    private void checkFile() {
        if (file != null && !Objects.equals(fileKey, keyOf(file))) {
            throw new StoreException(
                    "the store " + file + " was deleted or replaced while it was in use; opening the file that is there"
                            + " now, or creating a new one",
                    new IllegalStateException());
        }
    }

    private static @Nullable Object keyOf(@Nullable Path file) {
        try {
            return file == null
                    ? null
                    : Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return "no file";
        }
    }

    @Override
    public int preferredRows() {
        return (int) (ROW_GROUP - rows % ROW_GROUP);
    }

    private static String insert(Batch batch, String token) {
        String names = batch.order().stream().map(Column::quoted).collect(Collectors.joining(", "));
        String values = batch.order().stream()
                .map(column -> column.type().converted(column.quoted()))
                .collect(Collectors.joining(", "));
        return "INSERT INTO event (" + names + ") SELECT " + values + " FROM " + BatchFunction.NAME + "('" + token
                + "')";
    }

    private void frames(Batch batch) throws SQLException {
        if (batch.frames().isEmpty()) {
            return;
        }
        try (PreparedStatement sql = writing.prepareStatement("INSERT INTO failed_request VALUES (?, ?, ?, ?)")) {
            long bytes = 0;
            for (Batch.Frame frame : batch.frames()) {
                int part = 0;
                for (byte[] some : LargeValues.parts(frame.bytes)) {
                    sql.setLong(1, frame.number);
                    sql.setObject(2, QuerySql.timestamp(frame.received));
                    sql.setBytes(3, some);
                    sql.setInt(4, part++);
                    sql.addBatch();
                    bytes += some.length;
                    if (bytes > FRAME_BYTES) {
                        sql.executeBatch();
                        bytes = 0;
                    }
                }
            }
            if (bytes > 0) {
                sql.executeBatch();
            }
        }
    }

    private static void progress(Statement sql, @Nullable Progress progress) throws SQLException {
        if (progress != null) {
            sql.execute("DELETE FROM progress");
            sql.execute("INSERT INTO progress VALUES ('" + progress.spool() + "'::UUID, " + progress.segment() + ", "
                    + progress.offset() + ", " + progress.events() + ")");
        }
    }

    private static void last(Statement sql, long number) throws SQLException {
        if (number > 0) {
            sql.execute("UPDATE store SET last = " + number);
        }
    }

    private void waiting(EventSource source) throws SQLException {
        if (!source.settled().isEmpty()) {
            try (PreparedStatement sql = writing.prepareStatement("DELETE FROM waiting_request WHERE origin = ?")) {
                for (String origin : source.settled()) {
                    sql.setString(1, origin);
                    sql.execute();
                }
            }
        }
        insertWaiting(source.aside());
    }

    /** Writes waiting requests in the open transaction. */
    void insertWaiting(List<WaitingRequest> requests) throws SQLException {
        if (!requests.isEmpty()) {
            try (PreparedStatement sql =
                    writing.prepareStatement("INSERT INTO waiting_request VALUES (?, ?, ?, ?, ?)")) {
                for (WaitingRequest request : requests) {
                    String events =
                            request.events().stream().map(String::valueOf).collect(Collectors.joining(","));
                    int part = 0;
                    for (byte[] some : LargeValues.parts(request.frame())) {
                        // Set all parameters for every row: addBatch clears them.
                        sql.setString(1, request.origin());
                        sql.setObject(2, QuerySql.timestamp(request.since()));
                        sql.setString(3, events);
                        sql.setInt(4, part++);
                        sql.setBytes(5, some);
                        sql.addBatch();
                    }
                    sql.executeBatch();
                }
            }
        }
    }

    private void count(Batch batch) {
        Summary before = summary;
        rows += batch.good() + batch.bad() + batch.repeats();
        summary = new Summary(
                before.good() + batch.good(),
                before.bad() + batch.bad(),
                Math.max(before.last(), batch.lastNumber()),
                before.evicted(),
                before.resets());
    }

    private long bytesOfLastVector() throws SQLException {
        try (Statement sql = writing.createStatement();
                ResultSet found = sql.executeQuery("SELECT coalesce(sum(weight), 0) FROM (SELECT weight FROM event"
                        + " WHERE number > (SELECT last FROM store) - " + VectorWindow.ROWS + ")")) {
            return found.next() ? found.getLong(1) : 0;
        }
    }

    private Summary counted() throws SQLException {
        String once = columns.once().map(condition -> " AND " + condition).orElse("");
        try (Statement sql = writing.createStatement();
                ResultSet found = sql.executeQuery(
                        "SELECT count(*) FILTER (WHERE valid" + once + "), count(*) FILTER (WHERE NOT valid" + once
                                + "), (SELECT last FROM store), (SELECT evicted FROM store), (SELECT resets FROM store),"
                                + " count(*) FROM event")) {
            found.next();
            rows = found.getLong(6);
            window.set(rows, 0);
            return new Summary(
                    found.getLong(1), found.getLong(2), found.getLong(3), found.getLong(4), found.getLong(5));
        }
    }

    @Override
    public Summary reset(@Nullable String session) {
        if (session == null) {
            change(
                    "DELETE FROM event",
                    "DELETE FROM failed_request",
                    "DELETE FROM waiting_request",
                    "DELETE FROM large_value",
                    "DELETE FROM forgotten",
                    "UPDATE store SET resets = resets + 1, evicted = 0");
            forgetNames();
            return summary;
        }
        try {
            QuerySql of = new QuerySql(session, columns);
            try (PreparedStatement sql = of.prepare(writing, "DELETE FROM event" + of.where())) {
                sql.execute();
            }
            writing.commit();
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("changed", e);
        }
        change(
                "DELETE FROM large_value WHERE number NOT IN (SELECT number FROM event)",
                "UPDATE store SET resets = resets + 1");
        return summary(session);
    }

    /** Removes columns and views named after untrusted input, which no row uses after a reset. */
    private void forgetNames() {
        try {
            Views.dropSchemas(writing);
            columns.forget(writing);
            writing.commit();
            Views.createAll(writing, columns);
        } catch (SQLException e) {
            database.rollBack();
            LOG.warn("the store was reset, but its columns could not be removed: {}", e.getMessage());
        }
    }

    private void change(String... statements) {
        try (Statement sql = writing.createStatement()) {
            for (String statement : statements) {
                sql.execute(statement);
            }
            writing.commit();
            summary = counted();
            lookForForgotten();
            writing.commit();
            restrictLog();
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("changed", e);
        }
    }

    @Override
    public void replace(StoredEvent event) {
        One one = new One(event, frame(event.number()).orElse(null));
        Batch rehearsal = new Batch(one, columns, window);
        if (!rehearsal.accepts()) {
            extend(rehearsal);
        }
        Batch batch = new Batch(one, columns, window);
        String token = BatchFunction.offer(batch);
        try (Statement sql = writing.createStatement()) {
            sql.execute("DELETE FROM event WHERE number = " + event.number());
            sql.execute("DELETE FROM large_value WHERE number = " + event.number());
            if (!event.isGood()) {
                // The request is written again. For a good event it stays, for the other events of the request.
                sql.execute("DELETE FROM failed_request WHERE number = " + event.number());
            }
            sql.execute(insert(batch, token));
            LargeValues.write(writing, batch.large());
            frames(batch);
            writing.commit();
            summary = counted();
            writing.commit();
        } catch (SQLException | RuntimeException | Error e) {
            database.rollBack();
            throw cause(batch, e);
        } finally {
            BatchFunction.remove(token);
        }
        extend(batch);
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
        public @Nullable Progress progress() {
            return null;
        }
    }

    @Override
    public Removed retain(Retention retention, Ages ages) {
        Instant now = ages.now();
        long requests = now == null ? 0 : removeRequests(now, now.minus(retention.rawMaxAge()), ages);
        Duration maxAge = retention.maxAge();
        long old = now == null || maxAge == null
                ? 0
                : evict(
                        "collector_tstamp < ? OR (collector_tstamp > ? AND number <= ?)",
                        QuerySql.timestamp(now.minus(maxAge)),
                        QuerySql.timestamp(now.plus(Ages.TOLERANCE)),
                        ages.foundBefore(now.minus(maxAge)));
        return new Removed(old, evictSurplus(retention), requests);
    }

    private long removeRequests(Instant now, Instant oldest, Ages ages) {
        try (PreparedStatement raw = writing.prepareStatement(
                "DELETE FROM failed_request WHERE received < ? OR (received > ? AND number <= ?)")) {
            raw.setObject(1, QuerySql.timestamp(oldest));
            raw.setObject(2, QuerySql.timestamp(now.plus(Ages.TOLERANCE)));
            raw.setLong(3, ages.foundBefore(oldest));
            long removed = raw.executeLargeUpdate();
            writing.commit();
            return removed;
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("cleaned", e);
        }
    }

    private long evictSurplus(Retention retention) {
        if (retention.maxBytes() <= 0) {
            return 0;
        }
        checkpoint();
        if (usedBytes() <= retention.maxBytes()) {
            return 0;
        }
        long all = summary.total();
        double over = 1 - retention.maxBytes() / (double) usedBytes();
        // 5 percentage points more than needed, so that not every run has to evict.
        long surplus = Math.min(all, (long) Math.ceil(all * Math.min(1, over + 0.05)));
        return evict(
                "number <= (SELECT coalesce(max(number), 0) FROM (SELECT number FROM event ORDER BY number LIMIT ?))",
                surplus);
    }

    // Forgetting persons

    @Override
    public PersonRemoval removal(PersonMatch persons, RawRequests requests) {
        return new Forgetting(this, columns, persons, requests);
    }

    Forgotten remove(Forgetting forgetting) {
        try {
            Forgotten removed = forgetting.remove(writing);
            writing.commit();
            summary = counted();
            lookForForgotten();
            writing.commit();
            restrictLog();
            return removed;
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("changed", e);
        } catch (RuntimeException | Error e) {
            database.rollBack();
            throw e;
        }
    }

    private void lookForForgotten() throws SQLException {
        try (Statement sql = writing.createStatement();
                ResultSet found =
                        sql.executeQuery("SELECT count(*), count(*) FILTER (WHERE number = 0) FROM forgotten")) {
            found.next();
            hasForgotten = found.getLong(1) > 0;
            hasUnindexedForgotten = found.getLong(2) > 0;
        }
    }

    @Override
    public List<ForgottenKey> forgotten(Collection<UUID> ids) {
        return !hasForgotten || ids.isEmpty()
                ? List.of()
                : forgottenKeys("id_hash IN (SELECT unnest(["
                        + ids.stream()
                                .map(id -> "'" + ForgottenKey.ofId(id) + "'")
                                .collect(Collectors.joining(","))
                        + "]::UUID[]))");
    }

    @Override
    public List<ForgottenKey> forgottenWithNumbers(Collection<Long> numbers) {
        return !hasForgotten || numbers.isEmpty()
                ? List.of()
                : forgottenKeys("number IN (SELECT unnest(["
                        + numbers.stream().map(String::valueOf).collect(Collectors.joining(","))
                        + "]::BIGINT[]))");
    }

    private List<ForgottenKey> forgottenKeys(String condition) {
        return database.read(connection -> {
            List<ForgottenKey> keys = new ArrayList<>();
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery("SELECT number, id_hash, key_hash, epoch_ms(received)"
                            + " FROM forgotten WHERE " + condition)) {
                while (found.next()) {
                    keys.add(new ForgottenKey(
                            found.getLong(1),
                            (UUID) found.getObject(2),
                            (UUID) found.getObject(3),
                            Instant.ofEpochMilli(found.getLong(4))));
                }
            }
            return keys;
        });
    }

    @Override
    public boolean hasUnindexedForgotten() {
        return hasUnindexedForgotten;
    }

    @Override
    public void forgottenAreNotIndexed(long firstNumber) {
        if (hasForgotten) {
            changeForgotten("UPDATE forgotten SET number = 0 WHERE number >= " + firstNumber);
        }
    }

    @Override
    public void dropForgotten(Instant before) {
        if (hasForgotten) {
            changeForgotten("DELETE FROM forgotten WHERE received < " + time(before));
        }
    }

    private void changeForgotten(String statement) {
        try (Statement sql = writing.createStatement()) {
            sql.execute(statement);
            lookForForgotten();
            writing.commit();
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("changed", e);
        }
    }

    @Override
    public Optional<Instant> newest() {
        return database.read(connection -> {
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery("SELECT epoch_ms(max(collector_tstamp)) FROM event")) {
                long millis = found.next() ? found.getLong(1) : 0;
                return found.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
            }
        });
    }

    @Override
    public long newestAfter(Instant time) {
        return database.read(connection -> {
            try (PreparedStatement sql = connection.prepareStatement(
                    "SELECT coalesce(max(number), 0) FROM event WHERE collector_tstamp > ?")) {
                sql.setObject(1, QuerySql.timestamp(time));
                try (ResultSet found = sql.executeQuery()) {
                    return found.next() ? found.getLong(1) : 0;
                }
            }
        });
    }

    /** Moves new rows from the write-ahead log into the file. */
    private void checkpoint() {
        try (Statement sql = writing.createStatement()) {
            sql.execute("CHECKPOINT");
            // CHECKPOINT may or may not leave its transaction open.
            database.rollBack();
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("written", e);
        }
    }

    private long evict(String condition, Object... parameters) {
        long before = summary.total();
        try (PreparedStatement sql = writing.prepareStatement("DELETE FROM event WHERE " + condition)) {
            for (int i = 0; i < parameters.length; i++) {
                sql.setObject(i + 1, parameters[i]);
            }
            sql.execute();
            writing.commit();
            try (Statement orphans = writing.createStatement()) {
                LargeValues.removeOrphans(orphans);
            }
            Summary now = counted();
            writing.commit();
            long evicted = before - now.total();
            if (evicted > 0) {
                change("UPDATE store SET evicted = evicted + " + evicted);
                checkpoint();
            }
            return evicted;
        } catch (SQLException e) {
            database.rollBack();
            throw database.failed("cleaned", e);
        }
    }

    private long usedBytes() {
        return database.read(connection -> {
            try (Statement sql = connection.createStatement();
                    ResultSet size = sql.executeQuery("SELECT block_size * used_blocks FROM pragma_database_size()")) {
                return size.next() ? size.getLong(1) : 0;
            }
        });
    }

    // Reading

    @Override
    public Content prepare(ProcessedEvent event) {
        return new RowContent(event);
    }

    @Override
    public List<StoredKey> known(Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        // Safe to embed in SQL: UUIDs consist of hexadecimal digits and hyphens.
        String list = ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(","));
        return database.read(connection -> {
            List<StoredKey> keys = new ArrayList<>();
            String key = "::VARCHAR, replace(event_fingerprint::VARCHAR, '-', ''), number, valid FROM event" + " WHERE "
                    + columns.once().map(once -> once + " AND ").orElse("");
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery("SELECT event_id" + key + "event_id IN (" + list
                            + ") AND sent_event_id IS NULL AND event_fingerprint IS NOT NULL"
                            + " UNION ALL SELECT sent_event_id" + key + "sent_event_id IN (" + list + ")")) {
                while (found.next()) {
                    String hash = found.getString(2);
                    EventKey one = new EventKey(
                            UUID.fromString(found.getString(1)),
                            Long.parseUnsignedLong(hash.substring(0, 16), 16),
                            Long.parseUnsignedLong(hash.substring(16), 16));
                    keys.add(new StoredKey(found.getLong(3), one, Instant.MAX, found.getBoolean(4)));
                }
            }
            return keys;
        });
    }

    @Override
    public Optional<StoreFile> file() {
        return file == null ? Optional.empty() : Optional.of(this);
    }

    @Override
    public Optional<StoredIds> ids() {
        return file == null ? Optional.empty() : Optional.of(this);
    }

    @Override
    public Optional<SqlQueries> sql() {
        return Optional.of(new PeoplesSql(this));
    }

    /** {@inheritDoc} @throws IllegalStateException for a store in memory */
    @Override
    public Path folder() {
        Path absolute = file == null ? null : file.toAbsolutePath().getParent();
        if (absolute == null) {
            throw new IllegalStateException("a store in memory has no folder");
        }
        return absolute;
    }

    /**
     * Returns the keys of the stored events with these numbers; numbers that are not in the store are left out. DuckDB skips row groups
     * that contain none of them.
     */
    @Override
    public List<StoredKey> keysOf(Collection<Long> numbers) {
        if (numbers.isEmpty()) {
            return List.of();
        }
        String list = numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
        List<StoredKey> keys = new ArrayList<>(numbers.size());
        keys("number IN (SELECT unnest([" + list + "]::BIGINT[]))", keys::add);
        return keys;
    }

    @Override
    public void keysBetween(long first, long last, Consumer<StoredKey> each) {
        keys("number BETWEEN " + first + " AND " + last + " ORDER BY number", each);
    }

    private void keys(String condition, Consumer<StoredKey> each) {
        database.read(connection -> {
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery("SELECT number, coalesce(sent_event_id, event_id),"
                            + " event_fingerprint, epoch_ms(collector_tstamp), valid FROM event"
                            + " WHERE event_fingerprint IS NOT NULL AND "
                            + columns.once().map(once -> once + " AND ").orElse("") + condition)) {
                while (found.next()) {
                    UUID fingerprint = (UUID) found.getObject(3);
                    each.accept(new StoredKey(
                            found.getLong(1),
                            new EventKey(
                                    (UUID) found.getObject(2),
                                    fingerprint.getMostSignificantBits(),
                                    fingerprint.getLeastSignificantBits()),
                            Instant.ofEpochMilli(found.getLong(4)),
                            found.getBoolean(5)));
                }
            }
            return true;
        });
    }

    @Override
    public Optional<Long> firstSince(Instant time) {
        return database.read(connection -> {
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
        return find(query, offset, limit, MAX_FIND_BYTES);
    }

    @Override
    public List<StoredEvent> find(EventQuery query, long offset, int limit, long maxBytes) {
        return database.read(connection -> {
            for (long passedOver = offset; ; ) {
                Found found = numbers(connection, query, passedOver, limit, maxBytes);
                List<StoredEvent> events = events(connection, found);
                if (!events.isEmpty() || found.numbers().isEmpty()) {
                    return events;
                }
                // None of these rows can be read. Skip them: an empty result would mean that there are no more events.
                passedOver += found.numbers().size();
            }
        });
    }

    /** Numbers of events, with the weight of each. */
    private record Found(List<Long> numbers, List<Long> weights) {}

    private Found numbers(Connection connection, EventQuery query, long offset, int limit, long maxBytes)
            throws SQLException {
        QuerySql where = new QuerySql(query, columns);
        List<Long> numbers = new ArrayList<>();
        List<Long> weights = new ArrayList<>();
        try (PreparedStatement sql = where.prepare(
                        connection,
                        "SELECT number, coalesce(weight, " + UNKNOWN_WEIGHT + ") FROM event" + where.where()
                                + QuerySql.order(query, columns) + " LIMIT ? OFFSET ?",
                        limit,
                        offset);
                ResultSet found = sql.executeQuery()) {
            long bytes = 0;
            while (found.next() && (numbers.isEmpty() || bytes < maxBytes)) {
                bytes += found.getLong(2);
                if (numbers.isEmpty() || bytes <= maxBytes) {
                    numbers.add(found.getLong(1));
                    weights.add(found.getLong(2));
                }
            }
        }
        return new Found(numbers, weights);
    }

    private List<StoredEvent> events(Connection connection, Found found) throws SQLException {
        List<Long> numbers = found.numbers();
        List<StoredEvent> events = new ArrayList<>(numbers.size());
        for (int from = 0, to; from < numbers.size(); from = to) {
            long bytes = 0;
            for (to = from;
                    to < numbers.size()
                            && (to == from || bytes + found.weights().get(to) <= READ_BYTES);
                    to++) {
                bytes += found.weights().get(to);
            }
            events.addAll(events(connection, numbers.subList(from, to)));
        }
        return events;
    }

    /** Reads the whole rows of these events. */
    private List<StoredEvent> events(Connection connection, List<Long> numbers) throws SQLException {
        Map<Long, StoredEvent> found = new HashMap<>();
        String list = numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
        try (Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery("SELECT * FROM event WHERE number IN (" + list + ")")) {
            RowReader reader = new RowReader(rows, columns);
            while (rows.next()) {
                long number = rows.getLong("number");
                boolean large = rows.getLong(Columns.WEIGHT) > VectorWindow.MAX_BYTES_WHEN_FULL;
                Map<String, byte[]> values = large ? LargeValues.read(connection, number) : Map.of();
                event(reader, number, null, values).ifPresent(event -> found.put(number, event));
            }
        }
        return numbers.stream().map(found::get).filter(event -> event != null).toList();
    }

    /** Reads a row; one that cannot be read is logged and left out, so that it does not affect the others. */
    private Optional<StoredEvent> event(
            RowReader reader, long number, byte @Nullable [] frame, Map<String, byte[]> values) throws SQLException {
        try {
            return Optional.of(reader.read(frame, values));
        } catch (RuntimeException | SQLException e) {
            if (e instanceof SQLException && Database.isTrouble(e)) {
                throw e;
            }
            boolean isNew = unreadable.size() < MAX_UNREADABLE && unreadable.add(number);
            if (isNew && unreadable.size() <= MAX_LOGGED) {
                // Do not log the message: it may contain data of the event.
                LOG.error(
                        "event {} of the store cannot be read ({}) and is left out of every answer and count;"
                                + " the others are not affected",
                        number,
                        e.getClass().getSimpleName());
            }
            return Optional.empty();
        }
    }

    @Override
    public long unreadable() {
        return unreadable.size();
    }

    @Override
    public long count(EventQuery query) {
        return database.read(connection -> {
            QuerySql where = new QuerySql(query, columns);
            try (PreparedStatement sql = where.prepare(connection, "SELECT count(*) FROM event" + where.where());
                    ResultSet found = sql.executeQuery()) {
                return found.next() ? found.getLong(1) : 0;
            }
        });
    }

    @Override
    public Optional<StoredEvent> withNumber(long number) {
        byte[] frame = frame(number).orElse(null);
        return database.read(connection -> {
            try (Statement sql = connection.createStatement();
                    ResultSet row = sql.executeQuery("SELECT * FROM event WHERE number = " + number)) {
                return row.next()
                        ? event(new RowReader(row, columns), number, frame, LargeValues.read(connection, number))
                        : Optional.empty();
            }
        });
    }

    @Override
    public List<StoredEvent> withId(UUID id, @Nullable String session) {
        return find(
                EventQuery.ALL
                        .of(session)
                        .where(new EventQuery.Filter("event_id", List.of(id.toString()), false))
                        .withRepeats(true),
                0,
                MAX_VALUES);
    }

    @Override
    public List<String> columns(@Nullable String session) {
        if (summary.total() == 0) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        columns.atomic().forEach(column -> names.add(column.name()));
        for (String column : columns.jsonNames()) {
            columns.fields().fields(column).forEach(field -> names.add(column + "." + field));
        }
        return session == null ? List.copyOf(names) : present(names, session);
    }

    /** Returns the columns with a value in this session. Checks at most {@link #MAX_COUNTED_COLUMNS}, a limited number at a time. */
    private List<String> present(List<String> all, String session) {
        List<String> names = all.subList(0, Math.min(all.size(), MAX_COUNTED_COLUMNS));
        return database.read(connection -> {
            QuerySql where = new QuerySql(session, columns);
            List<String> present = new ArrayList<>();
            for (int from = 0; from < names.size(); from += COLUMNS_AT_A_TIME) {
                List<String> some = names.subList(from, Math.min(names.size(), from + COLUMNS_AT_A_TIME));
                String counts = some.stream()
                        .map(name -> "count(" + QuerySql.expression(name, columns) + ")")
                        .collect(Collectors.joining(", "));
                try (PreparedStatement sql =
                                where.prepare(connection, "SELECT " + counts + " FROM event" + where.where());
                        ResultSet found = sql.executeQuery()) {
                    found.next();
                    for (int i = 0; i < some.size(); i++) {
                        if (found.getLong(i + 1) > 0) {
                            present.add(some.get(i));
                        }
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
        return database.read(connection -> {
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
                    // A number too large or too small for DECIMAL is written in DuckDB's own notation.
                    ? "coalesce(CASE WHEN abs(" + expression + ") >= 1e-9 OR " + expression
                            + " = 0 THEN rtrim(rtrim(TRY_CAST(" + expression
                            + " AS DECIMAL(38,9))::VARCHAR, '0'), '.') END, (" + expression + ")::VARCHAR)"
                    : column != null && column.type() == Column.Type.UUID
                            ? QuerySql.text(column)
                            : "TRY_CAST((" + expression + ") AS VARCHAR)";
            try (PreparedStatement sql = where.prepare(
                            connection,
                            "SELECT " + text + " AS value, count(*) FROM event" + where.where()
                                    + " GROUP BY value HAVING length(value) <= " + MAX_VALUE_CHARS
                                    + " ORDER BY 2 DESC, 1 LIMIT "
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
        return database.read(connection -> {
            QuerySql where =
                    new QuerySql(EventQuery.ALL.of(session).between(first, end).withRepeats(true), columns);
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
        return database.read(connection -> {
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery("SELECT frame FROM failed_request WHERE number ="
                            + " (SELECT request_number FROM event WHERE number = " + number + ") ORDER BY part")) {
                ByteArrayOutputStream frame = new ByteArrayOutputStream();
                while (found.next()) {
                    frame.writeBytes(found.getBytes(1));
                }
                return frame.size() == 0 ? Optional.empty() : Optional.of(frame.toByteArray());
            }
        });
    }

    @Override
    public List<WaitingRequest.Summary> waiting() {
        return database.read(connection -> {
            List<WaitingRequest.Summary> waiting = new ArrayList<>();
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery(
                            "SELECT origin, epoch_ms(min(since)), any_value(events),"
                                    + " sum(octet_length(frame)) FROM waiting_request GROUP BY origin ORDER BY min(since), origin")) {
                while (found.next()) {
                    waiting.add(new WaitingRequest.Summary(
                            found.getString(1),
                            Instant.ofEpochMilli(found.getLong(2)),
                            indices(found.getString(3)),
                            found.getLong(4)));
                }
            }
            return waiting;
        });
    }

    @Override
    public Optional<WaitingRequest> waiting(String origin) {
        return database.read(connection -> {
            try (PreparedStatement sql = connection.prepareStatement(
                    "SELECT epoch_ms(since), events, frame FROM waiting_request WHERE origin = ? ORDER BY part")) {
                sql.setString(1, origin);
                try (ResultSet found = sql.executeQuery()) {
                    WaitingRequest.@Nullable Summary summary = null;
                    ByteArrayOutputStream frame = new ByteArrayOutputStream();
                    while (found.next()) {
                        summary = new WaitingRequest.Summary(
                                origin, Instant.ofEpochMilli(found.getLong(1)), indices(found.getString(2)), 0);
                        frame.writeBytes(found.getBytes(3));
                    }
                    return summary == null
                            ? Optional.empty()
                            : Optional.of(
                                    new WaitingRequest(origin, summary.since(), summary.events(), frame.toByteArray()));
                }
            }
        });
    }

    private static List<Integer> indices(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(Integer::valueOf).toList();
    }

    @Override
    public List<Long> failedAt(Failure.Step step, long beyond, int limit) {
        return database.read(connection -> {
            List<Long> numbers = new ArrayList<>();
            try (PreparedStatement sql = connection.prepareStatement("SELECT number FROM event WHERE NOT valid"
                    + " AND number > ? AND starts_with(failures, ?) ORDER BY number LIMIT ?")) {
                sql.setLong(1, beyond);
                sql.setString(2, "[{\"step\":\"" + step + "\"");
                sql.setInt(3, limit);
                try (ResultSet found = sql.executeQuery()) {
                    while (found.next()) {
                        numbers.add(found.getLong(1));
                    }
                }
            }
            return numbers;
        });
    }

    @Override
    public long sizeOnDisk() {
        try {
            return file == null ? 0 : Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Moves the contents of the write-ahead log into the file, unless a reader prevents it. */
    @Override
    public void settle() {
        try {
            checkpoint();
        } catch (StoreException e) {
            LOG.debug("the write-ahead log was not moved into the store's file: {}", e.getMessage());
        }
    }

    /**
     * Copies the file, and its write-ahead log, if there is one, to the same name with {@code .wal} appended. Must be called by the writing
     * thread between two transactions.
     *
     * @param copy must not exist yet; only its owner can read it
     * @throws IllegalStateException for a store in memory
     */
    @Override
    public void copyTo(Path copy) throws IOException {
        database.copyTo(copy);
    }

    /** Reads with a separate connection, which is closed afterwards. For SQL written by users. Blocks. */
    public <T> T read(Reading<T> reading) {
        return database.readAlone(reading);
    }

    /** Reads with a connection. */
    @FunctionalInterface
    public interface Reading<T> {
        T read(Connection connection) throws SQLException;
    }

    @Override
    public void close() {
        database.close();
    }
}
