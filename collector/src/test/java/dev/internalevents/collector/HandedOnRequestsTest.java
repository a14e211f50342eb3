package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.processing.IntakeLoad;
import dev.internalevents.collector.processing.Losses;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.collector.processing.Repeats;
import dev.internalevents.collector.processing.Retainer;
import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Events;
import dev.internalevents.store.MemoryEventStore;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.Retention;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.store.duckdb.DuckDbEventStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that reach a spool more than once, with the origin that the first collector gave them. */
class HandedOnRequestsTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final UUID ANOTHER_SPOOL = UUID.fromString("7f3c1f0e-1111-4222-8333-944455556666");
    private static final int GOOD = 6;
    private static final int FAILED = 4;

    @TempDir
    Path folder;

    /** Where the events are kept. */
    enum Kept {
        IN_MEMORY,
        IN_A_FILE
    }

    private Supplier<EventStore> stores(Kept kept) {
        if (kept == Kept.IN_A_FILE) {
            return () -> DuckDbEventStore.inFile(folder.resolve("events.duckdb"), DuckDbEventStore.Settings.DEFAULTS);
        }
        MemoryEventStore memory = new MemoryEventStore(100_000, 1L << 30);
        return () -> memory;
    }

    /** Returns requests of every kind: {@value GOOD} events are good, {@value FAILED} failed. */
    private static List<CollectorPayload> requests() {
        String id = "6fd9eec5-9741-4f03-964a-bcc7224c56c3";
        return List.of(
                post(TestCollector.payload("{\"e\":\"pv\",\"eid\":\"" + id + "\"}")),
                post(TestCollector.payload("{\"e\":\"pv\"}", "{\"e\":\"pv\"}")),
                // The same content from another place is another event.
                post(TestCollector.payload("{\"e\":\"pv\"}")),
                post("not JSON"),
                post(TestCollector.payload("{\"e\":\"nonsense\"}", "7")),
                request("com.snowplowanalytics.snowplow", "tp1", "e=pv&page=x", null),
                request("com.snowplowanalytics.snowplow", "tp1", "e=%", null),
                request(
                        "com.snowplowanalytics.iglu",
                        "v1",
                        "schema=iglu%3Acom.snowplowanalytics.snowplow%2Flink_click%2Fjsonschema%2F1-0-1"
                                + "&targetUrl=https%3A%2F%2Fx.test",
                        null));
    }

    private static CollectorPayload post(String body) {
        return Events.payload(Instant.now(), List.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    private static CollectorPayload request(String vendor, String version, String query, @Nullable String type) {
        return new CollectorPayload(
                new CollectorPayload.Api(vendor, version),
                query,
                type,
                null,
                null,
                new CollectorPayload.Source("test", "UTF-8", "localhost"),
                new CollectorPayload.Context(Instant.now(), "10.1.2.3", "agent", null, List.of(), "user"));
    }

    private static List<byte[]> handedOn() {
        List<byte[]> frames = new ArrayList<>();
        for (CollectorPayload request : requests()) {
            frames.add(PayloadFrame.withOrigin(
                    PayloadFrame.encode(request), ANOTHER_SPOOL + "/1/" + 1000 * frames.size()));
        }
        return frames;
    }

    private Spool spool() throws Exception {
        return Spool.open(folder.resolve("spool"), SpoolSettings.DEFAULTS);
    }

    private static void append(Spool spool, List<byte[]> frames) {
        frames.forEach(frame -> spool.append(frame, 0, frame.length));
    }

    private static Processor processor(Spool spool, Supplier<EventStore> stores) {
        return Processor.start(
                spool,
                new Pipeline(new SchemaValidator(new Resolver(List.of(new ShippedRegistry())))),
                stores,
                new Processor.Settings(
                        new Processor.Rules(Duration.ofDays(7), Repeats.DROPPED, Processor.LONG_WAIT),
                        new Processor.Followers(
                                new Retainer(null, Retention.DEFAULT, null), new Losses(null, spool), null, null, null),
                        RawRequests.sealedBy(null),
                        new IntakeLoad(),
                        2));
    }

    /** Processes everything in the spool and returns the events that are stored then. */
    private static List<StoredEvent> process(Spool spool, Supplier<EventStore> stores, int duplicates)
            throws Exception {
        try (Processor processor = processor(spool, stores)) {
            await().atMost(LONG).until(() -> processor.backlog() == 0 && processor.trouble() == null);
            assertThat(processor.outcomes().duplicates()).isEqualTo(duplicates);
            return processor.store().get().find(EventQuery.ALL.oldestFirst(), 0, 1_000);
        }
    }

    private static List<String> ids(List<StoredEvent> events) {
        return events.stream()
                .map(event -> String.valueOf(event.event().atomic().text("event_id")))
                .toList();
    }

    private static void assertOnce(List<StoredEvent> events) {
        assertThat(events.stream().filter(StoredEvent::isGood)).hasSize(GOOD);
        assertThat(events).hasSize(GOOD + FAILED);
        assertThat(ids(events)).doesNotHaveDuplicates().doesNotContain("null");
    }

    @ParameterizedTest
    @EnumSource(Kept.class)
    void each_event_counts_once(Kept kept) throws Exception {
        List<byte[]> frames = handedOn();
        try (Spool spool = spool()) {
            append(spool, frames);
            append(spool, frames);

            assertOnce(process(spool, stores(kept), GOOD + FAILED));
        }
    }

    @ParameterizedTest
    @EnumSource(Kept.class)
    void each_event_counts_once_across_a_restart(Kept kept) throws Exception {
        List<byte[]> frames = handedOn();
        Supplier<EventStore> stores = stores(kept);
        List<String> ids;
        try (Spool spool = spool()) {
            append(spool, frames);
            ids = ids(process(spool, stores, 0));
        }
        try (Spool spool = spool()) {
            append(spool, frames);
            List<StoredEvent> events = process(spool, stores, GOOD + FAILED);

            assertOnce(events);
            assertThat(ids(events)).isEqualTo(ids);
            // Derived as in every earlier version.
            String second = ANOTHER_SPOOL + "/1/1000/1";
            assertThat(ids)
                    .contains(UUID.nameUUIDFromBytes(second.getBytes(StandardCharsets.UTF_8))
                            .toString());
        }
    }

    @ParameterizedTest
    @EnumSource(Kept.class)
    void the_stored_request_of_a_failed_event_has_its_place_as_origin(Kept kept) throws Exception {
        Supplier<EventStore> stores = stores(kept);
        List<byte[]> copies = new ArrayList<>();
        try (Spool spool = spool()) {
            append(spool, List.of(PayloadFrame.encode(post(TestCollector.payload("{\"e\":\"pv\"}", "7")))));
            try (Processor processor = processor(spool, stores)) {
                await().atMost(LONG).until(() -> processor.backlog() == 0 && processor.trouble() == null);
                EventStore store = processor.store().get();
                StoredEvent failed =
                        store.find(EventQuery.ALL.good(false), 0, 1).get(0);
                copies.add(store.frame(failed.number()).orElseThrow());
            }
            assertThat(PayloadFrame.origin(copies.get(0))).startsWith(spool.id() + "/1/");

            append(spool, copies);
            List<StoredEvent> events = process(spool, stores, 2);

            assertThat(events).hasSize(2);
        }
    }
}
