package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.sink.PendingForgets;
import dev.internalevents.collector.sink.RetriedEvents;
import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.collector.sink.SinkMaintainer;
import dev.internalevents.pipeline.Persons;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.Events;
import dev.internalevents.store.MemoryEventStore;
import dev.internalevents.store.SinkMaintenance;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Persons who are to be forgotten while one of their failed events becomes good. */
class ForgottenRetriesTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final EventSinks.Owner owner = new EventSinks.Owner(UUID.randomUUID(), "host", "/data");
    private final CountDownLatch isAdding = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    /** A lake to which a commit of events that became good takes long. */
    private final class SlowLake implements EventSink {
        private final EventSink lake = EventSinks.find().open(SinkSettings.in(folder), owner, key -> Optional.empty());

        @Override
        public void addRetried(long turn, List<StoredEvent> events) {
            isAdding.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            lake.addRetried(turn, events);
        }

        @Override
        public long place() {
            return lake.place();
        }

        @Override
        public void write(List<StoredEvent> events) {
            lake.write(events);
        }

        @Override
        public long pending() {
            return lake.pending();
        }

        @Override
        public void commit(long place) {
            lake.commit(place);
        }

        @Override
        public long retried() {
            return lake.retried();
        }

        @Override
        public void close() {
            lake.close();
        }
    }

    private final class Care implements SinkMaintainer.Opener {
        @Override
        public Optional<SinkMaintenance> open(BooleanSupplier stopping) {
            return EventSinks.find().maintenance(SinkSettings.in(folder), owner, stopping);
        }

        @Override
        public UUID collector() {
            return owner.id();
        }
    }

    private static List<StoredEvent> event(String value) {
        Map<String, String> parameters =
                new HashMap<>(Map.of("e", "se", "se_ca", "c", "se_ac", "a", "uid", "4711", "se_va", value));
        return new Events(0)
                .add(Instant.parse("2026-11-27T12:00:00Z"), null, parameters)
                .events();
    }

    @Test
    void a_row_that_is_on_its_way_does_not_come_back() {
        PendingForgets forgets = new PendingForgets(folder);
        SinkFollower follower = SinkFollower.start(
                last -> {
                    EventSink sink = new SlowLake();
                    return new SinkFollower.Opened(sink, sink.place());
                },
                new SinkFollower.Settings(Duration.ofMillis(100), 1_000_000),
                new RetriedEvents(folder),
                new SinkMaintainer.Care(new Care(), forgets));
        try (follower) {
            MemoryEventStore store = new MemoryEventStore(1_000, 1 << 30);
            store.write(new Events(0).add(Instant.EPOCH, null, Map.of("e", "se", "se_va", "ten")));
            follower.opened(store);
            await().atMost(LONG).until(() -> follower.place() == 1);
            assertThat(follower.retrying(1)).isTrue();
            store.replace(event("1").get(0));
            follower.retried(1);
            await().atMost(LONG).until(() -> isAdding.getCount() == 0);
            SinkMaintainer maintainer = Objects.requireNonNull(follower.maintainer());

            maintainer.forget(new Persons(Set.of("4711"), Set.of()), 1, Set.of(1L));
            maintainer.runNow();
            await().atMost(LONG).until(() -> maintainer.rounds() > 0);
            assertThat(maintainer.waitingForgets()).isEqualTo(1);
            goOn.countDown();

            await().atMost(LONG).until(() -> {
                maintainer.runNow();
                return maintainer.waitingForgets() == 0;
            });
            assertThat(Tables.numbers(folder.resolve("good_events"))).isEmpty();
            assertThat(Tables.numbers(folder.resolve("failed_events"))).isEmpty();
        } finally {
            goOn.countDown();
        }
    }
}
