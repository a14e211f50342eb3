package dev.internalevents.metrics.redis;

import dev.internalevents.definitions.Measure;
import dev.internalevents.metrics.BrokenCounterException;
import dev.internalevents.metrics.Counter;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Reads counters, each call in one round trip. Safe for use by several threads. */
final class CounterReader {

    /** A limit above the digits of any number of Redis; {@code 1e999999999} would exhaust memory when it is added. */
    private static final int MAX_DIGITS = 5_000;

    private final RedisConnection redis;
    private final RedisKeys keys;
    private final EarlierSums earlierSums;
    private final RefusedKeys refusedKeys;

    CounterReader(RedisConnection redis, RedisKeys keys, EarlierSums earlierSums, RefusedKeys refusedKeys) {
        this.redis = redis;
        this.keys = keys;
        this.earlierSums = earlierSums;
        this.refusedKeys = refusedKeys;
    }

    /**
     * Values, and the types of the keys: the value of a key that is not a string is missing, as if the key did not
     * exist.
     */
    private record Values(RedisFuture<List<KeyValue<String, String>>> values, List<RedisFuture<String>> types) {

        private static Values read(RedisAsyncCommands<String, String> commands, String... names) {
            return new Values(
                    commands.mget(names),
                    Arrays.stream(names).map(commands::type).toList());
        }
    }

    /** As {@link dev.internalevents.metrics.MetricStore#count}. */
    BigDecimal count(Collection<Counter> counters, int[] weeks) {
        List<Values> totals = new ArrayList<>();
        List<Values> sums = new ArrayList<>();
        List<Addition> moved = new ArrayList<>();
        redis.ask(commands -> {
            List<RedisFuture<?>> sent = new ArrayList<>();
            for (Counter counter : counters) {
                for (String[] names : countKeys(counter, weeks)) {
                    Values read = Values.read(commands, names);
                    (isSum(counter) ? sums : totals).add(read);
                    sent.add(read.values());
                    sent.addAll(read.types());
                }
                moved.addAll(earlierSums.move(commands, counter, weeks));
            }
            moved.forEach(move -> sent.add(move.answer()));
            return sent;
        });
        moved.forEach(move -> move.logRefused(refusedKeys));
        BigDecimal count = BigDecimal.ZERO;
        for (Values read : totals) {
            count = count.add(added(read, KeyContent.WHOLE_NUMBER, text -> BigDecimal.valueOf(Long.parseLong(text))));
        }
        for (Values read : sums) {
            count = count.add(added(read, KeyContent.NUMBER, CounterReader::decimal));
        }
        return count;
    }

    /**
     * Returns the keys of each part of a count; those of one part are read in one step, because a sum may be moved
     * meanwhile.
     */
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

    private static boolean isSum(Counter counter) {
        return counter.key().measure() instanceof Measure.Sum;
    }

    private BigDecimal added(Values read, KeyContent expected, Function<String, BigDecimal> number) {
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

    /** As {@link dev.internalevents.metrics.MetricStore#unique}. */
    long unique(Collection<Counter> counters, int[] weeks) {
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
                return broken(names[i], "something else (" + reason + ")", KeyContent.HYPER_LOG_LOG);
            }
        }
        // The key was corrected in the meantime.
        return broken(String.join(" ", names), "something else (" + reason + ")", KeyContent.HYPER_LOG_LOG);
    }

    /** As {@link dev.internalevents.metrics.MetricStore#totalsBy}. */
    Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks) {
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
                throw broken(names.get(i), "something else (" + reason + ")", KeyContent.HASH);
            }
            try {
                Objects.requireNonNull(RedisConnection.answer(hashes.get(i)))
                        .forEach((value, count) -> totals.merge(value, Long.valueOf(count), Long::sum));
            } catch (NumberFormatException e) {
                throw broken(names.get(i), "a hash with another value", KeyContent.HASH);
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

    private BrokenCounterException broken(String key, String found, KeyContent expected) {
        return new BrokenCounterException(redis.name() + ": the key " + key + " cannot be read: found " + found
                + ", expected " + expected + "; delete the key, or set it to such a value");
    }
}
