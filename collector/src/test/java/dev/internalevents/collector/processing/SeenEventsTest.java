package dev.internalevents.collector.processing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.Deduplication;
import dev.internalevents.pipeline.Deduplication.Seen;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Events;
import dev.internalevents.store.MemoryEventStore;
import dev.internalevents.store.Progress;
import dev.internalevents.store.StoreException;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.store.duckdb.DuckDbEventStore;
import dev.internalevents.store.ids.IdIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decisions about repeated events, with a store in a file and its index of ids. */
class SeenEventsTest {

    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration WINDOW = Duration.ofDays(7);
    private static final IdIndex.Settings SMALL = new IdIndex.Settings(50, 1 << 20);
    private static final UUID SPOOL = UUID.fromString("7f3c1f0e-1111-4222-8333-944455556666");
    private static final Pipeline PIPELINE =
            new Pipeline(new SchemaValidator(new Resolver(List.of(new ShippedRegistry()))));

    @TempDir
    Path folder;

    private EventStore store;
    private SeenEvents seen;

    @BeforeEach
    void open() {
        store = DuckDbEventStore.inFile(folder.resolve("events.duckdb"), DuckDbEventStore.Settings.DEFAULTS);
        seen = new SeenEvents(WINDOW, SMALL);
        seen.open(store, START, () -> false);
    }

    @AfterEach
    void close() {
        seen.close();
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    private static UUID id(long n) {
        return new UUID(0x4000, 0x8000_0000_0000_0000L | n);
    }

    private static ProcessedEvent event(Instant received, UUID id, String title) {
        Map<String, String> parameters = new LinkedHashMap<>(Map.of("e", "pv", "eid", id.toString(), "page", title));
        byte[] body = PayloadData.encode(List.of(new TrackerPayload(parameters)));
        CollectorPayload payload = Events.payload(received, List.of("Host: test"), body);
        return (ProcessedEvent)
                PIPELINE.process(payload, "test/" + UUID.randomUUID()).get(0);
    }

    /** Supplies given events to the store, as one transaction. */
    private static final class Kept implements EventSource {
        private final List<StoredEvent> events;
        private int next;

        private Kept(List<StoredEvent> events) {
            this.events = events;
        }

        @Override
        public @Nullable Entry peek() {
            return next < events.size() ? new Entry(events.get(next), null, null) : null;
        }

        @Override
        public void advance() {
            next++;
        }

        @Override
        public Progress progress() {
            return Progress.start(SPOOL);
        }
    }

    /** Processes events in one transaction. */
    private List<Seen> process(ProcessedEvent... events) {
        seen.prepare(List.of(events));
        return decide(events);
    }

    private List<Seen> decide(ProcessedEvent... events) {
        List<Seen> decisions = new ArrayList<>();
        List<StoredEvent> kept = new ArrayList<>();
        long number = store.summary(null).last();
        for (ProcessedEvent event : events) {
            Seen decision = seen.look(event);
            decisions.add(decision);
            ProcessedEvent result = Deduplication.apply(event, decision, "test/" + number);
            if (result != null) {
                StoredEvent stored = new StoredEvent(++number, null, result);
                kept.add(stored);
                seen.add(stored);
            }
        }
        write(kept);
        seen.committed();
        return decisions;
    }

    private void write(List<StoredEvent> events) {
        Kept source = new Kept(events);
        while (source.peek() != null) {
            store.write(source);
        }
    }

    private List<Seen> processMany(Instant received, int from, int to) {
        List<ProcessedEvent> events = new ArrayList<>();
        for (int i = from; i < to; i++) {
            events.add(event(received, id(i), "title"));
        }
        return process(events.toArray(new ProcessedEvent[0]));
    }

    private void assertAllSame(int from, int to) {
        assertThat(processMany(START, from, to)).containsOnly(Seen.SAME).hasSize(to - from);
    }

    @Test
    void an_event_counts_once_and_another_with_its_id_is_told_from_it() {
        assertThat(process(event(START, id(1), "a"), event(START, id(1), "a"), event(START, id(1), "b")))
                .containsExactly(Seen.NEVER, Seen.SAME, Seen.OTHER);
        assertThat(process(event(START, id(1), "a"), event(START, id(1), "b"), event(START, id(1), "c")))
                .containsExactly(Seen.SAME, Seen.SAME, Seen.OTHER);
        assertThat(process(event(START, id(1), "c"), event(START, id(2), "a"))).containsExactly(Seen.SAME, Seen.NEVER);
    }

    @Test
    void decisions_are_the_same_after_the_next_start() {
        processMany(START, 0, 200);
        reopen();
        assertAllSame(0, 200);
        assertThat(process(event(START, id(7), "other"))).containsExactly(Seen.OTHER);
        assertThat(processMany(START, 200, 300)).containsOnly(Seen.NEVER);
    }

    /** A transaction may end between two events of a request. */
    @Test
    void an_event_that_comes_twice_around_the_end_of_a_transaction_counts_once() {
        process(event(START, id(1), "a"));
        ProcessedEvent stored = event(START, id(1), "a");
        ProcessedEvent first = event(START, id(2), "a");
        ProcessedEvent again = event(START, id(2), "a");
        seen.prepare(List.of(first, again, stored));

        assertThat(decide(first)).containsExactly(Seen.NEVER);
        assertThat(decide(again, stored)).containsExactly(Seen.SAME, Seen.SAME);
    }

    @Test
    void the_window_is_exact() {
        process(event(START, id(1), "a"), event(START, id(2), "a"));
        Instant end = START.plus(WINDOW);

        assertThat(process(event(end, id(1), "a"), event(end.plusMillis(1), id(2), "a")))
                .containsExactly(Seen.SAME, Seen.NEVER);
        assertThat(process(event(end.plusMillis(1), id(1), "b"), event(end.plusMillis(2), id(2), "b")))
                .containsExactly(Seen.NEVER, Seen.OTHER);
    }

    @Test
    void an_event_that_was_removed_from_the_store_is_new() {
        process(event(START, id(1), "a"), event(START, id(1), "b"), event(START, id(2), "a"));
        store.reset(null);
        seen.follow(store);

        assertThat(process(event(START, id(1), "b"), event(START, id(2), "c"))).containsExactly(Seen.NEVER, Seen.NEVER);
        reopen();
        assertThat(process(event(START, id(1), "b"), event(START, id(2), "d"))).containsExactly(Seen.SAME, Seen.OTHER);
    }

    @Test
    void a_store_without_an_index_gets_one() throws Exception {
        processMany(START, 0, 300);
        close();
        delete(folder.resolve("ids"));
        open();
        assertAllSame(0, 300);
        assertThat(Files.isDirectory(folder.resolve("ids"))).isTrue();
    }

    @Test
    void what_was_stored_after_the_index_was_written_is_added_at_the_next_start() throws Exception {
        processMany(START, 0, 120);
        close();
        copy(folder.resolve("ids"), folder.resolve("old"));
        open();
        processMany(START, 120, 300);
        close();
        delete(folder.resolve("ids"));
        copy(folder.resolve("old"), folder.resolve("ids"));
        open();
        assertAllSame(0, 300);
    }

    @Test
    void an_index_of_another_store_is_made_again() {
        processMany(START, 1_000, 1_200);
        close();
        Path file = folder.resolve("events.duckdb");
        file.toFile().delete();
        store = DuckDbEventStore.inFile(file, DuckDbEventStore.Settings.DEFAULTS);
        List<StoredEvent> others = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            others.add(new StoredEvent(i + 1, null, event(START, id(i), "title")));
        }
        write(others);
        store.close();
        open();
        assertAllSame(0, 300);
        assertThat(processMany(START, 1_000, 1_200)).containsOnly(Seen.NEVER);
    }

    @Test
    void a_store_that_was_opened_again_after_a_failure_has_what_was_committed_last() {
        processMany(START, 0, 10);
        // The event is stored, but the failure came before it was recorded.
        write(List.of(new StoredEvent(11, null, event(START, id(10), "title"))));
        seen.rolledBack();

        seen.open(store, START, () -> false);

        assertAllSame(0, 11);
    }

    /** A sender that gives every event the same id. */
    @Test
    void many_events_with_one_id_are_decided_one_by_one() {
        List<ProcessedEvent> events = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            events.add(event(START, id(1), "title " + i));
        }
        ProcessedEvent[] all = events.toArray(new ProcessedEvent[0]);
        assertThat(process(all)).startsWith(Seen.NEVER).endsWith(Seen.OTHER).hasSize(500);
        reopen();
        assertThat(process(all)).containsOnly(Seen.SAME);
        assertThat(process(event(START, id(1), "one more"))).containsExactly(Seen.OTHER);
    }

    @Test
    void of_many_events_with_one_id_those_that_are_left_in_the_store_are_found() throws Exception {
        List<ProcessedEvent> events = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            events.add(event(START.plusSeconds(i), id(1), "title " + i));
        }
        process(events.toArray(new ProcessedEvent[0]));
        reopen();
        Instant end = START.plus(WINDOW);

        assertThat(process(event(end.plusSeconds(299), id(1), "of the last one")))
                .containsExactly(Seen.OTHER);
        assertThat(process(event(end.plusSeconds(400), id(1), "too late"))).containsExactly(Seen.OTHER);
        assertThat(process(event(end.plusSeconds(400).plus(WINDOW).plusMillis(1), id(1), "later")))
                .containsExactly(Seen.NEVER);
    }

    @Test
    void being_asked_to_stop_ends_the_filling_of_an_index() throws Exception {
        processMany(START, 0, 10);
        seen.close();
        delete(folder.resolve("ids"));
        seen = new SeenEvents(WINDOW, SMALL);

        assertThatThrownBy(() -> seen.open(store, START, () -> true))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("stopping");
    }

    @Test
    void a_store_in_memory_is_asked_itself() {
        close();
        store = new MemoryEventStore(100, 1 << 20);
        seen = new SeenEvents(WINDOW, SMALL);
        seen.open(store, START, () -> false);

        assertThat(process(event(START, id(1), "a"), event(START, id(1), "a"), event(START, id(1), "b")))
                .containsExactly(Seen.NEVER, Seen.SAME, Seen.OTHER);
        assertThat(process(event(START, id(1), "a"), event(START, id(1), "c"))).containsExactly(Seen.SAME, Seen.OTHER);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }
}
