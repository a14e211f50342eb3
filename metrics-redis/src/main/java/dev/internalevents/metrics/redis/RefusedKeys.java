package dev.internalevents.metrics.redis;

import dev.internalevents.metrics.MetricStoreException;
import io.lettuce.core.RedisFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each key that cannot be counted in because of its value, once. Safe for use by several threads. */
final class RefusedKeys {

    private static final Logger LOG = LoggerFactory.getLogger(RedisMetricStore.class);

    /** The same errors as in common.lua, plus those of a HyperLogLog. */
    private static final Pattern OF_KEY =
            Pattern.compile("WRONGTYPE|INVALIDOBJ|not an integer|not a valid float|would overflow|NaN or Infinity");

    private final RedisConnection redis;
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    RefusedKeys(RedisConnection redis) {
        this.redis = redis;
    }

    /** Returns whether an error of Redis is about the value of one key; every other error affects all keys. */
    static boolean isOfKey(@Nullable String error) {
        return error != null && OF_KEY.matcher(error).find();
    }

    /** Logs that nothing is added to a key. May block. */
    void log(String key, String reason, KeyContent expected) {
        if (logged.add(key)) {
            LOG.warn(
                    "{}: nothing is added to the key {}: found {} ({}), expected {}; delete the key, or set it to"
                            + " such a value, and it is counted again. Other keys are not affected",
                    redis.name(),
                    key,
                    type(key),
                    reason,
                    expected);
        }
    }

    /** Logs that the key of a position was replaced. May block. */
    void logPosition(String key, String reason) {
        if (logged.add(key)) {
            LOG.warn(
                    "{}: the key {} does not contain the position up to which the queue was counted ({}), expected a"
                            + " position such as 2:40; it is replaced, and a batch counts twice if it was counted before",
                    redis.name(),
                    key,
                    reason);
        }
    }

    private String type(String key) {
        List<RedisFuture<String>> type = new ArrayList<>();
        try {
            redis.ask(commands -> {
                type.add(commands.type(key));
                return type;
            });
            return "a key of type " + RedisConnection.answer(type.get(0));
        } catch (MetricStoreException e) {
            return "something else";
        }
    }
}
