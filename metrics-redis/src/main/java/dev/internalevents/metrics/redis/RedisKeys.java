package dev.internalevents.metrics.redis;

import dev.internalevents.definitions.Measure;
import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Week;
import java.util.UUID;

/** Where GitLab keeps counters. The part in braces puts all of a kind into one slot of a cluster. */
final class RedisKeys {

    static final String TOTALS = "{event_counters}_";
    static final String SUMS = "{event_sums}_";
    static final String UNIQUES = "{hll_counters}_";

    private RedisKeys() {}

    /** The counter for all time. */
    static String allTime(Counter counter) {
        Measure measure = counter.key().measure();
        if (measure instanceof Measure.Unique unique) {
            // user.id is the property user there
            String property = unique.by().term().replaceFirst("\\.id$", "");
            return UNIQUES + counter.key().path() + '-' + property;
        }
        return (measure instanceof Measure.Sum ? SUMS : TOTALS) + counter.key().path();
    }

    /** The counter for an ISO week, {@code …-2026-48}. */
    static String ofWeek(Counter counter, int week) {
        return allTime(counter) + '-' + Week.label(week);
    }

    /** How far a queue has been applied to one kind of counters. */
    static String position(String kind, UUID queue) {
        return kind + "applied:" + queue;
    }
}
