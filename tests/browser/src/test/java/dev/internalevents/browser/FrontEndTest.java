package dev.internalevents.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests the ES module for pages in a real browser. */
class FrontEndTest {

    private static final String CONTEXT = """
            <script type="application/json" id="internal-events-context">
            {"environment":"production","user_id":42,"project_id":7,"namespace_id":3,"plan":"premium","realm":"saas",
             "correlation_id":"page-1","extra":{"theme":"dark"}}</script>
            """;

    @AutoClose
    private static Chromium chromium;

    private FrontEndPages pages;
    private BrowserContext tabs;

    @BeforeAll
    static void start() {
        chromium = Chromium.launch();
    }

    @BeforeEach
    void open() throws IOException {
        pages = new FrontEndPages();
        tabs = chromium.browser().newContext();
    }

    @AfterEach
    void close() {
        tabs.close();
        pages.close();
    }

    private Page open(String address) {
        Page page = tabs.newPage();
        page.navigate(address);
        page.waitForFunction("window.started");
        return page;
    }

    private static Object stored(Page page) {
        return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('internal-events ')).length");
    }

    /**
     * 4 elements are only shown; 16 are used: with mouse and keyboard, nested, added later, removed, and one that
     * leaves the page.
     */
    @Test
    void each_of_twenty_elements_sends_its_event_once_with_the_context_of_the_page() throws Exception {
        StringBuilder html = new StringBuilder(CONTEXT);
        for (int i = 0; i < 4; i++) {
            html.append("<div data-event-tracking='shown_" + i + "' data-event-tracking-load='true'>shown</div>");
        }
        for (int i = 0; i < 8; i++) {
            html.append("<button id='b" + i + "' data-event-tracking='clicked_" + i
                    + "' data-event-label='l" + i + "' data-event-property='p' data-event-value='" + i
                    + "' data-event-additional='{\"index\":" + i + "}'><i>press</i></button>");
        }
        html.append("""
                <button id="enter" data-event-tracking="pressed_enter">x</button>
                <button id="space" data-event-tracking="pressed_space">x</button>
                <label data-event-tracking="checked"><span id="check">text</span><input type="checkbox"></label>
                <div data-event-tracking="outer"><button id="inner" data-event-tracking="inner">x</button><b id="outer">y</b></div>
                <button id="gone" data-event-tracking="removed" onclick="this.remove()">x</button>
                <div id="later"></div><a id="leave" href="/next" data-event-tracking="left">next</a>
                """);
        pages.show(html.toString());
        Collector collector = Collector.start(CollectorSettings.local(0));
        try {
            Page page = open(
                    pages.page("/cart?secret=1", "{\"collector\":\"" + collector.url() + "\",\"appId\":\"twenty\"}"));
            page.evaluate("document.addEventListener('click', (event) => event.stopPropagation(), true)");
            for (int i = 0; i < 8; i++) {
                page.click("#b" + i + (i % 2 == 0 ? "" : " i"));
            }
            page.press("#enter", "Enter");
            page.press("#space", "Space");
            page.click("#check");
            page.click("#inner");
            page.click("#outer");
            page.click("#gone");
            page.evaluate("document.getElementById('later').innerHTML = '<a data-event-tracking=\"added\">x</a>'");
            page.click("#later a");
            page.click("#leave");
            page.waitForURL("**/next");

            MicroApi.await(collector, "twenty", "se_action", "left");
            JsonNode good = MicroApi.json(collector, "/micro/good?session=twenty");
            List<String> names = new ArrayList<>();
            good.forEach(event -> names.add(event.at("/event/se_action").asString()));
            assertThat(names)
                    .containsExactlyInAnyOrder(
                            "shown_0",
                            "shown_1",
                            "shown_2",
                            "shown_3",
                            "clicked_0",
                            "clicked_1",
                            "clicked_2",
                            "clicked_3",
                            "clicked_4",
                            "clicked_5",
                            "clicked_6",
                            "clicked_7",
                            "pressed_enter",
                            "pressed_space",
                            "checked",
                            "inner",
                            "outer",
                            "removed",
                            "added",
                            "left");
            assertThat(MicroApi.json(collector, "/micro/all?session=twenty")
                            .path("bad")
                            .asInt())
                    .as("%s", MicroApi.json(collector, "/micro/bad?session=twenty"))
                    .isZero();
            for (JsonNode one : good) {
                JsonNode event = one.path("event");
                String name = event.path("se_action").asString();
                Map<String, JsonNode> contexts = contexts(event);
                JsonNode standard = contexts.get("iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8");
                assertThat(standard.path("user_id").asInt()).isEqualTo(42);
                assertThat(standard.path("project_id").asInt()).isEqualTo(7);
                assertThat(standard.path("namespace_id").asInt()).isEqualTo(3);
                assertThat(standard.path("environment").asString()).isEqualTo("production");
                assertThat(standard.at("/extra/theme").asString()).isEqualTo("dark");
                assertThat(contexts.get("iglu:com.gitlab/gitlab_service_ping/jsonschema/1-0-1")
                                .toString())
                        .isEqualTo("{\"event_name\":\"" + name + "\",\"data_source\":\"redis_hll\"}");
                assertThat(event.path("se_category").asString()).isEqualTo("shop:cart");
                assertThat(event.path("platform").asString()).isEqualTo("web");
                assertThat(event.path("page_urlpath").asString()).isEqualTo("/cart");
                assertThat(event.path("page_urlquery").isNull()).isTrue();
                if (name.startsWith("clicked_")) {
                    int index = name.charAt(name.length() - 1) - '0';
                    assertThat(event.path("se_label").asString()).isEqualTo("l" + index);
                    assertThat(event.path("se_property").asString()).isEqualTo("p");
                    assertThat(event.path("se_value").isNull()).isEqualTo(index == 0);
                    assertThat(standard.at("/extra/index").asInt()).isEqualTo(index);
                }
            }
        } finally {
            collector.close();
        }
    }

    @Test
    void neither_address_nor_cookie_nor_query_goes_to_the_collector() {
        pages.show("");
        Page before = open(pages.page("/before?token=secret-1"));
        before.evaluate("location.assign('/after?token=secret-2' + location.hash)");
        before.waitForFunction("window.started && location.pathname === '/after'");
        before.evaluate("events.trackEvent('seen')");
        pages.await("seen");

        JsonNode event = pages.events().get(0);
        assertThat(event.path("url").asString()).endsWith("/after");
        assertThat(event.path("refr").asString()).endsWith("/before");
        FrontEndPages.Sent request = pages.requests().get(0);
        assertThat(request.path()).isEqualTo("/com.snowplowanalytics.snowplow/tp2");
        assertThat(request.body().path("schema").asString())
                .isEqualTo("iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4");
        assertThat(request.headers() + " " + request.body()).doesNotContain("secret-", "Cookie");
    }

    @Test
    void what_is_tracked_offline_is_sent_online() {
        pages.show("");
        Page page = open(pages.page("/"));
        tabs.setOffline(true);
        page.evaluate("for (let i = 0; i < 3; i++) events.trackEvent('offline_' + i)");
        page.evaluate("events.flush()");
        assertThat(stored(page)).isEqualTo(3);
        tabs.setOffline(false);
        pages.await("offline_2");

        assertThat(pages.names()).containsExactly("offline_0", "offline_1", "offline_2");
        page.waitForFunction("Object.keys(localStorage).length === 0");
    }

    @Test
    void what_could_not_be_sent_is_sent_after_a_reload_once() {
        pages.show("");
        pages.answerWith(503);
        Page page = open(pages.page("/"));
        page.evaluate("(events.trackEvent('first'), events.flush())");
        page.evaluate("(events.trackEvent('second'), events.flush())");
        assertThat(stored(page)).isEqualTo(2);
        page.reload();
        page.waitForFunction("window.started");
        pages.answerWith(200);
        page.evaluate("events.flush()");
        pages.await("second");
        page.evaluate("events.trackEvent('third')");
        pages.await("third");

        assertThat(pages.names()).containsExactlyInAnyOrder("first", "second", "third");
        page.waitForFunction("Object.keys(localStorage).length === 0");
    }

    @Test
    void tabs_do_not_take_each_others_events_and_the_next_page_takes_those_of_a_closed_one() {
        pages.show("");
        pages.answerWith(503);
        Page one = open(pages.page("/one"));
        Page two = open(pages.page("/two"));
        one.evaluate("(events.trackEvent('one_1'), events.trackEvent('one_2'), events.flush())");
        two.evaluate("(events.trackEvent('two_1'), events.flush())");
        assertThat(stored(two)).isEqualTo(3);
        one.navigate("about:blank");
        one.close();
        pages.answerWith(200);
        Page three = open(pages.page("/three"));
        pages.await("one_2");
        two.evaluate("events.flush()");
        pages.await("two_1");

        assertThat(pages.names()).containsExactlyInAnyOrder("one_1", "one_2", "two_1");
        three.waitForFunction("Object.keys(localStorage).length === 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })",
                "localStorage.clear(); try { for (let n = 1 << 22; n >= 1; n >>= 1) { try { for (let i = 0;; i++)"
                        + " localStorage.setItem('x' + n + '-' + i, 'y'.repeat(n)) } catch {} } } catch {}",
            })
    void storage_that_is_full_or_refused_loses_no_event(String storage) {
        pages.show("");
        tabs.addInitScript(storage);
        pages.answerWith(503);
        Page page = open(pages.page("/"));
        page.evaluate("(events.trackEvent('kept'), events.flush())");
        pages.answerWith(200);
        page.evaluate("events.flush()");
        pages.await("kept");

        assertThat(pages.names()).containsExactly("kept");
    }

    @Test
    void at_most_100_events_are_stored_and_all_of_a_page_are_sent() {
        pages.show("");
        pages.answerWith(503);
        Page page = open(pages.page("/"));
        page.evaluate("(Array.from({ length: 150 }, (_, i) => events.trackEvent('e' + i)), events.flush())");
        assertThat(stored(page)).isEqualTo(100);
        pages.answerWith(200);
        page.evaluate("events.flush()");
        pages.await("e149");
        assertThat(new TreeSet<>(pages.names())).hasSize(150);

        pages.answerWith(503);
        page.evaluate("(Array.from({ length: 20 }, () => events.trackEvent('long', { text: 'x'.repeat(30000) })),"
                + " events.flush())");
        assertThat((Integer) stored(page)).isBetween(1, 7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })",
                "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })",
            })
    void whoever_does_not_want_it_is_not_tracked_and_nothing_is_stored(String signal) {
        pages.show("<div data-event-tracking='shown' data-event-tracking-load='true'></div>"
                + "<button data-event-tracking='pressed'>x</button>");
        pages.answerWith(503);
        Page before = tabs.newPage();
        // Wait for the response; otherwise a request in flight could get the status that is set later.
        before.waitForResponse(
                response -> response.request().method().equals("POST"), () -> before.navigate(pages.page("/")));
        before.evaluate("(events.trackEvent('before'), events.flush())");
        assertThat((Integer) stored(before)).isPositive();
        before.close();
        pages.answerWith(200);
        tabs.addInitScript(signal);
        Page page = open(pages.page("/"));
        page.click("button");
        page.evaluate("(events.trackEvent('tracked'), events.flush())");

        assertThat(page.evaluate("localStorage.length")).isEqualTo(0);
        assertThat(pages.requests()).isEmpty();
    }

    @Test
    void without_consent_the_queue_is_removed_and_with_it_elements_are_tracked_again() {
        pages.show("<div data-event-tracking='shown' data-event-tracking-load='true'></div>"
                + "<button data-event-tracking='pressed'>x</button>");
        pages.answerWith(503);
        Page page = open(pages.page("/"));
        page.evaluate("(events.trackEvent('waiting'), events.flush())");
        page.evaluate("events.consent(false)");
        assertThat(page.evaluate("localStorage.length")).isEqualTo(0);
        pages.answerWith(200);
        page.click("button");
        page.evaluate("(events.trackEvent('refused'), events.flush())");
        page.reload();
        page.waitForFunction("window.started");
        pages.await("shown");
        // The page has seen the response, too.
        page.evaluate("events.flush()");
        page.evaluate("events.consent(false)");
        page.evaluate("events.consent(true)");
        page.click("button");
        pages.await("pressed");

        assertThat(pages.names()).containsExactly("shown", "pressed");
    }

    @Test
    void events_wait_for_start_and_for_consent_that_start_is_told() {
        pages.show("");
        Page page = open(pages.page("/", ""));
        page.evaluate("events.trackEvent('early')");
        assertThat(page.evaluate("localStorage.length")).isEqualTo(0);
        page.evaluate("(collector) => events.start({ collector, consent: true })", pages.collectorUrl());
        pages.await("early");

        Page other = open(pages.page("/", ""));
        other.evaluate("events.trackEvent('never')");
        other.evaluate("(collector) => events.start({ collector, consent: false })", pages.collectorUrl());
        other.evaluate("events.flush()");
        assertThat(pages.names()).containsExactly("early");
    }

    @Test
    void a_parent_is_bound_once_and_can_be_released() {
        pages.show("<main><button data-event-tracking='pressed'>x</button></main>");
        Page page = open(pages.page("/", "{\"collector\":\"" + pages.collectorUrl() + "\",\"bind\":false}"));
        page.click("button");
        page.evaluate("window.main = document.querySelector('main'); window.end = events.bind(main);"
                + " events.bind(main)(); events.bind(document); null");
        page.click("button");
        pages.await("pressed");
        page.evaluate("events.trackEvent('between')");
        pages.await("between");
        assertThat(pages.names()).containsExactly("pressed", "between");

        // After end() the main element is released, but the document is still bound.
        page.evaluate("end()");
        page.click("button");
        await().until(() -> pages.names().size() == 3);
    }

    @Test
    void what_an_element_says_is_read_as_gitlab_reads_it() {
        pages.show("""
                <button id="a" data-event-tracking="a" data-event-value="0" data-event-label="l"
                  data-event-additional='{"label":"wins","value":2.5,"more":[1]}'>x</button>
                <button id="b" data-event-tracking="b" data-event-value="abc" data-event-additional="{broken">x</button>
                <button id="c" data-event-tracking="c" data-event-value="12px" data-event-additional="[1]">x</button>
                <div id="d" data-event-tracking="d" data-event-tracking-load="true">x</div>
                """);
        Page page = tabs.newPage();
        List<String> errors = new ArrayList<>();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && message.text().contains("data-event")) {
                errors.add(message.text());
            }
        });
        page.navigate(pages.page("/"));
        page.waitForFunction("window.started");
        for (String id : List.of("a", "b", "d", "c")) {
            page.click("#" + id);
        }
        pages.await("c");

        Map<String, JsonNode> events = new TreeMap<>();
        pages.events().forEach(event -> events.put(event.path("se_ac").asString(), event));
        assertThat(pages.names()).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(events.get("a").path("se_la").asString()).isEqualTo("wins");
        assertThat(events.get("a").path("se_va").asString()).isEqualTo("2.5");
        assertThat(events.get("a").path("co").asString()).contains("\"extra\":{\"more\":[1]}");
        assertThat(events.get("b").has("se_va")).isFalse();
        assertThat(events.get("c").path("se_va").asString()).isEqualTo("12");
        assertThat(errors).hasSize(2).allMatch(error -> error.contains("not a JSON object"));
    }

    @Test
    void arguments_of_a_wrong_type_throw_and_empty_ones_do_not() {
        pages.show("");
        Page page = open(pages.page("/"));
        for (String arguments : List.of(
                "",
                "''",
                "7",
                "'a', 'label'",
                "'a', [1]",
                "'a', { label: 1 }",
                "'a', { property: {} }",
                "'a', { value: '1' }")) {
            assertThat(page.evaluate("(() => { try { events.trackEvent(" + arguments
                            + "); return 'none' } catch (error) { return error.name } })()"))
                    .as(arguments)
                    .isEqualTo("TypeError");
        }
        page.evaluate(
                "(events.trackEvent('none'), events.trackEvent('null', null),"
                        + " events.trackEvent('empty', { label: '', property: null, value: undefined }),"
                        + " events.trackEvent('zero', { value: 0, label: 'l' }, 'own'), events.trackEvent('nan', { value: NaN }))");
        pages.await("nan");

        assertThat(pages.events()).hasSize(5);
        assertThat(pages.events().get(3).path("se_va").asString()).isEqualTo("0");
        assertThat(pages.events().get(3).path("se_ca").asString()).isEqualTo("own");
        assertThat(pages.events().get(4).has("se_va")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "collector.example.com",
                "nope",
                "",
                "/collector",
                "//a",
                "https:a",
                "https://",
                "http:///x",
                "https://?x",
                "ftp://a",
                "http://a b",
                "http://:80"
            })
    void a_collector_that_is_no_http_url_throws_and_changes_nothing(String collector) {
        pages.show("");
        Page page = open(pages.page("/"));
        assertThat(page.evaluate(
                        "(collector) => { try { events.start({ collector }); return 'none' } catch (error) { return error.name } }",
                        collector))
                .isEqualTo("TypeError");
        page.evaluate("events.trackEvent('after')");
        pages.await("after");
    }

    @Test
    void the_environment_is_production_unless_the_page_or_the_settings_say_another() {
        pages.show("");
        Page page = open(pages.page("/"));
        page.evaluate("events.trackEvent('by_default')");
        pages.await("by_default");
        page.evaluate(
                "(collector) => { events.start({ collector, context: { environment: 'staging' } });"
                        + " events.trackEvent('set') }",
                pages.collectorUrl());
        pages.await("set");

        assertThat(pages.events().get(0).path("co").asString()).contains("\"environment\":\"production\"");
        assertThat(pages.events().get(1).path("co").asString()).contains("\"environment\":\"staging\"");
    }

    /** Like Node, a worker has no document. */
    @Test
    void without_a_document_nothing_is_tracked_and_nothing_throws() {
        pages.show("");
        Page page = open(pages.page("/"));
        Object answer = page.evaluate(
                "(collector) => new Promise((answered) => {"
                        + " const code = `import * as events from '${location.origin}/internal-events.js';"
                        + " try { events.trackEvent('a'); events.start({ collector: '${collector}' });"
                        + " events.bind()(); events.trackLoadEvents(); events.consent(true);"
                        + " events.trackEvent('b'); events.consent(false); await events.flush();"
                        + " postMessage('pageContext ' + Object.keys(events.pageContext()).length);"
                        + " } catch (error) { postMessage(String(error)) }`;"
                        + " const worker = new Worker("
                        + "URL.createObjectURL(new Blob([code], { type: 'text/javascript' })), { type: 'module' });"
                        + " worker.onmessage = ({ data }) => answered(data);"
                        + " worker.onerror = ({ message }) => answered(message) })",
                pages.collectorUrl());

        assertThat(answer).isEqualTo("pageContext 0");
        page.evaluate("events.trackEvent('end')");
        pages.await("end");
        assertThat(pages.names()).containsExactly("end");
    }

    @Test
    void nothing_that_a_page_says_makes_an_event_bad() throws Exception {
        pages.show("""
                <script type="application/json" id="internal-events-context">
                {"environment":"%s","realm":"SaaS","deployment_type":"x","user_id":4294967296,"global_user_id":"%s",
                 "project_id":-1,"namespace_id":"7","is_gitlab_team_member":"yes","plan":7,"source":null,
                 "feature_enabled_by_namespace_ids":[1,-1,"x",2.5,3],"constructor":"x","unknown":1,"extra":[1],
                 "instance_id":"%s","correlation_id":"%s"}</script>
                """.formatted("e".repeat(100), "g".repeat(100), "i".repeat(300), "c".repeat(65)));
        Collector collector = Collector.start(CollectorSettings.local(0));
        try {
            Page page = open(pages.page(
                    "/" + "p".repeat(5000), "{\"collector\":\"" + collector.url() + "\",\"appId\":\"odd\"}"));
            page.evaluate("(events.trackEvent('long', { label: 'l'.repeat(9999), property: 'p'.repeat(9999),"
                    + " value: 1e300, half: '\\ud83d', emoji: '😀' }, 'c'.repeat(9999)),"
                    + " events.trackEvent('n'.repeat(200)), events.trackEvent('end', { label: '😀'.repeat(2049) }))");
            MicroApi.await(collector, "odd", "se_action", "end");

            assertThat(MicroApi.json(collector, "/micro/all?session=odd")
                            .path("bad")
                            .asInt())
                    .as("%s", MicroApi.json(collector, "/micro/bad?session=odd"))
                    .isZero();
            JsonNode event = null;
            for (JsonNode one : MicroApi.json(collector, "/micro/good?session=odd")) {
                event = one.at("/event/se_action").asString().equals("long") ? one.path("event") : event;
            }
            assertThat(event).isNotNull();
            JsonNode standard = contexts(event).get("iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8");
            assertThat(standard.path("environment").asString()).isEqualTo("e".repeat(32));
            assertThat(standard.path("user_id").asString()).isEqualTo("4294967296");
            assertThat(standard.path("feature_enabled_by_namespace_ids").toString())
                    .isEqualTo("[1,3]");
            assertThat(standard.path("extra").toString()).isEqualTo("{\"half\":\"\ufffd\",\"emoji\":\"😀\"}");
            assertThat(new ArrayList<>(standard.propertyNames()))
                    .containsExactlyInAnyOrder("environment", "user_id", "feature_enabled_by_namespace_ids", "extra");
        } finally {
            collector.close();
        }
    }

    @Test
    void the_application_counts_for_a_user_that_the_page_names() {
        pages.show(CONTEXT + "<meta name='_csrf' content='token-1'><meta name='_csrf_header' content='X-Token'>");
        Page page = open(pages.page("/"));
        page.evaluate("import('/api.js').then((api) => { window.end = api.countOnServer() })");
        page.evaluate("events.trackEvent('bought', { label: 'l', value: 2, size: 'XL' })");
        pages.await("bought");
        await().until(() -> pages.requests().size() == 2);
        page.evaluate("(end(), events.trackEvent('not_counted'))");
        pages.await("not_counted");

        List<FrontEndPages.Sent> counted = pages.requests().stream()
                .filter(request -> request.path().equals("/api/internal-events"))
                .toList();
        assertThat(counted).singleElement().satisfies(request -> {
            assertThat(request.body())
                    .isEqualTo(JsonMapper.shared()
                            .readTree("{\"event\":\"bought\",\"namespace_id\":3,\"project_id\":7,"
                                    + "\"additional_properties\":{\"label\":\"l\",\"value\":2,\"size\":\"XL\"},"
                                    + "\"send_to_snowplow\":false}"));
            assertThat(request.headers()).containsEntry("X-token", List.of("token-1"));
        });
    }

    @Test
    void tests_see_what_is_tracked_and_nothing_is_sent() {
        pages.show("<button data-event-tracking='pressed' data-event-label='l'>x</button>");
        Page page = open(pages.page("/"));
        page.evaluate("import('/testing.js').then((testing) => { window.recorded = testing.recordEvents() })");
        page.click("button");
        assertThat(page.evaluate("JSON.stringify(recorded.events)"))
                .isEqualTo("[{\"name\":\"pressed\",\"properties\":{\"label\":\"l\"},\"category\":\"shop:cart\"}]");
        page.evaluate("(recorded.end(), events.mixin().methods.trackEvent('sent'))");
        pages.await("sent");
        assertThat(pages.names()).containsExactly("sent");
    }

    @Test
    void events_that_the_collector_refuses_for_good_are_dropped_and_a_large_batch_is_divided() {
        pages.show("");
        pages.answerWith(400);
        Page page = open(pages.page("/"));
        page.evaluate("(events.trackEvent('refused'), events.flush())");
        page.waitForFunction("Object.keys(localStorage).length === 0");
        pages.answerWith(413);
        page.evaluate("(events.trackEvent('a'), events.trackEvent('b'), events.flush())");
        page.waitForFunction("Object.keys(localStorage).length === 0");
        pages.answerWith(200);
        page.evaluate("events.trackEvent('taken')");
        pages.await("taken");

        assertThat(pages.names()).containsExactly("taken");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 302, 403, 500})
    void each_event_is_sent_once_whether_the_application_or_the_page_sends_it(int answer) {
        pages.show(CONTEXT);
        pages.applicationAnswersWith(answer);
        Page page = tabs.newPage();
        List<String> errors = errors(page);
        page.navigate(pages.page("/"));
        page.waitForFunction("window.started");
        page.evaluate(
                "import('/api.js').then((api) => api.countOnServer('/api/internal-events', {sendToSnowplow: true}))");
        page.evaluate("events.trackEvent('bought', { size: 'XL' })");
        if (answer != 200) {
            page.waitForCondition(() -> errors.stream().anyMatch(error -> error.contains("\"bought\" is not counted")));
        }
        boolean refused = answer == 302 || answer == 403;
        if (refused) {
            pages.await("bought");
        }
        page.evaluate("document.getElementById('internal-events-context').remove()");
        page.evaluate("events.trackEvent('nobody')");
        pages.await("nobody");

        assertThat(pages.names()).containsExactlyElementsOf(refused ? List.of("bought", "nobody") : List.of("nobody"));
        assertThat(pages.requests().stream().filter(request -> request.path().equals("/api/internal-events")))
                .hasSize(1);
        assertThat(errors.stream().filter(error -> error.contains("\"bought\" is not counted")))
                .hasSize(answer == 200 ? 0 : 1);
    }

    @Test
    void an_odd_cookie_and_a_big_number_do_not_stop_the_caller() {
        pages.show(CONTEXT);
        Page page = open(pages.page("/"));
        page.evaluate("document.cookie = 'XSRF-TOKEN=%E0%A4%A'");
        page.evaluate("import('/api.js').then((api) => api.countOnServer())");
        page.evaluate("""
                ({ collector }) => {
                  events.start({ collector, context: { project_id: 7n } });
                  events.trackEvent('bought');
                }""", Map.of("collector", pages.collectorUrl()));
        pages.await("bought");
        await().until(() -> pages.requests().size() == 2);

        assertThat(pages.requests().stream().filter(request -> request.path().equals("/api/internal-events")))
                .singleElement()
                .satisfies(request -> {
                    assertThat(request.body().path("project_id").asString()).isEqualTo("7");
                    assertThat(request.headers()).containsEntry("X-xsrf-token", List.of("%E0%A4%A"));
                });
    }

    @Test
    void a_collector_with_credentials_in_its_address_is_refused_at_the_start() {
        pages.show("");
        Page page = open(pages.page("/", ""));

        assertThat(page.evaluate("""
                () => {
                  try {
                    events.start({ collector: 'https://user:password@collector.example.com' });
                  } catch (error) {
                    return error.message;
                  }
                }""")).isEqualTo("start: collector: expected http:// or https:// and a host");
    }

    /** Tests entries that another version or another script may have left. */
    @Test
    void what_is_stored_and_cannot_be_sent_does_not_stop_what_can() {
        pages.show("");
        Page page = open(pages.page("/", ""));
        page.evaluate("""
                (collector) => {
                  const put = (owner, eid, body) =>
                    (localStorage[`internal-events ${collector}/com.snowplowanalytics.snowplow/tp2 ${owner} ${eid}`] = body);
                  const event = (eid, more) => JSON.stringify({ e: 'se', se_ac: eid, eid, dtm: '1', ...more });
                  put('-', 'large', event('large', { se_la: 'x'.repeat(60000) }));
                  put('-', 'blank', event('blank') + ' ');
                  put('-', 'broken', '{"eid":"broken"');
                  put('-', 'null', 'null');
                  put('-', 'array', '[1]');
                  put('-', 'other', event('another'));
                  put('11111111-1111-4111-8111-111111111111', 'future', event('future', { dtm: '99999999999999' }));
                  events.start({ collector });
                  events.trackEvent('new');
                }""", pages.collectorUrl());
        pages.await("new");
        pages.await("future");
        page.waitForFunction("localStorage.length === 0");

        assertThat(pages.names()).containsExactlyInAnyOrder("blank", "future", "new");
    }

    @Test
    void what_waits_for_other_collectors_takes_no_place_and_is_removed_after_a_day() {
        pages.show("");
        pages.answerWith(503);
        Page page = open(pages.page("/", ""));
        page.evaluate("""
                (collector) => {
                  const hours = (n) => String(Date.now() - n * 3600000);
                  for (let i = 0; i < 100; i++) {
                    localStorage['internal-events https://old.example.com/tp2 - ' + i] =
                      JSON.stringify({ eid: String(i), dtm: hours(i < 60 ? 23 : 25) });
                  }
                  localStorage['internal-events https://old.example.com/tp2 - broken'] = '{';
                  events.start({ collector });
                  events.trackEvent('new');
                }""", pages.collectorUrl());
        page.waitForFunction("Object.keys(localStorage).filter((key) => key.includes('old.example')).length === 60");

        assertThat(page.evaluate("Object.keys(localStorage).filter((key) => key.includes('127.0.0.1')).length"))
                .isEqualTo(1);
    }

    @Test
    void an_event_that_another_collector_is_sent_leaves_the_storage() {
        pages.show("");
        pages.answerWith(503);
        Page page = open(pages.page("/"));
        page.evaluate("(events.trackEvent('before'), events.flush())");
        assertThat(stored(page)).isEqualTo(1);
        pages.answerWith(200);
        page.evaluate("(collector) => events.start({ collector, path: '/other/tp2' })", pages.collectorUrl());
        pages.await("before");
        page.waitForFunction("localStorage.length === 0");

        assertThat(pages.requests()).extracting(FrontEndPages.Sent::path).containsExactly("/other/tp2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"undefined", "null"})
    void options_that_are_not_given_have_their_defaults(String none) {
        pages.show("<button data-event-tracking='pressed'>x</button>");
        Page page = open(pages.page("/shop?secret=1", ""));
        page.evaluate(
                "(collector) => events.start({ collector, path: NONE, bind: NONE, address: NONE, namespace: NONE,"
                                .replace("NONE", none)
                        + " appId: NONE, context: NONE, cookies: NONE })".replace("NONE", none),
                pages.collectorUrl());
        page.click("button");
        pages.await("pressed");

        JsonNode event = pages.events().get(0);
        assertThat(event.path("url").asString()).endsWith("/shop");
        assertThat(event.path("tna").asString()).isEqualTo("gl");
        assertThat(pages.requests().get(0).path()).isEqualTo("/com.snowplowanalytics.snowplow/tp2");
        page.evaluate("(collector) => events.start({ collector, appId: 7, namespace: 8 })", pages.collectorUrl());
        page.evaluate("events.trackEvent('numbers')");
        pages.await("numbers");
    }

    @Test
    void a_closed_shadow_root_is_bound_after_start_and_beside_the_document() {
        pages.show("");
        Page page = open(pages.page("/"));
        page.evaluate("""
                (() => {
                  for (const mode of ['closed', 'open']) {
                    const host = document.createElement('div');
                    document.body.append(host);
                    const root = host.attachShadow({ mode });
                    root.innerHTML = `<button data-event-tracking="${mode}">x</button>`;
                    events.bind(root);
                    root.querySelector('button').click();
                  }
                  events.trackEvent('end');
                })()""");
        pages.await("end");

        assertThat(pages.names()).containsExactly("closed", "open", "end");
    }

    @Test
    void values_that_json_does_not_have_are_sent_as_text_and_never_thrown() throws Exception {
        pages.show("");
        Collector collector = Collector.start(CollectorSettings.local(0));
        try {
            Page page = open(pages.page("/", "{\"collector\":\"" + collector.url() + "\",\"appId\":\"odd values\"}"));
            page.evaluate("""
                    (collector) => {
                      const circle = { name: 'c' };
                      circle.self = circle;
                      events.start({ collector, appId: 'odd values', context: { user_id: 1n, extra: { circle } } });
                      events.trackEvent('odd', {
                        label: '\\ud800', count: 10n, deep: { counts: [1n] }, circle, text: '\\\\ud800 \\\\\\\\ud800 \\\\',
                        ['half \\ud800']: '\\udfff😀', toJSON() { return 5 }, date: new Date(0),
                        broken: { toJSON() { throw new Error('no') } }, none: undefined, symbol: Symbol('s'),
                      });
                      events.trackEvent('end');
                    }""", collector.url().toString());
            MicroApi.await(collector, "odd values", "se_action", "end");

            assertThat(MicroApi.json(collector, "/micro/all?session=odd%20values")
                            .path("bad")
                            .asInt())
                    .as("%s", MicroApi.json(collector, "/micro/bad?session=odd%20values"))
                    .isZero();
            JsonNode event = null;
            for (JsonNode one : MicroApi.json(collector, "/micro/good?session=odd%20values")) {
                event = one.at("/event/se_action").asString().equals("odd") ? one.path("event") : event;
            }
            assertThat(event).isNotNull();
            assertThat(event.path("se_label").asString()).isEqualTo("\ufffd");
            assertThat(contexts(event)
                            .get("iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8")
                            .path("extra"))
                    .isEqualTo(JsonMapper.shared().readTree("""
                            {"count":"10","deep":{"counts":["1"]},"circle":"(a cycle)",
                             "text":"\\\\ud800 \\\\\\\\ud800 \\\\","half \\ufffd":"\\ufffd😀",
                             "date":"1970-01-01T00:00:00.000Z","broken":"(a cycle)"}"""));
        } finally {
            collector.close();
        }
    }

    @Test
    void events_before_start_have_its_context_and_the_console_says_which_are_dropped() {
        pages.show("");
        Page page = tabs.newPage();
        List<String> errors = errors(page);
        page.navigate(pages.page("/", ""));
        page.waitForFunction("window.started");
        page.evaluate("for (let i = 0; i < 102; i++) events.trackEvent('early_' + i)");
        page.evaluate("(collector) => events.start({ collector, context: { user_id: 7 } })", pages.collectorUrl());
        pages.await("early_99");
        page.waitForCondition(() -> errors.stream().anyMatch(error -> error.contains("\"early_101\"")));

        assertThat(pages.events())
                .hasSize(100)
                .allSatisfy(event -> assertThat(event.path("co").asString()).contains("\"user_id\":7"));
        assertThat(errors).filteredOn(error -> error.contains("dropped")).hasSize(2);
    }

    @Test
    void consent_that_is_withdrawn_in_one_tab_ends_in_the_others() {
        pages.show("<button data-event-tracking='pressed'>x</button>");
        pages.answerWith(503);
        Page one = open(pages.page("/one"));
        Page two = open(pages.page("/two"));
        one.evaluate("(events.trackEvent('waiting'), events.flush())");
        two.evaluate("events.consent(false)");
        one.waitForFunction("(events.trackEvent('asks'), localStorage.length === 0)");
        pages.answerWith(200);
        one.evaluate("events.flush()");
        one.click("button");
        two.evaluate("(events.consent(true), events.trackEvent('agreed'))");
        pages.await("agreed");
        assertThat(pages.names()).containsExactly("agreed");

        // A page that starts without consent asks first; this does not withdraw the consent given in another page.
        open(pages.page("/", "{\"collector\":\"" + pages.collectorUrl() + "\",\"consent\":false}"));
        two.evaluate("events.trackEvent('goes_on')");
        pages.await("goes_on");
    }

    private static List<String> errors(Page page) {
        List<String> errors = new CopyOnWriteArrayList<>();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                errors.add(message.text());
            }
        });
        return errors;
    }

    private static Map<String, JsonNode> contexts(JsonNode event) {
        Map<String, JsonNode> contexts = new TreeMap<>();
        event.at("/contexts/data")
                .forEach(context -> contexts.put(context.path("schema").asString(), context.path("data")));
        return contexts;
    }
}
