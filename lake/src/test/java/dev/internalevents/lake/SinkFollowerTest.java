package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.sink.RetriedEvents;
import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.Events;
import dev.internalevents.store.MemoryEventStore;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What follows a store and writes to a lake. */
class SinkFollowerTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    @TempDir
    private Path folder;

    private final MemoryEventStore store = new MemoryEventStore(100_000, 1 << 30);
    private final EventSinks.Owner owner = new EventSinks.Owner(UUID.randomUUID(), "host", "/data");
    private final AtomicBoolean away = new AtomicBoolean();

    private SinkFollower follower;

    @BeforeEach
    void start() {
        follower = SinkFollower.start(
                last -> {
                    if (away.get()) {
                        throw new SinkException("lake: it is away");
                    }
                    EventSink sink = EventSinks.find().open(SinkSettings.in(folder), owner, key -> Optional.empty());
                    return new SinkFollower.Opened(sink, sink.place());
                },
                new SinkFollower.Settings(Duration.ofMillis(100), 1_000_000),
                new RetriedEvents(folder),
                null);
    }

    @AfterEach
    void close() {
        follower.close();
    }

    /** Stores events that were received then, and returns them. */
    private List<StoredEvent> store(Instant received, int count) {
        Events events = new Events(store.summary(null).last());
        for (int i = 0; i < count; i++) {
            events.add(received, null, Map.of("e", "se", "se_ca", "c", "se_ac", "a"));
        }
        store.write(events);
        return events.events();
    }

    private void storeAndHandOver(int count) {
        Events events = made(count, "a");
        pass(events);
        store.write(events);
        follower.input().commit();
    }

    /** Passes the events of a transaction that is not in the store yet. */
    private void pass(Events events) {
        follower.input().begin(store.summary(null).last());
        events.events().forEach(event -> follower.input().add(event, 1_000));
    }

    private Events made(int count, String action) {
        Events events = new Events(store.summary(null).last());
        for (int i = 0; i < count; i++) {
            events.add(NOW, null, Map.of("e", "se", "se_ca", "c", "se_ac", action));
        }
        return events;
    }

    private List<Long> written() {
        Path good = folder.resolve("good_events");
        return new FolderTable(good).exists() ? Tables.numbers(good) : List.of();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void events_that_were_handed_over_and_events_that_were_missed_are_written_in_order() {
        store(NOW, 3);
        follower.opened(store);
        storeAndHandOver(2);
        // Stored without being handed over, as if there had been no room.
        store(NOW, 2);
        storeAndHandOver(3);

        await().atMost(LONG).until(() -> follower.place() == 10);

        assertThat(written()).isEqualTo(upTo(10));
        assertThat(follower.behind()).isZero();
        assertThat(follower.lastCommit()).isNotNull();
        assertThat(follower.trouble()).isNull();
    }

    @Test
    void events_of_a_transaction_are_in_the_lake_only_after_it_is_in_the_store() {
        follower.opened(store);
        storeAndHandOver(1);
        await().atMost(LONG).until(() -> follower.place() == 1);
        Events events = made(1_000, "a");
        pass(events);
        Instant before = follower.lastCommit();
        assertThat(follower.place()).isEqualTo(1);

        store.write(events);
        follower.input().commit();

        await().atMost(LONG).until(() -> follower.place() == 1_001);
        assertThat(written()).isEqualTo(upTo(1_001));
        assertThat(follower.lastCommit()).isAfter(before);
    }

    @Test
    void events_of_a_transaction_that_failed_are_never_in_the_lake() {
        follower.opened(store);
        await().atMost(LONG).until(() -> follower.trouble() == null);
        pass(made(1_000, "failed"));
        follower.input().fail();
        storeAndHandOver(3);
        storeAndHandOver(600);

        await().atMost(LONG).until(() -> follower.place() == 603);
        assertThat(written()).isEqualTo(upTo(603));
        assertThat(actions()).containsOnly("a");
    }

    @RepeatedTest(3)
    void transactions_of_all_sizes_are_written_once_though_some_fail_and_the_lake_is_away_at_times() {
        Random random = new Random();
        long seed = random.nextLong();
        random.setSeed(seed);
        follower.opened(store);
        for (int i = 0; i < 60; i++) {
            int count = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(random.nextBoolean() ? 10 : 600);
            away.set(random.nextInt(5) == 0);
            switch (random.nextInt(4)) {
                case 0 -> pass(made(count, "failed")); // The next one begins without its end.
                case 1 -> {
                    pass(made(count, "failed"));
                    follower.input().fail();
                }
                default -> storeAndHandOver(count);
            }
        }
        away.set(false);
        storeAndHandOver(1);
        long last = store.summary(null).last();

        await().atMost(LONG).until(() -> follower.place() == last);
        assertThat(written()).as("seed " + seed).isEqualTo(upTo(last));
        assertThat(actions()).as("seed " + seed).containsOnly("a");
    }

    private List<String> actions() {
        return Tables.rows(folder.resolve("good_events")).stream()
                .map(row -> String.valueOf(row.getField("se_action")))
                .distinct()
                .toList();
    }

    @Test
    void a_close_commits_what_was_handed_over() {
        follower.opened(store);
        await().atMost(LONG).until(() -> follower.trouble() == null);
        storeAndHandOver(5);
        follower.close();

        assertThat(written()).isEqualTo(upTo(5));
    }

    @Test
    void a_close_right_after_the_opening_commits_every_batch_that_was_handed_over() {
        follower.opened(store);
        for (int i = 0; i < 20; i++) {
            storeAndHandOver(3);
        }
        follower.close();

        assertThat(written()).isEqualTo(upTo(60));
    }

    @Test
    void events_that_are_not_in_the_lake_may_be_removed_after_seven_days() {
        away.set(true);
        follower.opened(store);
        store(NOW.minus(Duration.ofDays(9)), 1);
        store(NOW.minus(Duration.ofDays(8)), 2);
        store(NOW.minus(Duration.ofDays(6)), 4);

        assertThat(follower.removable(store, NOW)).isEqualTo(3);
        assertThat(follower.removable(store, null)).isZero();
        assertThat(follower.unwritten(store, 3)).isEqualTo(3);
        await().atMost(LONG).until(() -> follower.failures() > 0);
        assertThat(follower.trouble()).isEqualTo("lake: it is away");

        follower.removed(3);

        assertThat(follower.missed()).isEqualTo(3);
    }

    /** Stores a failed event, and returns its number. */
    private long storeFailed() {
        Events events = new Events(store.summary(null).last());
        events.add(NOW, null, Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", "ten"));
        store.write(events);
        return store.summary(null).last();
    }

    /** Makes a failed event good, as a retry does. */
    private void retry(SinkFollower to, long number) {
        assertThat(to.retrying(number)).isTrue();
        store.replace(new Events(number - 1)
                .add(NOW, null, Map.of("e", "se", "se_ca", "c", "se_ac", "a"))
                .events()
                .get(0));
        to.retried(number);
    }

    @Test
    void a_failed_event_that_becomes_good_is_added_to_the_good_ones() {
        long failed = storeFailed();
        follower.opened(store);
        storeAndHandOver(2);
        await().atMost(LONG).until(() -> follower.place() == 3);
        assertThat(Tables.numbers(folder.resolve("failed_events"))).containsExactly(failed);
        assertThat(written()).containsExactly(2L, 3L);

        retry(follower, failed);

        await().atMost(LONG).until(() -> written().size() == 3);
        assertThat(written()).isEqualTo(upTo(3));
        storeAndHandOver(1);
        await().atMost(LONG).until(() -> follower.place() == 4);
        assertThat(written()).isEqualTo(upTo(4));
    }

    @Test
    void an_event_that_becomes_good_before_the_lake_has_it_is_added_once() {
        away.set(true);
        follower.opened(store);
        long failed = storeFailed();
        retry(follower, failed);
        storeAndHandOver(1);
        // Not in the lake yet, so that retention must not remove it.
        assertThat(follower.removable(store, NOW)).isZero();
        away.set(false);

        await().atMost(LONG).until(() -> written().size() == 2);
        follower.close();
        assertThat(written()).isEqualTo(upTo(2));
    }

    @Test
    void a_retry_before_a_kill_is_followed_after_it() throws Exception {
        RetriedEvents killed = new RetriedEvents(folder);
        SinkFollower other = SinkFollower.start(
                last -> {
                    throw new SinkException("lake: it is away");
                },
                new SinkFollower.Settings(Duration.ofMillis(100), 1_000_000),
                killed,
                null);
        long first = storeFailed();
        long second = storeFailed();
        retry(other, first);
        // The process ends between the record and the change of the store.
        assertThat(other.retrying(second)).isTrue();
        other.close();
        Path file = folder.resolve(RetriedEvents.FILE);
        Files.writeString(file, Files.readString(file) + "17");

        follower.opened(store);
        await().atMost(LONG)
                .until(() -> follower.place() == 2 && Files.readString(file).endsWith(" 0\n"));
        assertThat(written()).containsExactly(first);
        retry(follower, second);

        await().atMost(LONG).until(() -> written().size() == 2);
        assertThat(written()).isEqualTo(upTo(2));
    }

    @Test
    void events_that_are_in_the_lake_may_be_removed_at_any_age() {
        follower.opened(store);
        storeAndHandOver(4);
        await().atMost(LONG).until(() -> follower.place() == 4);
        store(NOW.minus(Duration.ofDays(1)), 2);

        assertThat(follower.removable(store, NOW)).isEqualTo(4);
        assertThat(follower.unwritten(store, 4)).isZero();
        assertThat(store.count(EventQuery.ALL)).isEqualTo(6);
    }
}
