package dev.internalevents.metrics;

import java.util.HashMap;
import java.util.Map;

/**
 * The limits of totals by value, so that values that are made up cannot exhaust memory: {@value #MAX_VALUES} values of
 * {@value #MAX_LENGTH} characters each, for each counter and week. Events with a longer value, and those with a further one,
 * are counted under {@value #OTHER}.
 */
public final class TotalsByValue {

    /** How many values have a total of their own: {@value}. */
    public static final int MAX_VALUES = 1_000;

    /** The characters of a value at most: {@value}. */
    public static final int MAX_LENGTH = 256;

    /** Stands for all values beyond the limits: {@value}. */
    public static final String OTHER = "(other)";

    private TotalsByValue() {}

    /** The value under which an event is counted: its own, or {@value #OTHER} if that is too long. */
    static String key(String value) {
        return value.length() <= MAX_LENGTH ? value : OTHER;
    }

    /** All totals together. */
    static long sum(Map<String, Long> totals) {
        return totals.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Adds the totals of one map to those of another. */
    public static void addAll(Map<String, Long> into, Map<String, Long> totals) {
        totals.forEach((value, count) -> into.merge(value, count, Long::sum));
    }

    /** The totals of several maps. */
    public static Map<String, Long> added(Iterable<Map<String, Long>> parts) {
        Map<String, Long> all = new HashMap<>();
        parts.forEach(part -> addAll(all, part));
        return all;
    }
}
