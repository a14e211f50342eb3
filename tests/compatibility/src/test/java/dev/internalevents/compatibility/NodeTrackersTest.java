package dev.internalevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ten years of Snowplow's Node trackers: every kind of event of each is good with the shipped schemas, and is compared
 * field by field. Their exact versions are in {@code src/test/trackers}; npm downloads them once.
 */
class NodeTrackersTest {

    private static final Path SOURCES = Path.of("src/test/trackers");
    private static final Path LOADED = Path.of("target/trackers");
    private static final int KINDS = 19;

    private static Collector collector;
    private static Wire wire;

    @BeforeAll
    static void start() throws Exception {
        assumeThat(load()).as("npm is installed and can download the trackers").isTrue();
        collector = Collector.start(CollectorSettings.local(0));
        wire = new Wire(collector.port());
    }

    @AfterAll
    static void stop() {
        if (collector != null) {
            collector.close();
        }
    }

    private static boolean load() throws IOException, InterruptedException {
        Path lock = SOURCES.resolve("package-lock.json");
        Path loaded = LOADED.resolve("package-lock.json");
        if (Files.isDirectory(LOADED.resolve("node_modules")) && Files.mismatch(lock, loaded) < 0) {
            return true;
        }
        Files.createDirectories(LOADED);
        Files.copy(
                SOURCES.resolve("package.json"), LOADED.resolve("package.json"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(lock, loaded, StandardCopyOption.REPLACE_EXISTING);
        try {
            return run("npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts") == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(LOADED.toFile())
                .redirectErrorStream(true)
                .redirectOutput(LOADED.resolve("output.log").toFile())
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    @ParameterizedTest
    @CsvSource({
        "snowplow-tracker, get, true", "snowplow-tracker, post, false",
        "node-tracker-3, get, false", "node-tracker-3, post, true",
        "node-tracker-4, get, true", "node-tracker-4, post, false"
    })
    void every_kind_of_event_is_good_and_every_field_right(String version, String method, boolean base64)
            throws Exception {
        String app = version + "-" + method;
        String script = SOURCES.resolve("track.js").toAbsolutePath().toString();
        Files.copy(Path.of(script), LOADED.resolve("track.js"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(run("node", "track.js", version, collector.url(), app, method, String.valueOf(base64)))
                .as(Files.readString(LOADED.resolve("output.log")))
                .isZero();

        JsonNode bad = json(wire.get("/micro/bad?session=" + app, Map.of()).body());
        assertThat(bad).as(bad.toString()).isEmpty();
        JsonNode good = json(wire.get("/micro/good?session=" + app, Map.of()).body());
        assertThat(good.size()).isEqualTo(KINDS);
        Map<String, JsonNode> events = new HashMap<>();
        for (JsonNode one : good) {
            JsonNode event = one.path("event");
            events.putIfAbsent(event.path("event_name").asString(), event);
            assertThat(event.path("platform").asString()).isEqualTo("srv");
            assertThat(event.path("user_id").asString()).isEqualTo("user-7");
            assertThat(event.path("name_tracker").asString()).isEqualTo("gl");
            assertThat(event.path("app_id").asString()).isEqualTo(app);
            assertThat(event.path("contexts").toString()).contains("web_page/jsonschema/1-0-0");
        }
        assertThat(events.keySet())
                .containsExactlyInAnyOrder(
                        "page_view",
                        "page_ping",
                        "event",
                        "transaction",
                        "transaction_item",
                        "screen_view",
                        "link_click",
                        "ad_impression",
                        "ad_click",
                        "ad_conversion",
                        "social_interaction",
                        "add_to_cart",
                        "remove_from_cart",
                        "change_form",
                        "submit_form",
                        "site_search",
                        "consent_granted",
                        "consent_withdrawn");
        fields(events);
    }

    private static void fields(Map<String, JsonNode> events) {
        JsonNode view = events.get("page_view");
        assertThat(view.path("page_urlhost").asString()).isEqualTo("shop.test");
        assertThat(view.path("page_urlport").asInt()).isEqualTo(443);
        assertThat(view.path("page_urlpath").asString()).isEqualTo("/cart");
        assertThat(view.path("page_title").asString()).isEqualTo("Cart ü");
        assertThat(view.path("mkt_source").asString()).isEqualTo("mail");
        assertThat(view.path("page_referrer").asString()).isEqualTo("https://news.test/");
        assertThat(view.path("refr_urlhost").asString()).isEqualTo("news.test");
        JsonNode ping = events.get("page_ping");
        assertThat(ping.path("pp_xoffset_min").asInt()).isEqualTo(1);
        assertThat(ping.path("pp_xoffset_max").asInt()).isEqualTo(2);
        assertThat(ping.path("pp_yoffset_min").asInt()).isEqualTo(3);
        assertThat(ping.path("pp_yoffset_max").asInt()).isEqualTo(4);
        JsonNode struct = events.get("event");
        assertThat(struct.path("se_category").asString()).isEqualTo("c");
        assertThat(struct.path("se_action").asString()).isEqualTo("buy");
        assertThat(struct.path("se_label").asString()).isEqualTo("l\"ü");
        assertThat(struct.path("se_property").asString()).isEqualTo("p");
        assertThat(struct.path("se_value").asDouble()).isEqualTo(2.5);
        JsonNode transaction = events.get("transaction");
        assertThat(transaction.path("tr_orderid").asString()).isEqualTo("t1");
        assertThat(transaction.path("tr_total").asDouble()).isEqualTo(19);
        assertThat(transaction.path("tr_city").asString()).isEqualTo("Wien");
        assertThat(transaction.path("tr_currency").asString()).isEqualTo("EUR");
        JsonNode item = events.get("transaction_item");
        assertThat(item.path("ti_sku").asString()).isEqualTo("s");
        assertThat(item.path("ti_price").asDouble()).isEqualTo(9.5);
        assertThat(item.path("ti_quantity").asInt()).isEqualTo(2);
        assertThat(events.get("site_search")
                        .at("/unstruct_event/data/data/terms/1")
                        .asString())
                .isEqualTo("ü");
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
