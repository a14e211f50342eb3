package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.Events;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that a user rolls back. */
class LakeRollbackTest {

    @TempDir
    private Path folder;

    private final EventSinks.Owner owner = owner();

    private static EventSinks.Owner owner() {
        return new EventSinks.Owner(UUID.randomUUID(), "host", "/data");
    }

    private EventSink open(EventSinks.Owner owner) {
        return EventSinks.find().open(SinkSettings.in(folder), owner, key -> Optional.empty());
    }

    /** Returns events after a number: the ones with an even number are failed ones. */
    private static List<StoredEvent> events(long after, long through) {
        Events events = new Events(after);
        for (long i = after + 1; i <= through; i++) {
            Map<String, String> good = Map.of("e", "se", "se_ca", "c", "se_ac", "a");
            events.add(i % 2 == 0 ? Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", "ten") : good);
        }
        return events.events();
    }

    private static void write(EventSink sink, long after, long through) {
        sink.write(events(after, through));
        sink.commit(through);
    }

    private Table table(String name) {
        return Tables.open(folder.resolve(name));
    }

    private List<Long> numbers(String table) {
        return Tables.numbers(folder.resolve(table));
    }

    private void rollBack(String name, long snapshot) {
        table(name).manageSnapshots().rollbackTo(snapshot).commit();
    }

    @Test
    void failed_events_that_were_rolled_back_are_written_again_and_good_ones_not() {
        try (EventSink sink = open(owner)) {
            write(sink, 0, 4);
            long snapshot = table("failed_events").currentSnapshot().snapshotId();
            write(sink, 4, 8);
            rollBack("failed_events", snapshot);
            sink.write(events(8, 10));
            assertThatThrownBy(() -> sink.commit(10))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("was rolled back");
        }
        // It is closed again before everything is written.
        try (EventSink sink = open(owner)) {
            assertThat(sink.place()).isEqualTo(4);
            write(sink, 4, 6);
        }
        try (EventSink sink = open(owner)) {
            assertThat(sink.place()).isEqualTo(6);
            write(sink, 6, 10);
            assertThat(sink.place()).isEqualTo(10);
        }
        assertThat(numbers("failed_events")).containsExactly(2L, 4L, 6L, 8L, 10L);
        assertThat(numbers("good_events")).containsExactly(1L, 3L, 5L, 7L, 9L);
    }

    @Test
    void good_events_that_were_rolled_back_are_written_again_and_failed_ones_not() {
        try (EventSink sink = open(owner)) {
            write(sink, 0, 4);
            long snapshot = table("good_events").currentSnapshot().snapshotId();
            write(sink, 4, 8);
            rollBack("good_events", snapshot);
        }
        try (EventSink sink = open(owner)) {
            assertThat(sink.place()).isEqualTo(4);
            write(sink, 4, 8);
        }
        assertThat(numbers("good_events")).containsExactly(1L, 3L, 5L, 7L);
        assertThat(numbers("failed_events")).containsExactly(2L, 4L, 6L, 8L);
    }

    @Test
    void a_rollback_to_before_the_first_commit_of_a_collector_loses_none_of_its_events() {
        EventSinks.Owner other = owner();
        try (EventSink sink = open(owner)) {
            write(sink, 0, 2);
        }
        long snapshot = table("good_events").currentSnapshot().snapshotId();
        try (EventSink sink = open(other)) {
            write(sink, 0, 4);
            rollBack("good_events", snapshot);
            sink.write(events(4, 6));
            assertThatThrownBy(() -> sink.commit(6)).isInstanceOf(SinkException.class);
        }
        try (EventSink sink = open(other)) {
            assertThat(sink.place()).isZero();
            write(sink, 0, 6);
        }
        assertThat(numbers("good_events")).containsExactly(1L, 1L, 3L, 5L);
    }

    @Test
    void the_place_is_known_after_snapshots_have_expired() {
        EventSinks.Owner other = owner();
        try (EventSink sink = open(owner)) {
            write(sink, 0, 4);
        }
        try (EventSink sink = open(other)) {
            write(sink, 0, 2);
        }
        for (String name : List.of("good_events", "failed_events")) {
            table(name)
                    .expireSnapshots()
                    .expireOlderThan(Long.MAX_VALUE)
                    .retainLast(1)
                    .commit();
        }
        try (EventSink sink = open(owner)) {
            assertThat(sink.place()).isEqualTo(4);
            write(sink, 4, 6);
        }
        assertThat(numbers("good_events")).containsExactly(1L, 1L, 3L, 5L);
    }
}
