package dev.internalevents.pipeline;

import dev.internalevents.protocol.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes times in UTC with milliseconds, as in {@code 2026-11-23 21:00:10.500}. */
final class TsvTime {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private static final byte[] PATTERN = "0000-00-00 00:00:00.000".getBytes(StandardCharsets.US_ASCII);
    private static final int DAY_SECONDS = 24 * 60 * 60;

    private TsvTime() {}

    /** Appends a time. A year before 0 or after 9999 is written with its sign. */
    static void write(Instant time, JsonWriter out) {
        if (!AtomicType.hasFourDigitYear(time)) {
            byte[] text = FORMAT.format(time).getBytes(StandardCharsets.US_ASCII);
            out.raw(text, 0, text.length);
            return;
        }
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(time.getEpochSecond(), DAY_SECONDS));
        int second = Math.floorMod(time.getEpochSecond(), DAY_SECONDS);
        int at = out.length();
        out.raw(PATTERN, 0, PATTERN.length);
        byte[] bytes = out.array();
        digits(date.getYear(), bytes, at + 3, 4);
        digits(date.getMonthValue(), bytes, at + 6, 2);
        digits(date.getDayOfMonth(), bytes, at + 9, 2);
        digits(second / 3600, bytes, at + 12, 2);
        digits(second / 60 % 60, bytes, at + 15, 2);
        digits(second % 60, bytes, at + 18, 2);
        digits(time.getNano() / 1_000_000, bytes, at + 22, 3);
    }

    /** Replaces zeros by the digits of a number, the last of which has the given index. */
    private static void digits(int number, byte[] bytes, int last, int count) {
        int left = number;
        for (int i = last; i > last - count; i--) {
            bytes[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }
}
