package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.store.Ages;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.EventStore;
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
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stores events in a DuckDB file. Rows, requests of failed events and the position in the spool are written in one
 * transaction, so that a killed process neither loses nor duplicates an event.
 */
public final class DuckDbEventStore implements EventStore {

    /**
     * Number of rows that DuckDB compresses together. A transaction that ends with a full row group is written only
     * once. A quarter of DuckDB's default, so that a group needs little memory and a transaction takes half a second.
     */
    public static final int ROW_GROUP = 30_720;

    private static final long MAX_FIND_BYTES = 64 << 20;
    private static final int MAX_WITH_ID = 1_000;

    private final OpenStore store;
    private final FailedRequests requests;
    private final WaitingRequests waiting;
    private final EventWriter writer;
    private final EventSearch search;
    private final EventStatistics statistics;
    private final StoredEventIds ids;

    /**
     * Limits on memory and threads.
     *
     * @param memoryBytes DuckDB's own memory in bytes, in addition to the JVM's heap
     * @param threads number of threads that work on one query
     */
    public record Settings(long memoryBytes, int threads) {

        /**
         * 256 MB, and one thread for every two processors, between one and four. Measured on two processors: with two
         * threads, one of them writes and the other polls for work without a pause.
         */
        public static final Settings DEFAULTS = new Settings(
                256L << 20, Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2)));
    }

    /** Opens a store in a file, without schemas: columns are named only by the fields seen in events. */
    public static DuckDbEventStore inFile(Path file, Settings settings) {
        return inFile(file, settings, SchemaFields.NONE);
    }

    /**
     * Opens a store in a file, which is created if it does not exist.
     *
     * @param schemas their fields come first and keep their names in SQL
     * @throws StoreException if the store cannot be opened; the message says what to do
     */
    public static DuckDbEventStore inFile(Path file, Settings settings, SchemaFields schemas) {
        return new DuckDbEventStore(Opening.open(file, settings, schemas));
    }

    private DuckDbEventStore(OpenStore store) {
        this.store = store;
        this.requests = new FailedRequests(store.database());
        this.waiting = new WaitingRequests(store.database());
        this.writer = new EventWriter(store);
        this.search = new EventSearch(store, requests);
        this.statistics = new EventStatistics(store);
        this.ids = new StoredEventIds(store);
    }

    // Writing

    @Override
    public Progress progress(UUID spool) {
        return writer.progress(spool);
    }

    @Override
    public Content prepare(ProcessedEvent event) {
        return new RowContent(event);
    }

    @Override
    public int preferredRows() {
        return store.counts().rowsToFullGroup();
    }

    @Override
    public int write(EventSource source) {
        return writer.write(source);
    }

    @Override
    public void replace(StoredEvent event) {
        writer.replace(event, frame(event.number()).orElse(null));
    }

    @Override
    public void check() {
        writer.check();
    }

    @Override
    public Summary reset(@Nullable String session) {
        new Reset(store).remove(session);
        return summary(session);
    }

    @Override
    public Removed retain(Retention retention, Ages ages) {
        return new Eviction(store).retain(retention, ages);
    }

    // Reading

    @Override
    public Summary summary(@Nullable String session) {
        Summary all = store.counts().summary();
        if (session == null) {
            return all;
        }
        EventQuery of = EventQuery.ALL.of(session);
        return new Summary(count(of.good(true)), count(of.good(false)), all.last(), all.evicted(), all.resets());
    }

    @Override
    public List<StoredEvent> find(EventQuery query, long offset, int limit) {
        return find(query, offset, limit, MAX_FIND_BYTES);
    }

    @Override
    public List<StoredEvent> find(EventQuery query, long offset, int limit, long maxBytes) {
        return search.find(query, offset, limit, maxBytes);
    }

    @Override
    public long count(EventQuery query) {
        return search.count(query);
    }

    @Override
    public long unreadable() {
        return search.unreadable();
    }

    @Override
    public Optional<StoredEvent> withNumber(long number) {
        return search.withNumber(number);
    }

    @Override
    public List<StoredEvent> withId(UUID id, @Nullable String session) {
        EventQuery withId = EventQuery.ALL
                .of(session)
                .where(EventQuery.Filter.equal("event_id", List.of(id.toString())))
                .withRepeats(true);
        return find(withId, 0, MAX_WITH_ID);
    }

    @Override
    public List<Long> failedAt(Failure.Step step, long beyond, int limit) {
        return search.failedAt(step, beyond, limit);
    }

    @Override
    public Optional<byte[]> frame(long number) {
        return requests.ofEvent(number);
    }

    @Override
    public List<WaitingRequest.Summary> waiting() {
        return waiting.all();
    }

    @Override
    public Optional<WaitingRequest> waiting(String origin) {
        return waiting.withOrigin(origin);
    }

    @Override
    public List<String> columns(@Nullable String session) {
        return store.counts().summary().total() == 0 ? List.of() : statistics.columns(session);
    }

    @Override
    public Map<String, ColumnStats> columnStats(List<String> names, @Nullable String session) {
        return statistics.columnStats(names, session);
    }

    @Override
    public List<Point> timeline(List<Bucket> buckets, EventQuery query) {
        return statistics.timeline(buckets, query);
    }

    @Override
    public Optional<Instant> newest() {
        return statistics.newest();
    }

    @Override
    public long newestAfter(Instant time) {
        return statistics.newestAfter(time);
    }

    // Ids

    @Override
    public List<StoredKey> known(Collection<UUID> sent) {
        return ids.known(sent);
    }

    @Override
    public Optional<StoredIds> ids() {
        return Optional.of(ids);
    }

    // Forgetting persons

    @Override
    public PersonRemoval removal(PersonMatch persons, RawRequests raw) {
        return new Forgetting(this, store, new PersonSearch(this, store, persons, raw));
    }

    @Override
    public List<ForgottenKey> forgotten(Collection<UUID> sent) {
        return store.forgotten().withIds(sent);
    }

    @Override
    public void dropForgotten(Instant before) {
        store.forgotten().dropBefore(before);
    }

    // The file

    @Override
    public Optional<StoreFile> file() {
        return Optional.of(store.file());
    }

    @Override
    public Optional<SqlQueries> sql() {
        return Optional.of(new PeoplesSql(store.database()));
    }

    /** Reads with a separate connection, which is closed afterwards. Blocks. */
    public <T> T read(Reading<T> reading) {
        return store.database().readAlone(reading);
    }

    /** Reads with a connection. */
    @FunctionalInterface
    public interface Reading<T> {
        T read(Connection connection) throws SQLException;
    }

    @Override
    public void close() {
        store.close();
    }
}
