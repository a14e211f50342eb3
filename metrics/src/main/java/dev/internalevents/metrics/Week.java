package dev.internalevents.metrics;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.stream.IntStream;

/** ISO weeks in UTC as consecutive whole numbers: week 0 begins on Monday, 29 December 1969. */
public final class Week {

    /** The number of weeks, including the current one, that a store retains separately: {@value}. */
    public static final int KEPT = 6;

    private static final long MILLIS_A_DAY = 86_400_000L;
    private static final int DAYS_FROM_MONDAY = 3;

    private Week() {}

    /** Returns the week of a time in milliseconds since 1970. */
    public static int of(long epochMillis) {
        return (int) Math.floorDiv(Math.floorDiv(epochMillis, MILLIS_A_DAY) + DAYS_FROM_MONDAY, 7L);
    }

    /** Returns the Monday on which a week begins. */
    public static LocalDate monday(int week) {
        return LocalDate.ofEpochDay(7L * week - DAYS_FROM_MONDAY);
    }

    /** Returns a week by its ISO 8601 year and number, {@code 2026-48}. */
    public static String label(int week) {
        LocalDate thursday = monday(week).with(DayOfWeek.THURSDAY);
        return String.format(
                Locale.ROOT, "%d-%02d", thursday.getYear(), thursday.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
    }

    /** Returns this many weeks, up to and including the last one. */
    static int[] ending(int last, int count) {
        return IntStream.rangeClosed(last - count + 1, last).toArray();
    }
}
