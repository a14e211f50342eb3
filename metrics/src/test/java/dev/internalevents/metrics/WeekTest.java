package dev.internalevents.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeekTest {

    @ParameterizedTest
    @CsvSource({
        "1969-12-29T00:00:00, 1970-01",
        "2026-01-01T00:00:00, 2026-01",
        "2024-12-30T00:00:00, 2025-01",
        "2021-01-03T23:59:59, 2020-53",
        "2021-01-04T00:00:00, 2021-01",
        "2023-10-18T12:00:00, 2023-42",
    })
    void has_the_label_of_iso_8601(String time, String label) {
        assertThat(Week.label(Week.of(
                        LocalDateTime.parse(time).toInstant(ZoneOffset.UTC).toEpochMilli())))
                .isEqualTo(label);
    }

    @Property
    void agrees_with_the_calendar(@ForAll @LongRange(min = -80_000, max = 80_000) long day) {
        LocalDate date = LocalDate.ofEpochDay(day);
        int week = Week.of(date.atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli() + 1);
        assertThat(Week.label(week) + "-" + date.getDayOfWeek().getValue())
                .isEqualTo(date.format(DateTimeFormatter.ISO_WEEK_DATE).replace("W", ""));
        assertThat(Week.monday(week)).isBetween(date.minusDays(6), date);
    }
}
