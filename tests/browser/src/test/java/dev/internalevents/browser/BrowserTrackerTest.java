package dev.internalevents.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Snowplow's own browser tracker sends to the collector from a real browser. */
class BrowserTrackerTest {

    private static final String PAGE = """
            <!doctype html><html lang="en"><head><title>Shop ü</title><meta charset="utf-8"></head><body style="height:3000px">
            <script src="/tracker.js"></script>
            <script>
            const { newTracker, setUserId, enableActivityTracking, trackPageView, trackStructEvent, trackSelfDescribingEvent } = snowplowBrowserTracking;
            const settings = JSON.parse(decodeURIComponent(location.hash.slice(1)));
            newTracker('gl', settings.collector, { appId: settings.appId, platform: 'web',
              eventMethod: settings.method, bufferSize: 1, contexts: { webPage: true } });
            setUserId('user-7');
            enableActivityTracking({ minimumVisitLength: 1, heartbeatDelay: 1 });
            trackPageView();
            trackStructEvent({ category: 'c', action: 'buy', label: 'l"ü', value: 2.5 });
            trackSelfDescribingEvent({ event: { schema:
              'iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1', data: { targetUrl: 'https://x.test/' } } });
            </script></body></html>
            """;

    @TempDir
    static Path folder;

    @AutoClose
    private static TrackedSite site;

    @BeforeAll
    static void start() throws Exception {
        assumeThat(installed())
                .as("npm is installed and can download the tracker")
                .isTrue();
        byte[] tracker =
                Files.readAllBytes(folder.resolve("node_modules/@snowplow/browser-tracker/dist/index.umd.min.js"));
        byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
        site = TrackedSite.start(path -> path.equals("/tracker.js") ? tracker : page);
    }

    private static boolean installed() throws IOException, InterruptedException {
        try {
            Process npm = new ProcessBuilder(
                            "npm", "install", "--silent", "--no-audit", "--no-fund", "@snowplow/browser-tracker@4")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return npm.waitFor(2, TimeUnit.MINUTES) && npm.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "post"})
    void every_event_is_good_and_every_field_right(String method) throws Exception {
        String app = "shop-" + method;
        Page page = site.browser()
                .newPage(new Browser.NewPageOptions()
                        .setViewportSize(1000, 600)
                        .setLocale("de-DE")
                        .setTimezoneId("Europe/Berlin"));
        String settings = "{\"collector\":\"" + site.collector().url() + "\",\"appId\":\"" + app + "\",\"method\":\""
                + method + "\"}";
        String url = site.pages().url() + "/cart?utm_source=mail";
        page.navigate(url + "#"
                + java.net.URLEncoder.encode(settings, StandardCharsets.UTF_8).replace("+", "%20"));
        page.mouse().move(100, 100);
        page.mouse().wheel(0, 500);
        // The tracker checks every second whether there was activity.
        for (String name : new String[] {"page_view", "event", "link_click", "page_ping"}) {
            page.mouse().move(120, 140);
            MicroApi.await(site.collector(), app, "event_name", name);
        }
        page.close();

        assertThat(MicroApi.json(site.collector(), "/micro/all?session=" + app)
                        .path("bad")
                        .asInt())
                .isZero();
        Map<String, JsonNode> events = new HashMap<>();
        MicroApi.json(site.collector(), "/micro/good?session=" + app)
                .forEach(event -> events.put(event.at("/event/event_name").asString(), event.path("event")));
        for (JsonNode event : events.values()) {
            assertThat(event.path("platform").asString()).isEqualTo("web");
            assertThat(event.path("user_id").asString()).isEqualTo("user-7");
            assertThat(event.path("name_tracker").asString()).isEqualTo("gl");
            assertThat(event.path("page_urlpath").asString()).isEqualTo("/cart");
            assertThat(event.path("mkt_source").asString()).isEqualTo("mail");
            assertThat(event.path("br_lang").asString()).isEqualTo("de-DE");
            assertThat(event.path("os_timezone").asString()).isEqualTo("Europe/Berlin");
            assertThat(event.path("br_viewwidth").asInt()).isEqualTo(1000);
            assertThat(event.path("doc_height").asInt()).isGreaterThanOrEqualTo(3000);
            assertThat(event.path("doc_charset").asString()).isEqualTo("UTF-8");
            assertThat(event.path("domain_sessionidx").asInt()).isPositive();
            assertThat(event.path("domain_userid").asString()).hasSize(36);
            assertThat(event.path("useragent").asString()).contains("Chrome");
            assertThat(event.path("network_userid").asString()).hasSize(36);
            assertThat(event.path("contexts").toString()).contains("web_page/jsonschema/1-0-0");
        }
        assertThat(events.get("page_view").path("page_title").asString()).isEqualTo("Shop ü");
        assertThat(events.get("event").path("se_label").asString()).isEqualTo("l\"ü");
        assertThat(events.get("event").path("se_value").asDouble()).isEqualTo(2.5);
        assertThat(events.get("link_click")
                        .at("/unstruct_event/data/data/targetUrl")
                        .asString())
                .isEqualTo("https://x.test/");
        assertThat(events.get("page_ping").path("pp_yoffset_max").isNumber()).isTrue();
    }
}
