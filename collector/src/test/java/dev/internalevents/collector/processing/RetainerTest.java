package dev.internalevents.collector.processing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Events;
import dev.internalevents.store.MemoryEventStore;
import dev.internalevents.store.Retention;
import dev.internalevents.store.duckdb.DuckDbEventStore;
import dev.internalevents.testkit.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What retention removes with correct and wrong clocks. */
@Tag("slow")
class RetainerTest {

    private static final Instant RIGHT = Instant.parse("2026-11-25T12:00:00Z");
    private static final Retention KEEP_90_DAYS = new Retention(Duration.ofDays(90), 0, Duration.ofDays(30));
    private static final List<Instant> WRONG =
            List.of(Instant.parse("2100-01-01T00:00:00Z"), Instant.EPOCH, RIGHT.plus(Duration.ofDays(30)));

    @TempDir
    static Path files;

    @TempDir
    Path folder;

    private Instant wall = RIGHT;
    private long nanos;
    private long events;

    static Stream<EventStore> stores() throws IOException {
        return Stream.of(new MemoryEventStore(1_000, 1 << 20), inFile());
    }

    private static DuckDbEventStore inFile() throws IOException {
        Path file = Files.createTempDirectory(files, "store").resolve("events.duckdb");
        return DuckDbEventStore.inFile(file, DuckDbEventStore.Settings.DEFAULTS);
    }

    private Retainer start(EventStore store, Retention retention) {
        Retainer retainer = new Retainer(folder, retention, () -> wall, () -> nanos);
        retainer.opened(store);
        assertThat(retainer.look(store, true))
                .satisfiesAnyOf(
                        time -> assertThat(time).isNull(),
                        time -> assertThat(time).isEqualTo(wall));
        return retainer;
    }

    private void run(Retainer retainer, EventStore store, Duration time) {
        for (long hours = time.toHours(); hours > 0; hours--) {
            wall = wall.plus(Duration.ofHours(1));
            nanos += Duration.ofHours(1).toNanos();
            retainer.look(store, false);
        }
    }

    /** Receives ten events, one of them failed, at the clock's time. */
    private void receive(EventStore store) {
        Events ten = new Events(events);
        for (int i = 0; i < 9; i++) {
            ten.add(wall, null, Map.of("e", "pv"));
        }
        ten.add(wall, null, Map.of("e", "nonsense"));
        // A transaction may end before an event that needs a new column.
        while (ten.peek() != null) {
            store.write(ten);
        }
        events += 10;
    }

    private static List<Long> numbers(EventStore store) {
        return store.find(EventQuery.ALL, 0, 1_000).stream()
                .map(event -> event.number())
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void starts_under_wrong_clocks_remove_nothing_and_later_all_that_is_old_goes(EventStore store) {
        receive(store);
        start(store, KEEP_90_DAYS).close();
        for (Instant wrong : WRONG) {
            wall = wrong;
            Retainer retainer = start(store, KEEP_90_DAYS);
            receive(store);
            run(retainer, store, Duration.ofHours(2));
            assertThat(retainer.isPaused()).isTrue();
            retainer.close();
        }
        wall = RIGHT.plus(Duration.ofHours(8));
        Retainer retainer = start(store, KEEP_90_DAYS);
        assertThat(store.summary(null).total()).isEqualTo(40);

        run(retainer, store, Duration.ofHours(24));

        // Only the ten events of 1970 are known to be older than 90 days.
        assertThat(retainer.old()).isEqualTo(10);
        assertThat(numbers(store)).hasSize(30).doesNotContain(21L, 30L).contains(1L, 11L, 20L, 31L, 40L);

        // Events received with a clock of 2100 are removed 90 days after they were found.
        run(retainer, store, Duration.ofDays(89));
        assertThat(numbers(store)).contains(11L, 20L);
        run(retainer, store, Duration.ofDays(2));
        assertThat(numbers(store)).doesNotContain(1L, 11L, 20L);
        run(retainer, store, Duration.ofDays(31));
        assertThat(store.summary(null).total()).isZero();
        assertThat(retainer.old()).isEqualTo(40);
        store.close();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void under_a_right_clock_what_is_old_goes_at_the_first_look(EventStore store) {
        wall = RIGHT.minus(Duration.ofDays(91));
        receive(store);
        wall = RIGHT;
        receive(store);

        Retainer retainer = start(store, KEEP_90_DAYS);

        assertThat(numbers(store)).hasSize(10).contains(11L, 20L);
        assertThat(retainer.old()).isEqualTo(10);
        assertThat(retainer.isPaused()).isFalse();
        if (store instanceof DuckDbEventStore) {
            assertThat(retainer.requests()).isEqualTo(1);
        }
        store.close();
    }

    @Test
    void a_time_that_is_shorter_than_every_event_is_old_removes_all_and_counts_it() throws IOException {
        EventStore store = inFile();
        receive(store);
        wall = RIGHT.plusSeconds(30);

        try (CapturedLog log = CapturedLog.of(Retainer.class)) {
            Retainer retainer = start(store, new Retention(Duration.ofSeconds(20), 0, Duration.ofDays(30)));

            assertThat(store.summary(null).total()).isZero();
            assertThat(retainer.old()).isEqualTo(10);
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("--keep 20s removed every event of the store, 10 of them"))
                    .anyMatch(line -> line.contains("event(s) older than 20s (--keep)"));
        }
        store.close();
    }
}
