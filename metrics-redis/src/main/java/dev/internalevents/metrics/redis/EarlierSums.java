package dev.internalevents.metrics.redis;

import dev.internalevents.definitions.Measure;
import dev.internalevents.metrics.Counter;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Moves the sums that an earlier version wrote to today's keys, each when it is first used. Safe for use by several
 * threads.
 */
final class EarlierSums {

    private final RedisKeys keys;
    private final Set<String> moved = ConcurrentHashMap.newKeySet();

    EarlierSums(RedisKeys keys) {
        this.keys = keys;
    }

    /**
     * Sends the commands that move the sums of a counter; none if it is not a sum, or was moved.
     *
     * @param weeks see {@link dev.internalevents.metrics.MetricStore#count}
     */
    List<Addition> move(RedisAsyncCommands<String, String> commands, Counter counter, int[] weeks) {
        List<Addition> sent = new ArrayList<>(0);
        if (!(counter.key().measure() instanceof Measure.Sum)) {
            return sent;
        }
        if (weeks.length == 0) {
            move(commands, RedisKeys.earlierSum(counter), keys.allTime(counter), 0, sent);
        }
        for (int week : weeks) {
            move(
                    commands,
                    RedisKeys.earlierSum(counter, week),
                    keys.ofWeek(counter, week),
                    RedisKeys.EXPIRY.toSeconds(),
                    sent);
        }
        return sent;
    }

    private void move(
            RedisAsyncCommands<String, String> commands, String earlier, String key, long expiry, List<Addition> sent) {
        // A key outside the slot, such as an override, cannot be changed in the same step, so it is only read.
        if (!earlier.equals(key) && key.startsWith(RedisKeys.SUMS) && moved.add(earlier)) {
            sent.add(new Addition.ByScript(
                    null,
                    KeyContent.NUMBER,
                    LuaScript.MOVE_SUM.send(commands, List.of(earlier, key), List.of(String.valueOf(expiry)))));
        }
    }
}
