package dev.internalevents.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every event sink must do. */
public abstract class EventSinkContract {

    protected static final UUID ID = UUID.fromString("0b6c7a52-3333-4222-8111-777788889999");

    @TempDir
    protected Path folder;

    /** Opens the sink in the folder. */
    protected abstract EventSink open(SinkSettings settings, EventSinks.Owner owner);

    /** Returns the numbers of the good events that a reader finds, ascending. */
    protected abstract List<Long> good();

    /** Returns the numbers of the failed events that a reader finds, ascending. */
    protected abstract List<Long> failed();

    protected SinkSettings settings() {
        return SinkSettings.in(folder.resolve("lake"));
    }

    protected static EventSinks.Owner owner(String host) {
        UUID process = UUID.nameUUIDFromBytes(host.getBytes(StandardCharsets.UTF_8));
        return new EventSinks.Owner(ID, host, "/data", process, Set.of());
    }

    protected EventSink open() {
        return open(settings(), owner("one"));
    }

    /** Returns events with numbers from one on: each third is a failed one. */
    protected static List<StoredEvent> events(int from, int count) {
        Events events = new Events(from - 1);
        for (int i = from; i < from + count; i++) {
            events.add(
                    i % 3 == 0
                            ? Map.of("e", "se", "se_ca", "c" + i, "se_ac", "a", "se_va", "ten")
                            : Map.of("e", "se", "se_ca", "c" + i, "se_ac", "a", "aid", "app"));
        }
        return events.events();
    }

    @Test
    void a_new_sink_has_no_events() {
        try (EventSink sink = open()) {
            assertThat(sink.place()).isZero();
            assertThat(good()).isEmpty();
            assertThat(failed()).isEmpty();
        }
    }

    @Test
    void events_are_visible_after_the_commit_and_not_before() {
        try (EventSink sink = open()) {
            sink.write(events(1, 6));
            assertThat(sink.pending()).isPositive();
            assertThat(good()).isEmpty();

            sink.commit(6);

            assertThat(sink.place()).isEqualTo(6);
            assertThat(sink.pending()).isZero();
            assertThat(good()).containsExactly(1L, 2L, 4L, 5L);
            assertThat(failed()).containsExactly(3L, 6L);
        }
    }

    @Test
    void the_place_is_known_to_the_next_process() {
        try (EventSink sink = open()) {
            sink.write(events(1, 4));
            sink.commit(4);
        }
        try (EventSink sink = open()) {
            assertThat(sink.place()).isEqualTo(4);
            sink.write(events(5, 2));
            sink.commit(6);
        }
        assertThat(good()).containsExactly(1L, 2L, 4L, 5L);
    }

    @Test
    void what_was_not_committed_is_gone_after_a_close() {
        try (EventSink sink = open()) {
            sink.write(events(1, 2));
            sink.commit(2);
            sink.write(events(3, 2));
        }
        try (EventSink sink = open()) {
            assertThat(sink.place()).isEqualTo(2);
            sink.write(events(3, 2));
            sink.commit(4);
        }
        assertThat(good()).containsExactly(1L, 2L, 4L);
        assertThat(failed()).containsExactly(3L);
    }

    @Test
    void events_that_the_sink_has_are_skipped() {
        try (EventSink sink = open()) {
            sink.write(events(1, 4));
            sink.commit(4);
            sink.write(events(1, 5));
            sink.commit(5);
        }
        assertThat(good()).containsExactly(1L, 2L, 4L, 5L);
        assertThat(failed()).containsExactly(3L);
    }

    @Test
    void the_place_moves_without_good_events() {
        try (EventSink sink = open()) {
            sink.write(events(3, 1));
            sink.commit(3);
            sink.commit(7);
        }
        try (EventSink sink = open()) {
            assertThat(sink.place()).isEqualTo(7);
        }
        assertThat(failed()).containsExactly(3L);
    }

    private static List<StoredEvent> good(long number) {
        return new Events(number - 1)
                .add(Map.of("e", "se", "se_ca", "c" + number, "se_ac", "a", "aid", "app"))
                .events();
    }

    @Test
    void failed_events_that_became_good_are_added_once() {
        try (EventSink sink = open()) {
            sink.write(events(1, 6));
            sink.commit(6);
            assertThat(sink.retried()).isZero();

            sink.addRetried(7, good(3));
            sink.addRetried(7, good(3));

            assertThat(sink.retried()).isEqualTo(7);
            assertThat(sink.place()).isEqualTo(6);
            assertThat(good()).containsExactly(1L, 2L, 3L, 4L, 5L);
        }
        try (EventSink sink = open()) {
            assertThat(sink.retried()).isEqualTo(7);
            assertThat(sink.place()).isEqualTo(6);
            sink.addRetried(7, good(3));
            sink.addRetried(8, List.of());
            sink.write(events(7, 1));
            sink.commit(7);
            sink.addRetried(9, good(6));
        }
        try (EventSink sink = open()) {
            assertThat(sink.retried()).isEqualTo(9);
            assertThat(sink.place()).isEqualTo(7);
        }
        assertThat(good()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void two_collectors_have_their_own_places() {
        EventSinks.Owner other = new EventSinks.Owner(UUID.randomUUID(), "two", "/data");
        try (EventSink one = open();
                EventSink two = open(settings(), other)) {
            one.write(events(1, 2));
            two.write(events(1, 5));
            one.commit(2);
            two.commit(5);
            one.write(events(3, 3));
            one.commit(5);
            assertThat(two.place()).isEqualTo(5);
        }
        try (EventSink one = open();
                EventSink two = open(settings(), other)) {
            assertThat(one.place()).isEqualTo(5);
            assertThat(two.place()).isEqualTo(5);
        }
        assertThat(good()).containsExactly(1L, 1L, 2L, 2L, 4L, 4L, 5L, 5L);
    }

    @Test
    void a_copy_of_the_collector_on_another_machine_is_refused_and_the_message_names_the_first() {
        try (EventSink sink = open()) {
            assertThatThrownBy(() -> open(settings(), owner("two")))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("of one:/data")
                    .hasMessageContaining(ID.toString());
            sink.write(events(1, 1));
            sink.commit(1);
        }
        // It ended its claim.
        open(settings(), owner("two")).close();
    }

    @Test
    void another_process_of_the_same_machine_and_folder_is_refused_if_it_does_not_know_the_first() {
        EventSinks.Owner first = owner("one");
        UUID process = UUID.randomUUID();
        EventSinks.Owner copy = new EventSinks.Owner(ID, "one", "/data", process, Set.of());
        EventSinks.Owner next = new EventSinks.Owner(ID, "one", "/data", process, Set.of(first.process()));
        try (EventSink sink = open(settings(), first)) {
            assertThatThrownBy(() -> open(settings(), copy))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining(ID.toString());
            try (EventSink taken = open(settings(), next)) {
                taken.write(events(1, 2));
                taken.commit(2);
                sink.write(events(1, 2));
                assertThatThrownBy(() -> sink.commit(2)).isInstanceOf(SinkException.class);
            }
        }
        assertThat(good()).containsExactly(1L, 2L);
    }

    @Test
    void a_collector_that_was_killed_goes_on_at_once_on_the_same_machine() {
        EventSink killed = open();
        killed.write(events(1, 2));
        killed.commit(2);
        killed.write(events(3, 2));
        try (EventSink sink = open()) {
            assertThat(sink.place()).isEqualTo(2);
            sink.write(events(3, 2));
            sink.commit(4);
        }
        assertThat(good()).containsExactly(1L, 2L, 4L);
    }

    @Test
    void a_second_process_with_the_same_id_cannot_add_events_twice() {
        try (EventSink first = open();
                EventSink second = open()) {
            first.write(events(1, 4));
            second.write(events(1, 4));
            second.commit(4);
            assertThatThrownBy(() -> first.commit(4))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining(ID.toString());
        }
        assertThat(good()).containsExactly(1L, 2L, 4L);
        assertThat(failed()).containsExactly(3L);
    }
}
