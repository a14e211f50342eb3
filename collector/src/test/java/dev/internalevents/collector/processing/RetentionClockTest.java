package dev.internalevents.collector.processing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the clock is trusted. */
class RetentionClockTest {

    private static final Instant RIGHT = Instant.parse("2026-11-25T12:00:00Z");
    private static final Duration KEEP = Duration.ofDays(90);

    @TempDir
    Path folder;

    private Instant wall = RIGHT;
    private long nanos = 5;

    private RetentionClock open() {
        return new RetentionClock(new SmallFile(folder.resolve("clock")), KEEP, () -> wall, () -> nanos);
    }

    /** Checks the clock once a minute, as the processing thread does. */
    private void run(RetentionClock clock, Duration time) {
        for (long minutes = time.toMinutes(); minutes > 0; minutes--) {
            wall = wall.plusSeconds(60);
            nanos += 60_000_000_000L;
            assertThat(clock.isDue()).isTrue();
            clock.look(null);
            assertThat(clock.isDue()).isFalse();
        }
    }

    @Test
    void a_clock_that_runs_is_believed() {
        RetentionClock clock = open();
        clock.look(RIGHT.minusSeconds(60));

        run(clock, Duration.ofDays(3));

        assertThat(clock.now()).isEqualTo(RIGHT.plus(Duration.ofDays(3)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"2100-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-12-25T12:00:00Z", "2026-11-23T12:00:00Z"})
    void a_jump_while_it_runs_pauses_removal_for_24_hours_of_running_time(Instant wrong) {
        RetentionClock clock = open();
        clock.look(RIGHT);
        wall = wrong;
        nanos += 60_000_000_000L;
        clock.look(null);
        assertThat(clock.now()).isNull();

        run(clock, Duration.ofHours(24).minusMinutes(1));
        assertThat(clock.now()).isNull();
        run(clock, Duration.ofMinutes(1));

        assertThat(clock.now()).isEqualTo(wrong.plus(Duration.ofHours(24)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2100-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-12-25T12:00:00Z"})
    void a_start_under_a_wrong_clock_counts_and_so_does_the_return_to_the_right_one(Instant wrong) {
        RetentionClock clock = open();
        clock.look(null);
        clock.close();

        wall = wrong;
        clock = open();
        clock.look(RIGHT);
        assertThat(clock.now()).isNull();
        run(clock, Duration.ofHours(1));
        clock.close();

        wall = RIGHT.plus(Duration.ofHours(2));
        clock = open();
        clock.look(RIGHT);
        assertThat(clock.now()).isNull();
        run(clock, Duration.ofHours(24));

        assertThat(clock.now()).isEqualTo(RIGHT.plus(Duration.ofHours(26)));
    }

    @Test
    void the_first_start_of_a_folder_compares_with_its_newest_event() {
        wall = Instant.parse("2100-01-01T00:00:00Z");
        RetentionClock clock = open();

        clock.look(RIGHT);

        assertThat(clock.isPaused()).isTrue();
    }

    @Test
    void an_empty_folder_has_nothing_to_compare_with() {
        RetentionClock clock = open();

        clock.look(null);

        assertThat(clock.now()).isEqualTo(RIGHT);
    }

    @Test
    void hours_of_standstill_do_not_count_for_the_pause() {
        RetentionClock clock = open();
        clock.look(null);
        run(clock, Duration.ofMinutes(1));
        wall = wall.plus(Duration.ofDays(30));
        run(clock, Duration.ofHours(20));
        clock.close();

        wall = wall.plus(Duration.ofHours(23));
        clock = open();
        clock.look(null);
        assertThat(clock.isPaused()).isTrue();
        run(clock, Duration.ofHours(3));
        assertThat(clock.isPaused()).isTrue();
        run(clock, Duration.ofMinutes(61));

        assertThat(clock.isPaused()).isFalse();
    }

    @Test
    void a_collector_that_runs_for_some_hours_a_week_gets_through_a_pause() {
        RetentionClock clock = open();
        clock.look(null);
        int weeks = 0;
        for (; weeks < 10; weeks++) {
            clock.close();
            wall = wall.plus(Duration.ofDays(7));
            clock = open();
            clock.look(null);
            run(clock, Duration.ofHours(8));
            if (!clock.isPaused()) {
                break;
            }
        }

        assertThat(weeks).isEqualTo(2);
    }

    @Test
    void while_it_is_paused_deduplication_goes_by_the_earliest_time_that_may_be_right() {
        RetentionClock clock = open();
        clock.look(null);
        wall = Instant.parse("2100-01-01T00:00:00Z");
        nanos += 60_000_000_000L;
        clock.look(null);
        assertThat(clock.earliest()).isEqualTo(RIGHT);

        run(clock, Duration.ofHours(24));

        assertThat(clock.earliest()).isEqualTo(wall);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u0000\u0000\u0000", "3 ffffffff\nabc", "a folder"})
    void a_damaged_note_is_set_aside_and_the_newest_event_is_compared_with(String damage) throws IOException {
        Path file = folder.resolve("clock");
        if (damage.equals("a folder")) {
            Files.createDirectories(file.resolve("something"));
        } else {
            Files.writeString(file, damage);
        }
        wall = Instant.parse("2100-01-01T00:00:00Z");
        RetentionClock clock = open();

        clock.look(RIGHT);

        assertThat(clock.isPaused()).isTrue();
        assertThat(folder.resolve("clock.damaged")).exists();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void events_ahead_of_the_clock_age_by_when_they_were_found() {
        RetentionClock clock = open();
        clock.look(null);
        clock.foundAhead(10, KEEP);
        assertThat(clock.foundBefore(RIGHT)).isZero();
        assertThat(clock.foundBefore(RIGHT.plusSeconds(1))).isEqualTo(10);

        // More events found ahead of the clock every day, for almost three years, with restarts in between.
        for (int day = 1; day <= 1000; day++) {
            run(clock, Duration.ofMinutes(1));
            clock.close();
            wall = RIGHT.plus(Duration.ofDays(day)).minusSeconds(day);
            clock = open();
            clock.look(null);
            clock.foundAhead(10 + day, KEEP);
        }

        long found = clock.foundBefore(wall.minus(KEEP));
        assertThat(found).isBetween(905L, 920L);
        assertThat(folder.resolve("clock").toFile().length()).isLessThan(4096);
    }
}
