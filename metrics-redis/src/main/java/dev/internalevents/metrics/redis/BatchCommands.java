package dev.internalevents.metrics.redis;

import dev.internalevents.metrics.Amounts;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.Increments.Slot;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.TotalsByValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends the commands that add one batch. Its totals and its sums are each added by a script together with the batch's
 * position, so that a batch whose answer was lost counts once. Adding to a HyperLogLog twice changes nothing. Not
 * thread-safe.
 */
final class BatchCommands {

    private static final int IDS_A_COMMAND = 1_000;
    private static final String NEVER = "0";
    private static final String EXPIRY_SECONDS = String.valueOf(RedisKeys.EXPIRY.toSeconds());

    private final RedisAsyncCommands<String, String> commands;
    private final RedisKeys keys;
    private final EarlierSums earlierSums;
    private final @Nullable Position position;
    private final List<Addition> sent = new ArrayList<>();

    /** @param position the end of the batch; null if batches have no order */
    BatchCommands(
            RedisAsyncCommands<String, String> commands,
            RedisKeys keys,
            EarlierSums earlierSums,
            @Nullable Position position) {
        this.commands = commands;
        this.keys = keys;
        this.earlierSums = earlierSums;
        this.position = position;
    }

    /** Sends the commands, and returns them. */
    List<Addition> send(Increments batch) {
        batch.uniques().forEach(this::addUniques);
        addOnce(RedisKeys.TOTALS, "INCRBY", KeyContent.WHOLE_NUMBER, batch.totals(), String::valueOf);
        addSums(batch.sums());
        addTotalsByValue(batch.totalsBy());
        return sent;
    }

    private void addUniques(Slot slot, Set<String> values) {
        List<String> ids = List.copyOf(values);
        for (int from = 0; from < ids.size(); from += IDS_A_COMMAND) {
            String[] some = ids.subList(from, Math.min(ids.size(), from + IDS_A_COMMAND))
                    .toArray(String[]::new);
            if (slot.counter().allTime()) {
                String key = keys.allTime(slot.counter());
                sent.add(new Addition.OfUniques(key, commands.pfadd(key, some)));
            }
            if (slot.counter().weekly()) {
                String key = keys.ofWeek(slot.counter(), slot.week());
                sent.add(new Addition.OfUniques(key, commands.pfadd(key, some)));
            }
        }
        if (slot.counter().weekly()) {
            String key = keys.ofWeek(slot.counter(), slot.week());
            sent.add(new Addition.OfUniques(key, commands.expire(key, RedisKeys.EXPIRY)));
        }
    }

    private void addSums(Map<Slot, BigDecimal> sums) {
        sums.keySet().forEach(slot -> {
            sent.addAll(earlierSums.move(commands, slot.counter(), MetricStore.ALL_TIME));
            sent.addAll(earlierSums.move(commands, slot.counter(), new int[] {slot.week()}));
        });
        addOnce(RedisKeys.SUMS, "INCRBYFLOAT", KeyContent.NUMBER, sums, Amounts::plain);
    }

    private <N> void addOnce(
            String kind, String command, KeyContent expected, Map<Slot, N> amounts, Function<N, String> text) {
        if (amounts.isEmpty()) {
            return;
        }
        List<String> names = new ArrayList<>();
        names.add(position == null ? kind + "applied" : RedisKeys.position(kind, position.sequence()));
        List<String> arguments = positionArguments();
        arguments.add(command);
        amounts.forEach((slot, amount) -> {
            if (slot.counter().allTime()) {
                names.add(keys.allTime(slot.counter()));
                arguments.addAll(List.of(text.apply(amount), NEVER));
            }
            if (slot.counter().weekly()) {
                names.add(keys.ofWeek(slot.counter(), slot.week()));
                arguments.addAll(List.of(text.apply(amount), EXPIRY_SECONDS));
            }
        });
        sent.add(new Addition.ByScript(names.get(0), expected, LuaScript.ADD_ONCE.send(commands, names, arguments)));
    }

    private void addTotalsByValue(Map<Slot, Map<String, Long>> totals) {
        if (totals.isEmpty()) {
            return;
        }
        List<String> names = new ArrayList<>();
        names.add(position == null ? RedisKeys.UNIQUES + "applied-totals" : RedisKeys.position(position.sequence()));
        List<String> arguments = positionArguments();
        arguments.add(String.valueOf(TotalsByValue.MAX_VALUES));
        arguments.add(TotalsByValue.OTHER);
        totals.forEach((slot, values) -> values.forEach((value, count) -> {
            if (slot.counter().allTime()) {
                names.add(keys.allTime(slot.counter()));
                arguments.addAll(List.of(value, String.valueOf(count), NEVER));
            }
            if (slot.counter().weekly()) {
                names.add(keys.ofWeek(slot.counter(), slot.week()));
                arguments.addAll(List.of(value, String.valueOf(count), EXPIRY_SECONDS));
            }
        }));
        sent.add(new Addition.ByScript(
                names.get(0), KeyContent.HASH, LuaScript.ADD_TOTALS_ONCE.send(commands, names, arguments)));
    }

    private List<String> positionArguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add(position == null ? "-1" : String.valueOf(position.number()));
        arguments.add(position == null ? "-1" : String.valueOf(position.offset()));
        return arguments;
    }
}
