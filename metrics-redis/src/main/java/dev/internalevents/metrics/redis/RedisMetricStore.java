package dev.internalevents.metrics.redis;

import dev.internalevents.definitions.Measure;
import dev.internalevents.metrics.Amounts;
import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.Increments.Slot;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.TotalsByValue;
import dev.internalevents.metrics.Week;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counters in Redis, shared by any number of instances of a service, under the keys that GitLab uses: {@code
 * {event_counters}_…}, {@code {event_sums}_…} and {@code {hll_counters}_…}. Weeks expire after six weeks. Uniques are
 * Redis's HyperLogLog, standard error 0.81 %. Totals by value are one hash for each rule.
 *
 * <p>Sums that an earlier version kept under {@code {event_sums}_EVENT}, without the operator, are moved to the key of today
 * when a store first uses them, and read together with it meanwhile.
 *
 * <p>A batch is one round trip. Its totals, and its sums, are added by a script together with the batch's position, so that
 * a batch whose answer was lost counts once; adding to a HyperLogLog twice changes nothing.
 */
public final class RedisMetricStore implements MetricStore {

    /** How long Redis may take to connect, or to answer: 5 seconds. */
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Duration EXPIRY = Duration.ofDays(7L * Week.KEPT);
    private static final String ADD_ONCE = script("add-once.lua");
    private static final String ADD_TOTALS_ONCE = script("add-totals-once.lua");
    private static final String MOVE_SUM = script("move-sum.lua");
    private static final int IDS_A_COMMAND = 1_000;

    private final RedisURI uri;
    private final RedisKeys keys;
    private final RedisClient client;
    private final Set<String> movedSums = ConcurrentHashMap.newKeySet();
    private volatile @Nullable StatefulRedisConnection<String, String> connection;
    private volatile @Nullable Position applied;

    private RedisMetricStore(RedisURI uri, RedisKeyOverrides overrides) {
        this.uri = uri;
        this.keys = new RedisKeys(overrides);
        this.client = RedisClient.create(uri);
        client.setOptions(ClientOptions.builder()
                // What cannot be sent now is the queue's to keep, not the connection's.
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(SocketOptions.builder().connectTimeout(TIMEOUT).build())
                .build());
    }

    /**
     * A store that connects when it is first used.
     *
     * @param uri {@code redis://[user:password@]host:port[/database]}, or {@code rediss://…} for TLS
     * @throws IllegalArgumentException when it is no such URI
     */
    public static RedisMetricStore at(String uri) {
        return at(uri, RedisKeyOverrides.NONE);
    }

    /**
     * A store with older keys for some counters.
     *
     * @param uri as in {@link #at(String)}
     * @throws IllegalArgumentException when it is no such URI
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
        ask(redis -> {
            List<RedisFuture<?>> sent = new ArrayList<>();
            batch.uniques().forEach((slot, ids) -> sent.addAll(addUniques(redis, slot, List.copyOf(ids))));
            addOnce(redis, RedisKeys.TOTALS, "INCRBY", batch.totals(), String::valueOf, position, sent);
            batch.sums().keySet().forEach(slot -> {
                moveSums(redis, slot.counter(), ALL_TIME, sent);
                moveSums(redis, slot.counter(), new int[] {slot.week()}, sent);
            });
            addOnce(redis, RedisKeys.SUMS, "INCRBYFLOAT", batch.sums(), Amounts::plain, position, sent);
            addTotals(redis, batch.totalsBy(), position, sent);
            return sent;
        });
        applied = position;
    }

    private List<RedisFuture<?>> addUniques(RedisAsyncCommands<String, String> redis, Slot slot, List<String> ids) {
        List<RedisFuture<?>> sent = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += IDS_A_COMMAND) {
            String[] some = ids.subList(from, Math.min(ids.size(), from + IDS_A_COMMAND))
                    .toArray(String[]::new);
            if (slot.counter().allTime()) {
                sent.add(redis.pfadd(keys.allTime(slot.counter()), some));
            }
            if (slot.counter().weekly()) {
                sent.add(redis.pfadd(keys.ofWeek(slot.counter(), slot.week()), some));
            }
        }
        if (slot.counter().weekly()) {
            sent.add(redis.expire(keys.ofWeek(slot.counter(), slot.week()), EXPIRY));
        }
        return sent;
    }

    private <N> void addOnce(
            RedisAsyncCommands<String, String> redis,
            String kind,
            String command,
            Map<Slot, N> amounts,
            Function<N, String> text,
            @Nullable Position position,
            List<RedisFuture<?>> sent) {
        if (amounts.isEmpty()) {
            return;
        }
        List<String> names = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        names.add(position == null ? kind + "applied" : RedisKeys.position(kind, position.queue()));
        arguments.add(position == null ? "-1" : String.valueOf(position.segment()));
        arguments.add(position == null ? "-1" : String.valueOf(position.offset()));
        arguments.add(command);
        amounts.forEach((slot, amount) -> {
            if (slot.counter().allTime()) {
                names.add(keys.allTime(slot.counter()));
                arguments.add(text.apply(amount));
                arguments.add("0");
            }
            if (slot.counter().weekly()) {
                names.add(keys.ofWeek(slot.counter(), slot.week()));
                arguments.add(text.apply(amount));
                arguments.add(String.valueOf(EXPIRY.toSeconds()));
            }
        });
        sent.add(redis.eval(
                ADD_ONCE, ScriptOutputType.INTEGER, names.toArray(String[]::new), arguments.toArray(String[]::new)));
    }

    private void addTotals(
            RedisAsyncCommands<String, String> redis,
            Map<Slot, Map<String, Long>> totals,
            @Nullable Position position,
            List<RedisFuture<?>> sent) {
        if (totals.isEmpty()) {
            return;
        }
        List<String> names = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        names.add(position == null ? RedisKeys.UNIQUES + "applied-totals" : RedisKeys.position(position.queue()));
        arguments.add(position == null ? "-1" : String.valueOf(position.segment()));
        arguments.add(position == null ? "-1" : String.valueOf(position.offset()));
        arguments.add(String.valueOf(TotalsByValue.MAX_VALUES));
        arguments.add(TotalsByValue.OTHER);
        totals.forEach((slot, values) -> values.forEach((value, count) -> {
            if (slot.counter().allTime()) {
                names.add(keys.allTime(slot.counter()));
                arguments.addAll(List.of(value, String.valueOf(count), "0"));
            }
            if (slot.counter().weekly()) {
                names.add(keys.ofWeek(slot.counter(), slot.week()));
                arguments.addAll(List.of(value, String.valueOf(count), String.valueOf(EXPIRY.toSeconds())));
            }
        }));
        sent.add(redis.eval(
                ADD_TOTALS_ONCE,
                ScriptOutputType.INTEGER,
                names.toArray(String[]::new),
                arguments.toArray(String[]::new)));
    }

    /** What Redis has answered is as safe as it is there. */
    @Override
    public void checkpoint() {
        // Redis writes by itself.
    }

    @Override
    public @Nullable Position durable() {
        return applied;
    }

    @Override
    public BigDecimal count(Collection<Counter> counters, int[] weeks) {
        List<RedisFuture<List<KeyValue<String, String>>>> values = new ArrayList<>();
        ask(redis -> {
            List<RedisFuture<?>> sent = new ArrayList<>();
            for (Counter counter : counters) {
                for (String[] key : countKeys(counter, weeks)) {
                    RedisFuture<List<KeyValue<String, String>>> value = redis.mget(key);
                    values.add(value);
                    sent.add(value);
                }
                moveSums(redis, counter, weeks, sent);
            }
            return sent;
        });
        return values.stream()
                .map(RedisMetricStore::answer)
                .flatMap(answers -> answers == null ? Stream.empty() : answers.stream())
                .map(value -> new BigDecimal(value.getValueOrElse("0")))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** The keys of each part of a count; those of one part are read in one step, because a sum may be moved meanwhile. */
    private List<String[]> countKeys(Counter counter, int[] weeks) {
        boolean sum = counter.key().measure() instanceof Measure.Sum;
        if (weeks.length == 0) {
            String key = keys.allTime(counter);
            return List.<String[]>of(sum ? new String[] {key, RedisKeys.earlierSum(counter)} : new String[] {key});
        }
        List<String[]> parts = new ArrayList<>();
        for (int week : weeks) {
            String key = keys.ofWeek(counter, week);
            parts.add(sum ? new String[] {key, RedisKeys.earlierSum(counter, week)} : new String[] {key});
        }
        return parts;
    }

    private void moveSums(
            RedisAsyncCommands<String, String> redis, Counter counter, int[] weeks, List<RedisFuture<?>> sent) {
        if (!(counter.key().measure() instanceof Measure.Sum)) {
            return;
        }
        if (weeks.length == 0) {
            moveSum(redis, RedisKeys.earlierSum(counter), keys.allTime(counter), 0, sent);
        }
        for (int week : weeks) {
            moveSum(redis, RedisKeys.earlierSum(counter, week), keys.ofWeek(counter, week), EXPIRY.toSeconds(), sent);
        }
    }

    private void moveSum(
            RedisAsyncCommands<String, String> redis,
            String earlier,
            String key,
            long expiry,
            List<RedisFuture<?>> sent) {
        // A key outside of the slot, as an override may be, cannot be changed in the same step; it is only read.
        if (!earlier.equals(key) && key.startsWith(RedisKeys.SUMS) && movedSums.add(earlier)) {
            sent.add(redis.eval(
                    MOVE_SUM, ScriptOutputType.INTEGER, new String[] {earlier, key}, String.valueOf(expiry)));
        }
    }

    @Override
    public long unique(Collection<Counter> counters, int[] weeks) {
        String[] names = counters.stream()
                .flatMap(counter -> counterKeys(counter, weeks).stream())
                .toArray(String[]::new);
        List<RedisFuture<Long>> count = new ArrayList<>();
        ask(redis -> {
            count.add(redis.pfcount(names));
            return count;
        });
        Long answer = answer(count.get(0));
        return answer == null ? 0 : answer;
    }

    @Override
    public Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks) {
        List<RedisFuture<Map<String, String>>> hashes = new ArrayList<>();
        ask(redis -> {
            counters.forEach(counter -> counterKeys(counter, weeks).forEach(key -> hashes.add(redis.hgetall(key))));
            return hashes;
        });
        Map<String, Long> totals = new HashMap<>();
        for (RedisFuture<Map<String, String>> hash : hashes) {
            Map<String, String> values = answer(hash);
            if (values != null) {
                values.forEach((value, count) -> totals.merge(value, Long.valueOf(count), Long::sum));
            }
        }
        return totals;
    }

    private List<String> counterKeys(Counter counter, int[] weeks) {
        if (weeks.length == 0) {
            return List.of(keys.allTime(counter));
        }
        List<String> names = new ArrayList<>();
        for (int week : weeks) {
            names.add(keys.ofWeek(counter, week));
        }
        return names;
    }

    /** Sends commands together, and waits for all their answers. */
    private void ask(Function<RedisAsyncCommands<String, String>, List<? extends RedisFuture<?>>> commands) {
        try {
            StatefulRedisConnection<String, String> redis = connected();
            List<? extends RedisFuture<?>> sent;
            synchronized (this) {
                redis.setAutoFlushCommands(false);
                try {
                    sent = commands.apply(redis.async());
                } finally {
                    redis.flushCommands();
                    redis.setAutoFlushCommands(true);
                }
            }
            RedisFuture<?>[] all = sent.toArray(RedisFuture[]::new);
            if (!LettuceFutures.awaitAll(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS, all)) {
                throw new MetricStoreException(
                        name() + " did not answer within " + TIMEOUT.toSeconds() + " seconds",
                        new IOException("time out"));
            }
        } catch (RedisException e) {
            throw new MetricStoreException(name() + " cannot be reached: " + reason(e), e);
        }
    }

    private synchronized StatefulRedisConnection<String, String> connected() {
        StatefulRedisConnection<String, String> known = connection;
        if (known == null) {
            known = client.connect();
            connection = known;
        }
        return known;
    }

    private static <T> @Nullable T answer(RedisFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new MetricStoreException(reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetricStoreException("interrupted", e);
        }
    }

    /** Without user and password. */
    private String name() {
        return "Redis at " + uri.getHost() + ":" + uri.getPort();
    }

    private static String reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static String script(String name) {
        try (InputStream in = RedisMetricStore.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
