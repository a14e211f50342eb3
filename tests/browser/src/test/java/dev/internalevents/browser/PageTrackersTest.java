package dev.internalevents.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Snowplow's browser trackers, versions 3 and 4, with their plugins in a real browser: everything they send is good
 * with only the shipped schemas. Their exact versions are in {@code src/test/trackers}; npm downloads them once.
 */
class PageTrackersTest {

    private static final Path SOURCES = Path.of("src/test/trackers");
    private static final Path LOADED = Path.of("target/trackers");
    private static final Pattern GLOBAL = Pattern.compile("\\.(snowplow[A-Za-z]+)=");

    @AutoClose
    private static TrackedSite site;

    @BeforeAll
    static void start() throws Exception {
        assumeThat(load("v3") && load("v4"))
                .as("npm is installed and can download the trackers")
                .isTrue();
        site = TrackedSite.start(path ->
                path.endsWith(".js") ? script(path) : page(path.substring(1, 3)).getBytes(StandardCharsets.UTF_8));
    }

    private static boolean load(String version) throws IOException, InterruptedException {
        return NpmPackages.install(SOURCES.resolve(version), LOADED.resolve(version));
    }

    private static Path library(String version, String name) {
        return LOADED.resolve(version).resolve("node_modules/@snowplow/" + name + "/dist/index.umd.min.js");
    }

    private static List<String> plugins(String version) {
        try (Stream<Path> all = Files.list(LOADED.resolve(version).resolve("node_modules/@snowplow"))) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("browser-plugin-"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] script(String path) throws IOException {
        String[] parts = path.substring(1, path.length() - ".js".length()).split("/", -1);
        return Files.readAllBytes(parts.length == 1 ? SOURCES.resolve("page.js") : library(parts[0], parts[1]));
    }

    private static String page(String version) throws IOException {
        StringBuilder scripts = new StringBuilder();
        Stream.concat(Stream.of("browser-tracker"), plugins(version).stream())
                .forEach(name -> scripts.append("<script src=\"/" + version + "/" + name + ".js\"></script>\n"));
        return Files.readString(SOURCES.resolve("page.html"))
                .replace("/next", "/" + version + "/next")
                .replace("<!--scripts-->", scripts + "<script src=\"/page.js\"></script>");
    }

    /** Returns the names of the global variables in which the plugins' files put their functions. */
    private static List<String> globals(String version) throws IOException {
        List<String> names = new ArrayList<>();
        for (String plugin : plugins(version)) {
            Matcher name = GLOBAL.matcher(Files.readString(library(version, plugin)));
            assertThat(name.find()).as(plugin).isTrue();
            names.add(name.group(1));
        }
        return names;
    }

    @ParameterizedTest
    @CsvSource({"v3, get", "v3, post", "v3, beacon", "v4, get", "v4, post"})
    void every_event_is_good_and_has_its_page(String version, String method) throws Exception {
        String app = "shop-" + version + "-" + method;
        try (Page page = site.browser().newPage()) {
            page.navigate(address(version, "cart?utm_source=mail", app, method, false));
            assertThat(page.textContent("#done")).isEqualTo("done");
            assertThat(page.textContent("#failures")).isEmpty();
            page.fill("#name", "ada");
            page.selectOption("select", "L");
            page.click("#buy");
            // Events are sent one after the other, so all earlier ones have then arrived too.
            MicroApi.await(site.collector(), app, "se_category", "end");
            MicroApi.await(site.collector(), app, "event_name", "change_form");
        }

        assertGood(app);
        Set<String> names = new TreeSet<>();
        for (JsonNode event : good(app)) {
            names.add(event.path("event_name").asString());
            assertThat(event.path("page_urlscheme").asString()).isEqualTo("http");
            assertThat(event.path("page_urlhost").asString()).isEqualTo("127.0.0.1");
            assertThat(event.path("page_urlpath").asString()).isEqualTo("/" + version + "/cart");
            assertThat(event.path("page_urlquery").asString()).isEqualTo("utm_source=mail");
            assertThat(event.path("mkt_source").asString()).isEqualTo("mail");
            // The page was opened directly, so there is no referrer, and the page itself must not be reported as one.
            assertThat(event.path("page_referrer").isNull())
                    .as("%s", event.path("page_referrer"))
                    .isTrue();
            assertThat(event.path("refr_urlhost").isNull()).isTrue();
            assertThat(event.path("user_id").asString()).isEqualTo("user-7");
            assertThat(event.path("name_tracker").asString()).isEqualTo("gl");
            assertThat(event.path("v_tracker").asString()).startsWith("js-" + version.charAt(1));
            assertThat(event.path("domain_sessionid").asString()).hasSize(36);
            assertThat(event.path("contexts").toString()).contains("web_page/jsonschema/1-0-0");
        }
        assertThat(names)
                .contains(
                        "page_view",
                        "event",
                        "link_click",
                        "site_search",
                        "social_interaction",
                        "timing",
                        "application_error",
                        "change_form");
        assertThat(names)
                .contains(
                        version.equals("v3")
                                ? new String[] {
                                    "ad_click", "ad_conversion", "ad_impression", "consent_granted", "consent_withdrawn"
                                }
                                : new String[] {
                                    "snowplow_ecommerce_action",
                                    "screen_view",
                                    "button_click",
                                    "play_event",
                                    "ad_start_event"
                                });
    }

    @ParameterizedTest
    @CsvSource({"v3, post", "v4, post"})
    void a_page_that_was_linked_to_has_its_referrer(String version, String method) throws Exception {
        String app = "link-" + version;
        try (Page page = site.browser().newPage()) {
            page.navigate(address(version, "cart", app, method, true));
            MicroApi.await(site.collector(), app, "se_category", "end");
            String next = address(version, "next", app + "-next", method, true);
            page.evaluate("next => document.getElementById('next').href = next", next);
            page.click("#next");
            MicroApi.await(site.collector(), app + "-next", "se_category", "end");
        }

        assertGood(app + "-next");
        for (JsonNode event : good(app + "-next")) {
            assertThat(event.path("page_urlpath").asString()).isEqualTo("/" + version + "/next");
            assertThat(event.path("refr_urlpath").asString()).isEqualTo("/" + version + "/cart");
            assertThat(event.path("refr_urlhost").asString()).isEqualTo("127.0.0.1");
        }
    }

    private static String address(String version, String page, String app, String method, boolean viewAlone)
            throws IOException {
        String settings = JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "collector", site.collector().url(),
                        "appId", app,
                        "method", method,
                        "viewAlone", viewAlone,
                        "plugins", globals(version)));
        return site.pages().url() + "/" + version + "/" + page + "#"
                + URLEncoder.encode(settings, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void assertGood(String app) throws Exception {
        List<String> errors = new ArrayList<>();
        MicroApi.json(site.collector(), "/micro/bad?session=" + app)
                .forEach(event -> errors.add(
                        event.path("rawEvent").path("parameters").path("e").asString() + " " + event.path("errors")));
        assertThat(errors).isEmpty();
    }

    private static List<JsonNode> good(String app) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        MicroApi.json(site.collector(), "/micro/good?session=" + app).forEach(event -> events.add(event.path("event")));
        return events;
    }
}
