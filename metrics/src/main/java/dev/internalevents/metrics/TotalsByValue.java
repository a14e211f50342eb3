package dev.internalevents.metrics;

import java.util.HashMap;
import java.util.Map;

/**
 * The limits of totals by value, so that arbitrary values cannot exhaust the memory: {@value #MAX_VALUES} values of at
 * most {@value #MAX_LENGTH} characters for each counter and week. Events with a longer value, or with a new value
 * beyond the limit, are counted under {@value #OTHER}.
 */
public final class TotalsByValue {

    /** The number of values that have their own total: {@value}. */
    public static final int MAX_VALUES = 1_000;

    /** The maximum length of a value in characters: {@value}. */
    public static final int MAX_LENGTH = 256;

    /** Stands for all values beyond the limits: {@value}. */
    public static final String OTHER = "(other)";

    private TotalsByValue() {}

    /** Returns the value to count an event under: its own, or {@value #OTHER} if that is too long. */
    static String key(String value) {
        return value.length() <= MAX_LENGTH ? value : OTHER;
    }

    /** Returns the sum of all totals. */
    static long sum(Map<String, Long> totals) {
        return totals.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Adds the totals of one map to those of another. */
    public static void addAll(Map<String, Long> into, Map<String, Long> totals) {
        totals.forEach((value, count) -> into.merge(value, count, Long::sum));
    }

    /** Returns the totals of several maps, added up. */
    public static Map<String, Long> added(Iterable<Map<String, Long>> parts) {
        Map<String, Long> all = new HashMap<>();
        parts.forEach(part -> addAll(all, part));
        return all;
    }
}
