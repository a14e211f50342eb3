package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.testkit.Payloads;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Repeated events, as sent by a tracker's retry, for events in memory and for events in a folder. */
@Tag("slow")
class RepeatTest {

    private static final String ID = "6fd9eec5-9741-4f03-964a-bcc7224c56c3";
    private static final String EVENT =
            "{\"e\":\"se\",\"eid\":\"" + ID + "\",\"se_ca\":\"shop\",\"se_ac\":\"bought\",\"stm\":\"%d\"}";
    private static final String LINK = Payloads.selfDescribingEvent(
            Payloads.LINK_CLICK, Map.of("targetUrl", "http://a.test"), "eid", "00000000-0000-4000-8000-000000000007");
    private static final String FAILED = "{\"e\":\"nonsense\",\"eid\":\"00000000-0000-4000-8000-000000000009\"}";
    private static final String UNKNOWN = Payloads.selfDescribingEvent(
            "iglu:test/bought/jsonschema/1-0-0", Map.of(), "eid", "00000000-0000-4000-8000-000000000008");

    @TempDir
    static Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    static Stream<CollectorSettingsBuilder> stores() throws IOException {
        return Stream.of(
                CollectorSettings.micro(), CollectorSettings.micro().folder(Files.createTempDirectory(folder, "data")));
    }

    @ParameterizedTest
    @MethodSource("stores")
    void it_is_shown_among_the_events_and_counts_nowhere(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        for (int attempt = 0; attempt < 3; attempt++) {
            collector.track(String.format(EVENT, attempt), FAILED);
        }

        assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":2,\"good\":1,\"bad\":1}");
        assertThat(collector.json("/micro/good")).hasSize(1);
        assertThat(collector.json("/micro/bad")).hasSize(1);
        assertThat(collector.json("/micro/good").at("/0/repeat").isMissingNode())
                .isTrue();
        JsonNode page = collector.json("/micro/events", "{}");
        assertThat(page.path("totalItems").asInt()).isEqualTo(6);
        assertThat(repeats(page.path("events"))).containsExactly(true, true, true, true, false, false);
        assertThat(repeats(collector.json("/micro/events"))).containsExactly(true, true, true, true, false, false);
        assertThat(collector.json("/micro/events/3").path("repeat").asBoolean()).isTrue();
        assertThat(collector.json("/micro/events/3").at("/json/repeat").asBoolean())
                .isTrue();
        assertThat(collector.json("/micro/events/" + ID).has("repeat")).isFalse();
        HttpResponse<String> twice = collector.post("/micro/await", await(2));
        assertThat(twice.statusCode()).isEqualTo(408);
        assertThat(collector.get("/metrics").body())
                .contains("internal_events_events_good_total 1.0")
                .contains("internal_events_events_duplicate_total 4.0");
    }

    @ParameterizedTest
    @MethodSource("stores")
    void it_counts_with_compat_micro(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings.compatMicro(true));
        collector.track(String.format(EVENT, 1), FAILED);
        collector.track(String.format(EVENT, 2), FAILED);

        assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":4,\"good\":2,\"bad\":2}");
        assertThat(repeats(collector.json("/micro/good"))).containsExactly(true, false);
        assertThat(repeats(collector.json("/micro/bad"))).containsExactly(true, false);
        assertThat(collector.json("/micro/good", "{\"event_type\":\"struct\"}")).hasSize(2);
        assertThat(collector.post("/micro/await", await(2)).statusCode()).isEqualTo(200);
        assertThat(collector.get("/metrics").body()).contains("internal_events_events_good_total 1.0");
        collector.post("/micro/reset", "");
        assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":0,\"good\":0,\"bad\":0}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void no_metric_counts_it(boolean compat) throws Exception {
        Path definitions = Files.createTempDirectory(folder, "definitions");
        Files.createDirectories(definitions.resolve("events"));
        Files.createDirectories(definitions.resolve("metrics"));
        Files.writeString(definitions.resolve("events/bought.yml"), """
                ---
                description: Something was bought
                internal_events: true
                action: bought
                identifiers: []
                product_group: shop
                product_categories: []
                milestone: "1.0"
                introduced_by_url: https://example.com
                tiers: [free]
                """);
        Files.writeString(definitions.resolve("metrics/count_bought.yml"), """
                ---
                key_path: counts.bought
                description: How often something was bought
                product_group: shop
                product_categories: []
                value_type: number
                status: active
                milestone: "1.0"
                introduced_by_url: https://example.com
                time_frame: [all]
                data_source: internal_events
                data_category: optional
                tiers: [free]
                events:
                  - name: bought
                """);
        collector.start(CollectorSettings.micro().compatMicro(compat).dictionary(DefinitionFiles.load(definitions)));
        collector.track(String.format(EVENT, 1));
        collector.track(String.format(EVENT, 2));

        assertThat(collector.json("/micro/events", "{}").path("totalItems").asInt())
                .isEqualTo(2);
        JsonNode value = collector.json("/micro/metrics").findValue("value");
        assertThat(value).as(collector.get("/micro/metrics").body()).isNotNull();
        assertThat(value.asInt()).isEqualTo(1);
    }

    @Test
    void it_is_known_after_a_restart_and_sql_has_each_event_once() throws Exception {
        Path data = folder.resolve("restarted");
        collector.start(CollectorSettings.micro().folder(data));
        collector.track(String.format(EVENT, 1), LINK);
        collector.close();
        collector.start(CollectorSettings.micro().folder(data));
        collector.track(String.format(EVENT, 2), LINK);
        assertThat(repeats(collector.json("/micro/events"))).containsExactly(true, true, false, false);
        collector.close();
        collector.start(CollectorSettings.micro().folder(data));
        collector.track(String.format(EVENT, 3));

        assertThat(repeats(collector.json("/micro/events"))).containsExactly(true, true, true, false, false);
        assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":2,\"good\":2,\"bad\":0}");
        for (String table : new String[] {"events", "unstruct_event_com_snowplowanalytics_snowplow_link_click_1"}) {
            JsonNode rows = collector.json(
                    "/micro/sql",
                    JsonMapper.shared().writeValueAsString(Map.of("sql", "SELECT count(*) FROM " + table)));
            assertThat(rows.at("/rows/0/0").asInt()).as(table).isEqualTo(table.equals("events") ? 2 : 1);
        }
        assertThat(collector.get("/micro/export").body().lines()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("stores")
    void a_failed_one_becomes_good_with_the_event_that_it_repeats(CollectorSettingsBuilder settings) throws Exception {
        Path registry = Files.createTempDirectory(folder, "registry");
        collector.start(settings.iglu(registry));
        collector.track(UNKNOWN);
        collector.track(UNKNOWN);
        assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":1,\"good\":0,\"bad\":1}");

        addSchema(registry);
        int good = 0;
        while (good == 0) {
            // A schema that was missing is looked up again after a while.
            good = collector.json("/micro/failed/retry", "").path("good").asInt();
        }

        assertThat(good).isEqualTo(1);
        assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":1,\"good\":1,\"bad\":0}");
        assertThat(repeats(collector.json("/micro/events"))).containsExactly(true, false);
        assertThat(collector
                        .json("/micro/events", "{\"validEvents\":true}")
                        .path("totalItems")
                        .asInt())
                .isEqualTo(2);
    }

    private static void addSchema(Path registry) throws Exception {
        SchemaFiles.write(
                registry,
                "test/bought/jsonschema/1-0-0",
                "{\"self\":{\"vendor\":\"test\",\"name\":\"bought\",\"format\":\"jsonschema\",\"version\":\"1-0-0\"},"
                        + "\"type\":\"object\"}");
    }

    /** Collectors in memory, in a folder, and in a folder with a restart after each event. */
    static Stream<Arguments> collectors() {
        return Stream.of("memory", "folder", "restart")
                .flatMap(store -> Stream.of(false, true).map(compat -> Arguments.of(store, compat)));
    }

    @ParameterizedTest
    @MethodSource("collectors")
    void a_good_event_behind_a_failed_one_is_no_repeat(String store, boolean compat) throws Exception {
        Path registry = Files.createTempDirectory(folder, "registry");
        Path data = Files.createTempDirectory(folder, "data");
        Callable<CollectorSettingsBuilder> settings = () -> {
            CollectorSettingsBuilder of =
                    CollectorSettings.micro().iglu(registry).compatMicro(compat);
            return store.equals("memory") ? of : of.folder(data);
        };
        collector.start(settings.call());
        collector.track(UNKNOWN);
        collector.track(UNKNOWN);
        int failed = compat ? 2 : 1;
        assertThat(collector.get("/micro/all").body())
                .isEqualTo("{\"total\":" + failed + ",\"good\":0,\"bad\":" + failed + "}");
        addSchema(registry);
        again(store, settings);
        while (good() == 0) {
            // A schema that was missing is looked up again after a while; until then it fails again.
            collector.track(UNKNOWN);
        }
        again(store, settings);
        collector.track(UNKNOWN);

        assertThat(once(true)).isEqualTo(1);
        assertThat(once(false)).isEqualTo(1);
        JsonNode first =
                collector.json("/micro/good").get(collector.json("/micro/good").size() - 1);
        assertThat(first.at("/event/event_id").asString()).isEqualTo("00000000-0000-4000-8000-000000000008");
        assertThat(collector.get("/micro/good").body()).doesNotContain("duplicate");

        collector.post("/micro/failed/retry", "");
        again(store, settings);
        collector.track(UNKNOWN);
        assertThat(once(true)).isEqualTo(1);
        assertThat(once(false)).isZero();
        if (!compat) {
            assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":1,\"good\":1,\"bad\":0}");
        }
    }

    /** Restarts the collector if the case demands it; a new collector has looked up no schema yet. */
    private void again(String store, Callable<CollectorSettingsBuilder> settings) throws Exception {
        if (store.equals("restart")) {
            collector.close();
            collector.start(settings.call());
        }
    }

    private long good() throws Exception {
        return collector.json("/micro/all").path("good").asLong();
    }

    /** Returns how many of the good or failed events are not repeats. */
    private long once(boolean good) throws Exception {
        return collector
                .json("/micro/events")
                .valueStream()
                .filter(event -> event.path("valid").asBoolean() == good
                        && !event.path("repeat").asBoolean(false))
                .count();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void one_of_a_session_is_seen_and_removed_with_the_session(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        String event = "{\"e\":\"pv\",\"aid\":\"one\",\"eid\":\"" + ID + "\"}";
        collector.track(event);
        collector.track(event);
        collector.track("{\"e\":\"pv\",\"aid\":\"other\"}");

        assertThat(collector.json("/micro/events?session=one")).hasSize(2);
        assertThat(collector.get("/micro/all?session=one").body()).isEqualTo("{\"total\":1,\"good\":1,\"bad\":0}");
        collector.post("/micro/reset?session=one", "");
        assertThat(collector.json("/micro/events")).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("stores")
    void nothing_of_a_forgotten_event_is_stored_again(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        String event = "{\"e\":\"pv\",\"uid\":\"4711\",\"eid\":\"" + ID + "\"}";
        collector.track(event);
        collector.track(event);
        assertThat(collector.json("/micro/events")).hasSize(2);

        assertThat(collector
                        .json("/micro/forget", "{\"users\":[\"4711\"]}")
                        .path("events")
                        .asInt())
                .isEqualTo(2);
        assertThat(collector.json("/micro/events")).isEmpty();
        collector.track(event);
        assertThat(collector.json("/micro/events")).isEmpty();
    }

    @Test
    void the_production_collector_drops_it() throws Exception {
        collector.start(CollectorSettings.collector(folder.resolve("production"))
                .readYourWrites(true)
                .compatMicro(true));
        collector.track(String.format(EVENT, 1));
        collector.track(String.format(EVENT, 2));

        assertThat(collector.json("/micro/events", "{}").path("totalItems").asInt())
                .isEqualTo(1);
    }

    @Test
    void many_of_them_take_the_room_of_no_event() throws Exception {
        collector.start(CollectorSettings.micro().maxEvents(100));
        for (int i = 0; i < 80; i++) {
            collector.track("{\"e\":\"pv\",\"page\":\"" + i + "\"}");
        }
        collector.track(String.format(EVENT, 0));
        StringBuilder many = new StringBuilder(String.format(EVENT, 1));
        for (int i = 2; i < 2_000; i++) {
            many.append(',').append(String.format(EVENT, i));
        }
        collector.track(many.toString());

        assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":81,\"good\":81,\"bad\":0}");
        assertThat(collector.json("/micro/events").size()).isBetween(82, 91);
    }

    private static Stream<Boolean> repeats(JsonNode events) {
        return events.valueStream().map(event -> event.path("repeat").asBoolean(false));
    }

    private static String await(int count) {
        return "{\"where\":{\"se_action\":\"bought\"},\"count\":" + count + ",\"timeoutMs\":0}";
    }
}
