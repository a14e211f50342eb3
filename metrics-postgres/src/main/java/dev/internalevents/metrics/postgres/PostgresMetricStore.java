package dev.internalevents.metrics.postgres;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Position;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counters in PostgreSQL, shared by any number of instances of a service. A batch and the position of its queue are one
 * transaction, so that a batch whose answer was lost counts once. Unique counts are exact up to 1,000, with a standard
 * error of 0.41 % beyond that, however many instances add to them.
 *
 * <p>The tables, {@code internal_events_…}, are created when they are first used. Weeks expire after six weeks without
 * a change, positions of queues 60 days after the queue was last used.
 *
 * <p>A password is never part of the address: it is in the variable {@code INTERNAL_EVENTS_METRICS_PASSWORD} or
 * {@code PGPASSWORD}, in the file that the address names with {@code passwordfile}, or in {@code ~/.pgpass}.
 */
public final class PostgresMetricStore implements MetricStore {

    /** The maximum time to connect, or for one statement: 10 seconds. A server that hangs is given up after 20. */
    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** How long the position of a queue is retained after it was last used: 60 days. */
    public static final Duration POSITION_EXPIRY = Duration.ofDays(60);

    private static final Logger LOG = LoggerFactory.getLogger(PostgresMetricStore.class);
    private static final long HOUSEKEEPING_NANOS = Duration.ofHours(1).toNanos();

    /** The maximum number of transactions in a row that delete; the next hour goes on. */
    private static final int DELETIONS = 500;

    private final PostgresConnection writing;
    private final PostgresConnection reading;
    private final CounterReader reader;
    private final UniqueRows uniques;
    private final Set<String> loggedSums = ConcurrentHashMap.newKeySet();
    private final @Nullable History history;
    private final QueueOwner owner;
    private volatile @Nullable Position applied;

    // Used by the thread that applies
    private long housekeepingAt = System.nanoTime() - HOUSEKEEPING_NANOS;

    PostgresMetricStore(PostgresAddress address, Map<String, String> environment, Duration timeout) {
        this(address, environment, timeout, null, Clock.systemUTC());
    }

    PostgresMetricStore(
            PostgresAddress address,
            Map<String, String> environment,
            Duration timeout,
            @Nullable Dictionary dictionary,
            Clock clock) {
        this.writing = new PostgresConnection(address, environment, timeout);
        this.reading = new PostgresConnection(address, environment, timeout);
        this.reader = new CounterReader(reading, address.name());
        this.uniques = new UniqueRows(address.name());
        this.owner = new QueueOwner(address.name());
        this.history = dictionary == null ? null : new History(dictionary, this, clock);
    }

    /**
     * Returns a store that connects when it is first used, and writes no history.
     *
     * @param address {@code postgresql://[user@]host[:port]/database}, with the parameters {@code sslmode},
     *     {@code sslrootcert}, {@code sslcert}, {@code sslkey}, {@code passwordfile} and {@code schema} if needed
     * @throws IllegalArgumentException if it is not such an address, or contains a password; the message does not
     *     repeat it
     */
    public static PostgresMetricStore at(String address) {
        return new PostgresMetricStore(PostgresAddress.parse(address), System.getenv(), TIMEOUT);
    }

    /**
     * Returns a store that also writes the values of all metrics once an hour, after a batch, into the table
     * {@code internal_events_history} (metric, week, value).
     *
     * @param address as in {@link #at(String)}
     * @throws IllegalArgumentException as in {@link #at(String)}
     */
    public static PostgresMetricStore at(String address, Dictionary dictionary) {
        return new PostgresMetricStore(
                PostgresAddress.parse(address), System.getenv(), TIMEOUT, dictionary, Clock.systemUTC());
    }

    /** Returns whether a text begins as an address of PostgreSQL does; it may still be invalid. */
    public static boolean isAddress(String text) {
        return PostgresAddress.matches(text);
    }

    @Override
    public void apply(Increments batch, @Nullable Position position) {
        if (!batch.isEmpty()) {
            Batch added = new Batch(batch, position, uniques, loggedSums);
            owner.applies(position);
            writing.change(added::add);
            owner.applied(added.found());
        }
        applied = position;
        if (System.nanoTime() - housekeepingAt >= HOUSEKEEPING_NANOS) {
            housekeepingAt = System.nanoTime();
            keepHouse();
        }
    }

    /**
     * Returns the id of the installation whose counters these are, the same for all its instances; empty if nothing was
     * counted yet.
     *
     * @throws MetricStoreException if PostgreSQL cannot be reached, or its tables are of another version
     */
    public Optional<UUID> installation() {
        return reading.read(Optional.empty(), sql -> {
            try (PreparedStatement statement = sql.prepare("SELECT installation FROM $version");
                    ResultSet row = sql.query(statement)) {
                return row.next() ? Optional.of(row.getObject(1, UUID.class)) : Optional.empty();
            }
        });
    }

    /** Deletes what has expired, and writes the history. A failure is logged and does not affect counting. */
    void keepHouse() {
        try {
            int deletions = 1;
            while (writing.change(Expiry::run) && deletions < DELETIONS) {
                deletions++;
            }
            if (history != null) {
                history.write(writing);
            }
        } catch (MetricStoreException e) {
            LOG.warn(
                    "expired counters were not deleted, or the history was not written; retrying in an hour: {}",
                    e.getMessage());
        }
    }

    /** Does nothing: what PostgreSQL has committed is durable. */
    @Override
    public void checkpoint() {
        // Committed already.
    }

    @Override
    public @Nullable Position durable() {
        return applied;
    }

    @Override
    public @Nullable Position applied(UUID sequence) {
        Optional<Position> known = writing.change(sql -> {
            try (PreparedStatement statement = sql.prepare(
                            "UPDATE $queue SET seen = now() WHERE queue = ? RETURNING segment, byte_offset");
                    ResultSet row = sql.query(statement, sequence)) {
                return row.next()
                        ? Optional.of(new Position(sequence, row.getLong(1), row.getInt(2)))
                        : Optional.empty();
            }
        });
        return known.orElse(null);
    }

    @Override
    public @Nullable Duration positionExpiry() {
        return POSITION_EXPIRY;
    }

    @Override
    public BigDecimal count(Collection<Counter> counters, int[] weeks) {
        return reader.count(counters, weeks);
    }

    @Override
    public long unique(Collection<Counter> counters, int[] weeks) {
        return reader.unique(counters, weeks);
    }

    @Override
    public Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks) {
        return reader.totalsBy(counters, weeks);
    }

    @Override
    public void close() {
        writing.close();
        reading.close();
    }
}
