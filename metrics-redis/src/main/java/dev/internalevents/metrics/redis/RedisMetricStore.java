package dev.internalevents.metrics.redis;

import dev.internalevents.definitions.Measure;
import dev.internalevents.metrics.Amounts;
import dev.internalevents.metrics.BrokenCounterException;
import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.Increments.Slot;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.TotalsByValue;
import dev.internalevents.metrics.Week;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counters in Redis, shared by any number of instances of a service, under the keys that GitLab uses: {@code
 * {event_counters}_…}, {@code {event_sums}_…} and {@code {hll_counters}_…}. Weeks expire after six weeks. Uniques are
 * Redis's HyperLogLog, standard error 0.81 %. Totals by value are one hash for each rule.
 *
 * <p>Sums that an earlier version wrote under {@code {event_sums}_EVENT}, without the operator, are moved to today's key when
 * a store first uses them. Until then, both keys are read together.
 *
 * <p>A batch is one round trip. Its totals and its sums are each added by a script together with the batch's position, so that
 * a batch whose answer was lost counts once. Adding to a HyperLogLog twice changes nothing.
 *
 * <p>A key with an unexpected value, such as a text, is left unchanged and logged once. The amounts for it are lost; all other
 * keys are counted. Once it is corrected, it is counted again from the next batch on.
 */
public final class RedisMetricStore implements MetricStore {

    /** The maximum time to connect to Redis, or to wait for an answer: 5 seconds. */
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Duration EXPIRY = Duration.ofDays(7L * Week.KEPT);
    private static final String ADD_ONCE = script("common.lua") + script("add-once.lua");
    private static final String ADD_TOTALS_ONCE = script("common.lua") + script("add-totals-once.lua");
    private static final String MOVE_SUM = script("common.lua") + script("move-sum.lua");
    private static final int IDS_A_COMMAND = 1_000;

    private static final String WHOLE_NUMBER = "a whole number";
    private static final String NUMBER = "a number";
    private static final String HYPER_LOG_LOG = "a HyperLogLog";
    private static final String HASH = "a hash of whole numbers";

    /** A limit above the digits of any number of Redis; {@code 1e999999999} would exhaust memory when it is added. */
    private static final int MAX_DIGITS = 5_000;

    private final RedisKeys keys;
    private final RedisConnection redis;
    private final RefusedKeys refusedKeys;
    private final Set<String> movedSums = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Position applied;

    private RedisMetricStore(RedisURI uri, RedisKeyOverrides overrides) {
        this.keys = new RedisKeys(overrides);
        this.redis = new RedisConnection(uri);
        this.refusedKeys = new RefusedKeys(redis);
    }

    /** A command that adds; if a key rejects it, the answer contains the key or is an error. */
    private sealed interface Addition {
        RedisFuture<?> answer();
    }

    private record UniqueAddition(String key, RedisFuture<?> answer) implements Addition {}

    /** @param positionKey null if the script has no position */
    private record ScriptAddition(@Nullable String positionKey, String expected, RedisFuture<List<String>> answer)
            implements Addition {}

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
            batch.uniques().forEach((slot, ids) -> addUniques(commands, slot, List.copyOf(ids), sent));
            addOnce(commands, RedisKeys.TOTALS, "INCRBY", batch.totals(), String::valueOf, position, sent);
            batch.sums().keySet().forEach(slot -> {
                moveSums(commands, slot.counter(), ALL_TIME, sent);
                moveSums(commands, slot.counter(), new int[] {slot.week()}, sent);
            });
            addOnce(commands, RedisKeys.SUMS, "INCRBYFLOAT", batch.sums(), Amounts::plain, position, sent);
            addTotals(commands, batch.totalsBy(), position, sent);
            return sent.stream().map(Addition::answer).toList();
        });
        applied = position;
        sent.forEach(this::logRefused);
    }

    private void logRefused(Addition addition) {
        if (addition instanceof UniqueAddition unique) {
            String reason = RedisConnection.refusal(unique.answer());
            if (reason != null) {
                refusedKeys.log(unique.key(), reason, HYPER_LOG_LOG);
            }
        } else if (addition instanceof ScriptAddition script) {
            List<String> refused = RedisConnection.answer(script.answer());
            for (int i = 0; refused != null && i < refused.size(); i += 2) {
                String key = refused.get(i);
                if (key.equals(script.positionKey())) {
                    refusedKeys.logPosition(key, refused.get(i + 1));
                } else {
                    refusedKeys.log(key, refused.get(i + 1), script.expected());
                }
            }
        }
    }

    private void addUniques(
            RedisAsyncCommands<String, String> commands, Slot slot, List<String> ids, List<Addition> sent) {
        for (int from = 0; from < ids.size(); from += IDS_A_COMMAND) {
            String[] some = ids.subList(from, Math.min(ids.size(), from + IDS_A_COMMAND))
                    .toArray(String[]::new);
            if (slot.counter().allTime()) {
                String key = keys.allTime(slot.counter());
                sent.add(new UniqueAddition(key, commands.pfadd(key, some)));
            }
            if (slot.counter().weekly()) {
                String key = keys.ofWeek(slot.counter(), slot.week());
                sent.add(new UniqueAddition(key, commands.pfadd(key, some)));
            }
        }
        if (slot.counter().weekly()) {
            String key = keys.ofWeek(slot.counter(), slot.week());
            sent.add(new UniqueAddition(key, commands.expire(key, EXPIRY)));
        }
    }

    private <N> void addOnce(
            RedisAsyncCommands<String, String> commands,
            String kind,
            String command,
            Map<Slot, N> amounts,
            Function<N, String> text,
            @Nullable Position position,
            List<Addition> sent) {
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
        String expected = kind.equals(RedisKeys.SUMS) ? NUMBER : WHOLE_NUMBER;
        sent.add(new ScriptAddition(names.get(0), expected, eval(commands, ADD_ONCE, names, arguments)));
    }

    private void addTotals(
            RedisAsyncCommands<String, String> commands,
            Map<Slot, Map<String, Long>> totals,
            @Nullable Position position,
            List<Addition> sent) {
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
        sent.add(new ScriptAddition(names.get(0), HASH, eval(commands, ADD_TOTALS_ONCE, names, arguments)));
    }

    private static RedisFuture<List<String>> eval(
            RedisAsyncCommands<String, String> commands, String script, List<String> names, List<String> arguments) {
        return commands.eval(
                script, ScriptOutputType.MULTI, names.toArray(String[]::new), arguments.toArray(String[]::new));
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

    /** Values, and the types of the keys: the value of a key that is not a string is missing, as if the key did not exist. */
    private record Values(RedisFuture<List<KeyValue<String, String>>> values, List<RedisFuture<String>> types) {}

    @Override
    public BigDecimal count(Collection<Counter> counters, int[] weeks) {
        List<Values> totals = new ArrayList<>();
        List<Values> sums = new ArrayList<>();
        List<Addition> moved = new ArrayList<>();
        redis.ask(commands -> {
            List<RedisFuture<?>> sent = new ArrayList<>();
            for (Counter counter : counters) {
                for (String[] names : countKeys(counter, weeks)) {
                    Values read = new Values(
                            commands.mget(names),
                            Arrays.stream(names).map(commands::type).toList());
                    (isSum(counter) ? sums : totals).add(read);
                    sent.add(read.values());
                    sent.addAll(read.types());
                }
                moveSums(commands, counter, weeks, moved);
            }
            moved.forEach(move -> sent.add(move.answer()));
            return sent;
        });
        moved.forEach(this::logRefused);
        BigDecimal count = BigDecimal.ZERO;
        for (Values read : totals) {
            count = count.add(added(read, WHOLE_NUMBER, text -> BigDecimal.valueOf(Long.parseLong(text))));
        }
        for (Values read : sums) {
            count = count.add(added(read, NUMBER, RedisMetricStore::decimal));
        }
        return count;
    }

    private BigDecimal added(Values read, String expected, Function<String, BigDecimal> number) {
        List<KeyValue<String, String>> values = Objects.requireNonNull(RedisConnection.answer(read.values()));
        BigDecimal count = BigDecimal.ZERO;
        for (int i = 0; i < values.size(); i++) {
            KeyValue<String, String> value = values.get(i);
            String type = RedisConnection.answer(read.types().get(i));
            if (value.hasValue()) {
                try {
                    count = count.add(number.apply(value.getValue()));
                } catch (NumberFormatException e) {
                    throw broken(value.getKey(), "another text", expected);
                }
            } else if (!"none".equals(type) && !"string".equals(type)) {
                throw broken(value.getKey(), "a key of type " + type, expected);
            }
        }
        return count;
    }

    private static BigDecimal decimal(String text) {
        BigDecimal decimal = new BigDecimal(text);
        if (Math.abs((long) decimal.scale()) > MAX_DIGITS || decimal.precision() > MAX_DIGITS) {
            throw new NumberFormatException("more than " + MAX_DIGITS + " digits");
        }
        return decimal;
    }

    private BrokenCounterException broken(String key, String found, String expected) {
        return new BrokenCounterException(redis.name() + ": the key " + key + " cannot be read: found " + found
                + ", expected " + expected + "; delete the key, or set it to such a value");
    }

    private static boolean isSum(Counter counter) {
        return counter.key().measure() instanceof Measure.Sum;
    }

    /** Returns the keys of each part of a count; those of one part are read in one step, because a sum may be moved meanwhile. */
    private List<String[]> countKeys(Counter counter, int[] weeks) {
        boolean sum = isSum(counter);
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
            RedisAsyncCommands<String, String> commands, Counter counter, int[] weeks, List<Addition> sent) {
        if (!isSum(counter)) {
            return;
        }
        if (weeks.length == 0) {
            moveSum(commands, RedisKeys.earlierSum(counter), keys.allTime(counter), 0, sent);
        }
        for (int week : weeks) {
            moveSum(
                    commands,
                    RedisKeys.earlierSum(counter, week),
                    keys.ofWeek(counter, week),
                    EXPIRY.toSeconds(),
                    sent);
        }
    }

    private void moveSum(
            RedisAsyncCommands<String, String> commands, String earlier, String key, long expiry, List<Addition> sent) {
        // A key outside the slot, such as an override, cannot be changed in the same step, so it is only read.
        if (!earlier.equals(key) && key.startsWith(RedisKeys.SUMS) && movedSums.add(earlier)) {
            sent.add(new ScriptAddition(
                    null, NUMBER, eval(commands, MOVE_SUM, List.of(earlier, key), List.of(String.valueOf(expiry)))));
        }
    }

    @Override
    public long unique(Collection<Counter> counters, int[] weeks) {
        String[] names = counters.stream()
                .flatMap(counter -> counterKeys(counter, weeks).stream())
                .toArray(String[]::new);
        List<RedisFuture<Long>> count = new ArrayList<>();
        redis.ask(commands -> {
            count.add(commands.pfcount(names));
            return count;
        });
        String reason = RedisConnection.refusal(count.get(0));
        if (reason != null) {
            throw brokenUnique(names, reason);
        }
        Long answer = RedisConnection.answer(count.get(0));
        return answer == null ? 0 : answer;
    }

    /** Determines which of the keys is broken. */
    private BrokenCounterException brokenUnique(String[] names, String reason) {
        List<RedisFuture<Long>> each = new ArrayList<>();
        redis.ask(commands -> {
            for (String name : names) {
                each.add(commands.pfcount(name));
            }
            return each;
        });
        for (int i = 0; i < names.length; i++) {
            if (RedisConnection.refusal(each.get(i)) != null) {
                return broken(names[i], "something else (" + reason + ")", HYPER_LOG_LOG);
            }
        }
        // The key was corrected in the meantime.
        return broken(String.join(" ", names), "something else (" + reason + ")", HYPER_LOG_LOG);
    }

    @Override
    public Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks) {
        List<String> names = new ArrayList<>();
        List<RedisFuture<Map<String, String>>> hashes = new ArrayList<>();
        redis.ask(commands -> {
            counters.forEach(counter -> names.addAll(counterKeys(counter, weeks)));
            names.forEach(key -> hashes.add(commands.hgetall(key)));
            return hashes;
        });
        Map<String, Long> totals = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String reason = RedisConnection.refusal(hashes.get(i));
            if (reason != null) {
                throw broken(names.get(i), "something else (" + reason + ")", HASH);
            }
            try {
                Objects.requireNonNull(RedisConnection.answer(hashes.get(i)))
                        .forEach((value, count) -> totals.merge(value, Long.valueOf(count), Long::sum));
            } catch (NumberFormatException e) {
                throw broken(names.get(i), "a hash with another value", HASH);
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
        redis.close();
    }
}
