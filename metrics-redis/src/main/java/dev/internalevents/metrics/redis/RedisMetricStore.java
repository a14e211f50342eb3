package dev.internalevents.metrics.redis;

import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.Position;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Counters in Redis, shared by any number of instances of a service, under the keys that GitLab uses:
 * {@code {event_counters}_…}, {@code {event_sums}_…} and {@code {hll_counters}_…}. Weeks expire after six weeks,
 * positions of queues 60 days after the queue was last used. Uniques are Redis's HyperLogLog, standard error 0.81 %.
 * Totals by value are one hash for each rule.
 *
 * <p>Sums that an earlier version wrote under {@code {event_sums}_EVENT}, without the operator, are moved to today's
 * key when a store first uses them. Until then, both keys are read together.
 *
 * <p>A batch is one round trip, and counts once even if its answer was lost and it is sent again.
 *
 * <p>A key with an unexpected value, such as a text, is left unchanged and logged once. The amounts for it are lost;
 * all other keys are counted. Once it is corrected, it is counted again from the next batch on.
 */
public final class RedisMetricStore implements MetricStore {

    /** The maximum time to connect to Redis, or to wait for an answer: 5 seconds. */
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** How long the position of a queue is retained after it was last used: 60 days. */
    public static final Duration POSITION_EXPIRY = Duration.ofDays(60);

    private final RedisConnection redis;
    private final RedisKeys keys;
    private final EarlierSums earlierSums;
    private final RefusedKeys refusedKeys;
    private final CounterReader reader;
    private volatile @Nullable Position applied;

    private RedisMetricStore(RedisURI uri, RedisKeyOverrides overrides) {
        this.redis = new RedisConnection(uri);
        this.keys = new RedisKeys(overrides);
        this.earlierSums = new EarlierSums(keys);
        this.refusedKeys = new RefusedKeys(redis);
        this.reader = new CounterReader(redis, keys, earlierSums, refusedKeys);
    }

    /**
     * Returns a store that connects when it is first used.
     *
     * @param uri {@code redis://[user:password@]host:port[/database]}, or {@code rediss://…} for TLS
     * @throws IllegalArgumentException if the text is not such a URI
     */
    public static RedisMetricStore at(String uri) {
        return at(uri, RedisKeyOverrides.NONE);
    }

    /**
     * Returns a store with older keys for some counters.
     *
     * @param uri as in {@link #at(String)}
     * @throws IllegalArgumentException if the text is not such a URI
     */
    public static RedisMetricStore at(String uri, RedisKeyOverrides overrides) {
        return new RedisMetricStore(RedisURI.create(uri), overrides);
    }

    @Override
    public void apply(Increments batch, @Nullable Position position) {
        if (batch.isEmpty()) {
            applied = position;
            return;
        }
        List<Addition> sent = new ArrayList<>();
        redis.ask(commands -> {
            sent.addAll(new BatchCommands(commands, keys, earlierSums, position).send(batch));
            return sent.stream().map(Addition::answer).toList();
        });
        applied = position;
        sent.forEach(addition -> addition.logRefused(refusedKeys));
    }

    /** Does nothing: what Redis has acknowledged is as safe as its own persistence makes it. */
    @Override
    public void checkpoint() {
        // Redis persists by itself.
    }

    @Override
    public @Nullable Position durable() {
        return applied;
    }

    /** Totals, sums and totals by value each have a position; after a kill they may differ by a batch. */
    @Override
    public @Nullable Position applied(UUID sequence) {
        List<String> keys = List.of(
                RedisKeys.position(RedisKeys.TOTALS, sequence),
                RedisKeys.position(RedisKeys.SUMS, sequence),
                RedisKeys.position(sequence));
        List<RedisFuture<String>> answers = new ArrayList<>();
        redis.ask(commands -> {
            List<RedisFuture<?>> sent = new ArrayList<>();
            for (String key : keys) {
                RedisFuture<String> answer = commands.get(key);
                answers.add(answer);
                sent.add(answer);
                sent.add(commands.expire(key, POSITION_EXPIRY));
            }
            return sent;
        });
        Position last = null;
        for (RedisFuture<String> answer : answers) {
            Position position = position(sequence, answer);
            if (position != null && position.isAfter(last)) {
                last = position;
            }
        }
        return last;
    }

    @Override
    public @Nullable Duration positionExpiry() {
        return POSITION_EXPIRY;
    }

    /** Returns the position that a key contains; null if it does not exist, or contains something else. */
    private static @Nullable Position position(UUID sequence, RedisFuture<String> answer) {
        try {
            String text = answer.toCompletableFuture().getNow(null);
            return text == null ? null : Position.parse(sequence + ":" + text);
        } catch (CompletionException | IllegalArgumentException e) {
            return null;
        }
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
        redis.close();
    }
}
