package dev.internalevents.metrics;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * ISO weeks in UTC as whole numbers: week 0 begins on Monday, 29 December 1969, and each week's number is one more than
 * the one before.
 */
public final class Week {

    /** How many weeks, this one among them, a store keeps by themselves: {@value}. */
    public static final int KEPT = 6;

    private static final long MILLIS_A_DAY = 86_400_000L;
    private static final int DAYS_FROM_MONDAY = 3;

    private Week() {}

    /** The week of a time in milliseconds since 1970. */
    public static int of(long epochMillis) {
        return (int) Math.floorDiv(Math.floorDiv(epochMillis, MILLIS_A_DAY) + DAYS_FROM_MONDAY, 7L);
    }

    /** The Monday on which a week begins. */
    public static LocalDate monday(int week) {
        return LocalDate.ofEpochDay(7L * week - DAYS_FROM_MONDAY);
    }

    /** A week as ISO 8601 numbers it within its year, {@code 2026-48}. */
    public static String label(int week) {
        LocalDate thursday = monday(week).with(DayOfWeek.THURSDAY);
        return String.format(
                Locale.ROOT, "%d-%02d", thursday.getYear(), thursday.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
    }

    /** This many weeks, the last of which is given. */
    static int[] ending(int last, int count) {
        return IntStream.rangeClosed(last - count + 1, last).toArray();
    }
}
