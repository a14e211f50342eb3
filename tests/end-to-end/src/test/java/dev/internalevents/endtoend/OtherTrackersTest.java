package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.snowplowanalytics.snowplow.tracker.DevicePlatform;
import com.snowplowanalytics.snowplow.tracker.Snowplow;
import com.snowplowanalytics.snowplow.tracker.Tracker;
import com.snowplowanalytics.snowplow.tracker.configuration.EmitterConfiguration;
import com.snowplowanalytics.snowplow.tracker.configuration.NetworkConfiguration;
import com.snowplowanalytics.snowplow.tracker.configuration.TrackerConfiguration;
import com.snowplowanalytics.snowplow.tracker.events.PageView;
import com.snowplowanalytics.snowplow.tracker.events.SelfDescribing;
import com.snowplowanalytics.snowplow.tracker.events.Structured;
import com.snowplowanalytics.snowplow.tracker.payload.SelfDescribingJson;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The same event, sent by three trackers, results in the same decoded event. */
class OtherTrackersTest {

    private static final String CONTEXT_JSON = "{\"environment\":\"production\",\"realm\":\"saas\","
            + "\"is_gitlab_team_member\":true,\"feature_enabled_by_namespace_ids\":[1,2,3],"
            + "\"extra\":{\"model_engine\":\"ünï☃😀\",\"prefix_length\":1234}}";

    /** Fields that differ by nature: ids, times, and the names of the tracker and its HTTP client. */
    private static final List<String> OWN = List.of(
            "event_id",
            "etl_tstamp",
            "collector_tstamp",
            "derived_tstamp",
            "dvce_created_tstamp",
            "dvce_sent_tstamp",
            "network_userid",
            "useragent",
            "v_tracker");

    @AutoClose
    private Collector collector;

    @BeforeEach
    void start() throws IOException {
        collector = Collector.start(CollectorSettings.local(0));
    }

    @Test
    void the_snowplow_java_tracker_sends_the_same() throws Exception {
        JsonNode ours = ours();
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("environment", "production");
        context.put("realm", "saas");
        context.put("is_gitlab_team_member", true);
        context.put("feature_enabled_by_namespace_ids", List.of(1, 2, 3));
        context.put("extra", Map.of("model_engine", "ünï☃😀", "prefix_length", 1234));
        Tracker tracker = Snowplow.createTracker(
                new TrackerConfiguration("gl", "gitlab_ai_gateway").platform(DevicePlatform.ServerSideApp),
                new NetworkConfiguration(collector.url()),
                new EmitterConfiguration().batchSize(1));
        tracker.track(Structured.builder()
                .category("default_category")
                .action("request_awesome_feature")
                .label("l\"\\ü")
                .property("p")
                .value(1.0)
                .customContext(List.of(new SelfDescribingJson(EventContext.SCHEMA.toString(), context)))
                .build());
        JsonNode theirs = decoded(Web.awaitGood(collector.url(), 1).get(0));
        tracker.close();
        Snowplow.removeTracker(tracker);

        assertThat(theirs).isEqualTo(ours);
    }

    static boolean nodeIsInstalled() {
        try {
            return new ProcessBuilder("npm", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    @EnabledIf(value = "nodeIsInstalled", disabledReason = "Node is not installed")
    void the_node_tracker_sends_the_same(@TempDir Path folder) throws Exception {
        JsonNode ours = ours();
        run(folder, "npm", "install", "--silent", "--no-audit", "--no-fund", "@snowplow/node-tracker@4");
        Files.writeString(
                folder.resolve("track.mjs"), """
                import { newTracker, buildStructEvent } from '@snowplow/node-tracker';
                const tracker = newTracker({ namespace: 'gl', appId: 'gitlab_ai_gateway', encodeBase64: true },
                  { endpoint: '%s', eventMethod: 'post', bufferSize: 1 });
                tracker.setPlatform('srv');
                tracker.track(buildStructEvent({ category: 'default_category', action: 'request_awesome_feature',
                  label: 'l"\\\\ü', property: 'p', value: 1 }),
                  [{ schema: '%s', data: %s }]);
                tracker.flush();
                """.formatted(collector.url(), EventContext.SCHEMA, CONTEXT_JSON));
        run(folder, "node", "track.mjs");

        assertThat(decoded(Web.awaitGood(collector.url(), 1).get(0))).isEqualTo(ours);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "post"})
    @EnabledIf(value = "nodeIsInstalled", disabledReason = "Node is not installed")
    void every_kind_of_event_of_the_node_tracker_is_good(String method, @TempDir Path folder) throws Exception {
        run(folder, "npm", "install", "--silent", "--no-audit", "--no-fund", "@snowplow/node-tracker@4");
        Files.writeString(folder.resolve("track.mjs"), """
                import { newTracker, buildStructEvent, buildPageView, buildPagePing, buildSelfDescribingEvent } from '@snowplow/node-tracker';
                const tracker = newTracker({ namespace: 'gl', appId: 'shop', encodeBase64: false },
                  { endpoint: '%s', eventMethod: '%s', bufferSize: 1 });
                tracker.setUserId('user-7');
                tracker.track(buildPageView({ pageUrl: 'https://shop.test/cart?utm_source=mail', pageTitle: 'Cart', referrer: 'https://news.test/' }));
                tracker.track(buildPagePing({ pageUrl: 'https://shop.test/cart', pageTitle: 'Cart', referrer: '',
                  minXOffset: 1, maxXOffset: 2, minYOffset: 3, maxYOffset: 4 }));
                tracker.track(buildStructEvent({ category: 'c', action: 'buy', label: 'l', property: 'p', value: 2.5 }));
                tracker.track(buildSelfDescribingEvent({ event: { schema:
                  'iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1', data: { targetUrl: 'https://x.test/ü' } } }));
                tracker.flush();
                """.formatted(collector.url(), method));
        run(folder, "node", "track.mjs");

        Map<String, JsonNode> events = byName(Web.awaitGood(collector.url(), 4));
        assertThat(Web.json(collector.url() + "/micro/all").path("bad").asInt()).isZero();
        JsonNode view = events.get("page_view");
        assertThat(view.path("page_urlpath").asString()).isEqualTo("/cart");
        assertThat(view.path("page_title").asString()).isEqualTo("Cart");
        assertThat(view.path("refr_urlhost").asString()).isEqualTo("news.test");
        assertThat(view.path("mkt_source").asString()).isEqualTo("mail");
        assertThat(view.path("user_id").asString()).isEqualTo("user-7");
        assertThat(view.path("app_id").asString()).isEqualTo("shop");
        assertThat(view.path("name_tracker").asString()).isEqualTo("gl");
        assertThat(events.get("page_ping").path("pp_yoffset_max").asInt()).isEqualTo(4);
        assertThat(events.get("event").path("se_value").asDouble()).isEqualTo(2.5);
        assertThat(events.get("link_click")
                        .at("/unstruct_event/data/data/targetUrl")
                        .asString())
                .isEqualTo("https://x.test/ü");
    }

    @Test
    void every_kind_of_event_of_the_java_tracker_is_good() throws Exception {
        Tracker tracker = Snowplow.createTracker(
                new TrackerConfiguration("kinds", "shop"), new NetworkConfiguration(collector.url()));
        tracker.track(PageView.builder()
                .pageUrl("https://shop.test/cart")
                .pageTitle("Cart")
                .referrer("https://news.test/")
                .build());
        tracker.track(SelfDescribing.builder()
                .eventData(new SelfDescribingJson(
                        "iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1",
                        Map.of("targetUrl", "https://x.test/")))
                .build());
        tracker.track(
                Structured.builder().category("c").action("buy").value(2.5).build());
        tracker.close();
        Snowplow.removeTracker(tracker);

        Map<String, JsonNode> events = byName(Web.awaitGood(collector.url(), 3));
        assertThat(Web.json(collector.url() + "/micro/all").path("bad").asInt()).isZero();
        assertThat(events.get("page_view").path("page_urlhost").asString()).isEqualTo("shop.test");
        assertThat(events.get("page_view").path("page_referrer").asString()).isEqualTo("https://news.test/");
        assertThat(events.get("link_click").path("event").asString()).isEqualTo("unstruct");
        assertThat(events.get("event").path("se_value").asDouble()).isEqualTo(2.5);
        assertThat(events.values())
                .allSatisfy(
                        event -> assertThat(event.path("platform").asString()).isEqualTo("srv"));
    }

    private static Map<String, JsonNode> byName(JsonNode good) {
        Map<String, JsonNode> events = new HashMap<>();
        good.forEach(event -> events.put(event.at("/event/event_name").asString(), event.path("event")));
        return events;
    }

    private JsonNode ours() throws Exception {
        try (InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create(collector.url()))
                .appId("gitlab_ai_gateway")
                .namespace("gl")
                .build()) {
            EventContext context = EventContext.builder()
                    .environment("production")
                    .realm("saas")
                    .gitlabTeamMember(true)
                    .featureEnabledByNamespaceIds(List.of(1L, 2L, 3L))
                    .build();
            context.wrap(() -> client.event("request_awesome_feature")
                            .label("l\"\\ü")
                            .property("p")
                            .value(1)
                            .put("model_engine", "ünï☃😀")
                            .put("prefix_length", 1234)
                            .track())
                    .run();
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
        }
        JsonNode event = decoded(Web.awaitGood(collector.url(), 1).get(0));
        Web.post(collector.url() + "/micro/reset", "", Map.of());
        return event;
    }

    private static JsonNode decoded(JsonNode good) {
        ObjectNode event = (ObjectNode) good.path("event");
        event.remove(OWN);
        // These depend on the user agent, and on how each tracker orders and writes the same fields.
        event.remove(List.of("derived_contexts", "event_fingerprint"));
        return event;
    }

    private static void run(Path folder, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }
}
