package dev.internalevents.metrics.redis;

import dev.internalevents.definitions.Measure;
import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.CounterKey;
import dev.internalevents.metrics.Week;
import java.time.Duration;
import java.util.UUID;

/**
 * The keys of counters, as GitLab uses them. The part in braces puts all counters of a kind into one slot of a cluster.
 */
final class RedisKeys {

    /** How long a weekly counter lives. */
    static final Duration EXPIRY = Duration.ofDays(7L * Week.KEPT);

    static final String TOTALS = "{event_counters}_";
    static final String SUMS = "{event_sums}_";

    /** The prefix of unique counts, and of the hashes of totals by value. */
    static final String UNIQUES = "{hll_counters}_";

    private static final String SUM = "-operator:" + Measure.SUM_OPERATOR;
    private static final String TOTAL_BY = "-operator:" + Measure.TOTAL_OPERATOR;

    private final RedisKeyOverrides overrides;

    RedisKeys(RedisKeyOverrides overrides) {
        this.overrides = overrides;
    }

    /** Returns the key of the all-time counter. */
    String allTime(Counter counter) {
        return overrides.key(kind(counter) + path(counter));
    }

    /** Returns the key of the counter for an ISO week, {@code …-2026-48}. */
    String ofWeek(Counter counter, int week) {
        return overrides.key(kind(counter) + path(counter) + '-' + Week.label(week));
    }

    /** Returns the key under which earlier versions of this store wrote a sum. */
    static String earlierSum(Counter counter) {
        return SUMS + counter.key().path();
    }

    /** Returns the key under which earlier versions of this store wrote the sum of a week. */
    static String earlierSum(Counter counter, int week) {
        return earlierSum(counter) + '-' + Week.label(week);
    }

    private static String kind(Counter counter) {
        Measure measure = counter.key().measure();
        if (measure instanceof Measure.Unique || measure instanceof Measure.TotalBy) {
            return UNIQUES;
        }
        return measure instanceof Measure.Sum ? SUMS : TOTALS;
    }

    private String path(Counter counter) {
        CounterKey key = counter.key();
        Measure measure = key.measure();
        String operator = measure instanceof Measure.Sum ? SUM : measure instanceof Measure.TotalBy ? TOTAL_BY : "";
        String filter = key.filter().isEmpty() ? "" : "-filter:[" + key.filter() + "]";
        String property = "";
        if (measure instanceof Measure.Unique unique) {
            property = "-" + unique.by().property();
        } else if (measure instanceof Measure.TotalBy total) {
            property = "-" + total.by().property();
        }
        return overrides.path(key.event() + operator + filter + property);
    }

    /** Returns the key of the position up to which a queue was applied to one kind of counters. */
    static String position(String kind, UUID queue) {
        return kind + "applied:" + queue;
    }

    /** Returns the key of the position up to which a queue was applied to the totals by value. */
    static String position(UUID queue) {
        return UNIQUES + "applied-totals:" + queue;
    }
}
