package dev.internalevents.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.testkit.Payloads;
import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The dashboard with slow, failing and restarting collectors, with hostile events, on small screens, and by keyboard.
 */
class DashboardFaultsTest {

    private static final String TOKEN = "a secret of the tests";
    private static final LocatorAssertions.IsVisibleOptions PATIENT =
            new LocatorAssertions.IsVisibleOptions().setTimeout(30_000);
    private static final List<String> HOSTILE = List.of(
            "\"><img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>",
            "</title></style><svg onload=window.hacked=1>",
            "javascript:window.hacked=1",
            "data:text/html,<script>opener.hacked=1</script>",
            "url(javascript:window.hacked=1);background:red",
            "${window.hacked=1}{{constructor.constructor('window.hacked=1')()}}",
            "' autofocus onfocus='window.hacked=1",
            "__proto__",
            "constructor",
            "\u202Ereversed");

    @AutoClose
    private static Chromium chromium;

    private final List<String> errors = new ArrayList<>();
    private Collector collector;
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void launch() {
        chromium = Chromium.launch();
    }

    @BeforeEach
    void start() throws IOException {
        collector = Collector.start(CollectorSettings.local(0));
        context = chromium.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(1280, 720)
                        .setTimezoneId("UTC")
                        .setPermissions(List.of("clipboard-read", "clipboard-write")));
        page = context.newPage();
        page.onPageError(errors::add);
    }

    @AfterEach
    void stop() {
        context.close();
        collector.close();
        assertThat(errors).isEmpty();
    }

    // What is not known yet

    @Test
    void counts_and_connection_are_placeholders_until_they_are_known() throws Exception {
        send(named("first"));
        List<Route> held = new ArrayList<>();
        page.route("**/micro/stream*", held::add);
        page.navigate(collector.url() + "/micro/ui");

        assertThat(row("first")).isVisible();
        assertThat(page.locator(".tab[data-status=all] .count")).hasText("…");
        assertThat(page.locator(".live")).hasText("connecting…");
        assertThat(page.locator(".banner")).isEmpty();

        held.forEach(Route::resume);
        assertThat(page.locator(".tab[data-status=all] .count")).hasText("1");
        assertThat(page.locator(".live")).hasText("live");
    }

    @Test
    void not_connected_is_shown_once_the_connection_failed() {
        page.route("**/micro/stream*", Route::abort);
        page.navigate(collector.url() + "/micro/ui");

        assertThat(page.locator(".live")).hasText("not connected");
        assertThat(page.locator(".tab[data-status=all] .count")).hasText("…");
    }

    // Slow and failing answers

    @Test
    void a_slow_answer_is_shown_although_more_events_arrive_meanwhile() throws Exception {
        page.navigate(collector.url() + "/micro/ui");
        assertThat(page.locator("#way")).isVisible();
        List<Route> held = new ArrayList<>();
        page.route("**/micro/events", held::add);
        for (int i = 1; i <= 5; i++) {
            send(named("event_" + i));
            assertThat(page.locator(".tab[data-status=all] .count")).hasText("" + i);
        }

        assertThat(held).hasSize(1);
        page.unroute("**/micro/events");
        held.forEach(Route::resume);
        assertThat(row("event_5")).isVisible();
    }

    @Test
    void an_event_that_is_slow_to_load_has_its_name_and_can_be_closed() throws Exception {
        send(named("first"));
        page.navigate(collector.url() + "/micro/ui");
        List<Route> held = new ArrayList<>();
        page.route("**/micro/events/1", held::add);
        row("first").click();

        assertThat(page.locator("aside")).containsText("Loading…");
        assertThat(page.locator("aside h2")).hasText("first");
        page.locator("aside .close").click();
        assertThat(page.locator("aside")).hasCount(0);
        row("first").click();
        assertThat(page.locator("aside")).containsText("Loading…");
        held.forEach(Route::resume);
        assertThat(page.locator("#copy-json")).isVisible();
    }

    @Test
    void a_list_that_is_slow_to_load_says_so() throws Exception {
        send(named("first"));
        List<Route> held = new ArrayList<>();
        page.route("**/micro/events", held::add);
        page.navigate(collector.url() + "/micro/ui");

        assertThat(page.locator(".list .waiting")).hasText("Loading events…");
        held.forEach(Route::resume);
        assertThat(row("first")).isVisible();
        assertThat(page.locator(".list .waiting")).hasCount(0);
    }

    @Test
    void an_answer_that_fails_is_asked_for_again() throws Exception {
        send(named("first"));
        List<Route> failing = new ArrayList<>();
        page.route("**/micro/events", route -> {
            failing.add(route);
            if (failing.size() == 1) {
                route.fulfill(new Route.FulfillOptions()
                        .setStatus(503)
                        .setBody("{\"error\":\"the store is not available\"}"));
            } else if (failing.size() == 2) {
                route.fulfill(new Route.FulfillOptions().setStatus(502).setBody("<h1>Bad Gateway</h1>"));
            } else {
                route.resume();
            }
        });
        page.navigate(collector.url() + "/micro/ui");

        assertThat(page.locator(".list .failure")).hasText("the store is not available");
        assertThat(page.locator(".list .failure")).hasText("/micro/events answered 502");
        assertThat(row("first")).isVisible(PATIENT);
        assertThat(page.locator(".list .failure")).hasCount(0);
    }

    @Test
    void a_token_that_expired_is_asked_for_again_whatever_is_clicked() throws Exception {
        collector.close();
        collector =
                Collector.start(CollectorSettings.micro().port(0).token(TOKEN).build());
        send(named("first"));
        page.navigate(collector.url() + "/micro/ui");
        for (String clicked :
                List.of(".pick", "th[data-column=app_id] .filter-by", "tbody tr", ".tab[data-status=good]")) {
            logIn();
            assertThat(row("first")).isVisible();
            // The page asks for the token by itself too when it loads new events: without them, only the click does.
            page.locator(".follow").click();
            assertThat(page.locator(".follow")).containsText("paused");
            context.clearCookies();
            page.locator(clicked).first().click();
            assertThat(page.locator(".login")).isVisible();
            page.navigate("about:blank");
            page.navigate(collector.url() + "/micro/ui");
        }
        logIn();
        assertThat(row("first")).isVisible();
    }

    @Test
    void after_a_restart_an_open_event_is_reported_as_gone() throws Exception {
        send(named("first") + "," + named("second"));
        page.navigate(collector.url() + "/micro/ui");
        row("second").click();
        assertThat(page.locator("aside h2")).hasText("second");
        int port = collector.port();
        collector.close();
        assertThat(page.locator(".banner")).containsText("does not answer");

        collector = Collector.start(CollectorSettings.local(port));

        assertThat(page.locator("aside .failure"))
                .containsText("no longer stored", new LocatorAssertions.ContainsTextOptions().setTimeout(30_000));
        assertThat(page.locator(".banner")).isEmpty();
    }

    @Test
    void pages_in_the_background_leave_connections_to_others() throws Exception {
        send(named("first"));
        for (int i = 0; i < 8; i++) {
            Page other = context.newPage();
            other.navigate(collector.url() + "/micro/ui");
            assertThat(other.locator(".live")).hasText("live");
            other.evaluate("Object.defineProperty(document, 'hidden', { get: () => window.seen !== true });"
                    + "document.dispatchEvent(new Event('visibilitychange'))");
        }
        page.navigate(collector.url() + "/micro/ui");
        assertThat(row("first")).isVisible();

        Page other = context.pages().get(1);
        send(named("second"));
        other.evaluate("window.seen = true; document.dispatchEvent(new Event('visibilitychange'))");
        assertThat(other.locator("tbody tr", new Page.LocatorOptions().setHasText("second")))
                .isVisible();
    }

    // The view

    @Test
    void the_timeline_counts_what_the_list_shows() throws Exception {
        send(Payloads.event("e", "se", "se_ac", "bought", "aid", "shop", "se_la", "a"));
        send(Payloads.event("e", "se", "se_ac", "bought", "aid", "web", "se_la", "a"));
        send(Payloads.event("e", "se", "se_ac", "bought", "aid", "web", "se_la", "b"));
        send(Payloads.event("e", "se", "se_ac", "sold", "aid", "web", "se_la", "b"));
        page.navigate(collector.url() + "/micro/ui");
        page.locator(".tab[data-span='7d']").click();
        Locator most = page.locator("#timeline-max");

        assertThat(most).hasText("at most 4 per 2 hours");
        page.locator("input[type=search]").fill("bough");
        assertThat(most).hasText("at most 3 per 2 hours");
        page.locator("th[data-column=se_label] .filter-by").click();
        page.locator(".values label", new Page.LocatorOptions().setHasText("a")).click();
        assertThat(most).hasText("at most 2 per 2 hours");
        page.locator("input.session").fill("shop");
        page.keyboard().press("Enter");
        assertThat(most).hasText("at most 1 per 2 hours");
        page.locator(".tab[data-status=bad]").click();
        assertThat(most).hasText("no events in this time");
    }

    @Test
    void back_forward_and_reload_keep_the_filters() throws Exception {
        send(named("first") + "," + named("second"));
        page.navigate(collector.url() + "/micro/ui");
        page.locator("input[type=search]").fill("sec");
        assertThat(page.locator("tbody tr")).hasCount(1);
        row("second").click();
        assertThat(page.locator("aside h2")).hasText("second");
        page.locator("nav a", new Page.LocatorOptions().setHasText("Metrics")).click();
        assertThat(page.locator("section.first")).isVisible();

        page.goBack();
        assertThat(page.locator("aside h2")).hasText("second");
        assertThat(page.locator("input[type=search]")).hasValue("sec");
        page.goBack();
        assertThat(page.locator("aside")).hasCount(0);
        assertThat(page.locator("tbody tr")).hasCount(1);
        page.reload();
        assertThat(page.locator("input[type=search]")).hasValue("sec");
        assertThat(page.locator("tbody tr")).hasCount(1);
        page.goForward();
        assertThat(page.locator("aside h2")).hasText("second");
    }

    @ParameterizedTest
    @ValueSource(strings = {"тест 🎉", "a&b=c#d?e%20", "\"'<b>"})
    void a_label_may_have_any_character(String label) throws Exception {
        send(Payloads.event("e", "se", "se_ac", "mine", "aid", label) + "," + named("others"));
        page.navigate(collector.url() + "/micro/ui");
        page.locator("input.session").fill(label);
        page.keyboard().press("Enter");
        assertThat(page.locator("tbody tr")).hasCount(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {320, 390})
    void the_chosen_tab_is_visible_on_a_phone(int width) {
        page.setViewportSize(width, 844);
        page.route(
                "**/micro/stream*",
                route -> route.fulfill(
                        new Route.FulfillOptions()
                                .setContentType("text/event-stream")
                                .setBody(
                                        "event: summary\ndata: {\"total\":123456789,\"good\":123400000,\"bad\":56789,\"last\":1}\n\n")));
        page.navigate(collector.url() + "/micro/ui");
        assertThat(page.locator(".tab[data-status=all] .count")).hasText("123,456,789");
        page.locator(".tab[data-status=bad]").click();
        assertWithin(".tab[data-status=bad]", ".toolbar .tabs");
        for (String name : List.of("Service Ping", "Events", "Definitions", "Metrics")) {
            page.locator("nav a", new Page.LocatorOptions().setHasText(name)).click();
            assertThat(page.locator("nav [aria-current=page]")).hasText(name);
            assertWithin("nav [aria-current=page]", "nav");
        }
        page.reload();
        assertThat(page.locator("nav [aria-current=page]")).hasText("Metrics");
        assertWithin("nav [aria-current=page]", "nav");
    }

    /** Asserts that a tab is within what is seen of its row, and that the page is not wider than the screen. */
    private void assertWithin(String tab, String row) {
        assertThat(page.evaluate("""
                        ([tab, row]) => {
                          const inner = document.querySelector(tab).getBoundingClientRect();
                          const outer = document.querySelector(row).getBoundingClientRect();
                          return inner.left >= outer.left - 1 && inner.right <= outer.right + 1
                            && outer.right <= innerWidth && document.documentElement.scrollWidth <= innerWidth;
                        }""", List.of(tab, row))).as(tab).isEqualTo(true);
    }

    @Test
    void the_focus_goes_into_a_box_and_back() throws Exception {
        send(named("first"));
        page.navigate(collector.url() + "/micro/ui");
        assertThat(row("first")).isVisible();
        page.locator(".pick").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator(".search-columns")).isFocused();
        page.keyboard().press("Escape");
        assertThat(page.locator(".picker")).hasCount(0);
        assertThat(page.locator(".pick")).isFocused();

        page.locator("th[data-column=app_id] .filter-by").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator(".values")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator(".values")).hasCount(0);
        assertThat(page.locator("th[data-column=app_id] .filter-by")).isFocused();

        page.locator(".help").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator(".keys button")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator(".keys")).hasCount(0);
        assertThat(page.locator(".help")).isFocused();
    }

    // Hostile events

    @Test
    void no_text_of_a_sender_is_run_or_linked() throws Exception {
        for (String text : HOSTILE) {
            send(Payloads.event(
                    "e",
                    "se",
                    "se_ca",
                    text,
                    "se_ac",
                    text,
                    "se_la",
                    text,
                    "se_pr",
                    text,
                    "aid",
                    text,
                    "uid",
                    text,
                    "url",
                    text,
                    "refr",
                    text,
                    "page",
                    text,
                    "co",
                    Payloads.contexts(Payloads.selfDescribing(
                            Payloads.GITLAB_STANDARD, Map.of("environment", text, "extra", Map.of(text, text))))));
            send(Payloads.event("e", text, "se_ac", text));
            send(Payloads.selfDescribingEvent(text, Map.of(text, text)));
            send(Payloads.selfDescribingEvent(Payloads.LINK_CLICK, Map.of("targetUrl", 1, text, text)));
        }
        page.onDialog(dialog -> errors.add(dialog.message()));
        page.navigate(collector.url() + "/micro/ui#columns=title,app_id,constructor,__proto__,page_url");
        assertThat(page.locator("tbody tr")).hasCount(4 * HOSTILE.size());
        for (Locator row : page.locator("tbody tr").all()) {
            row.click();
            assertThat(page.locator("aside h2"))
                    .hasText(Objects.requireNonNull(row.locator(".name").getAttribute("title")));
            assertThat(page.locator("#copy-json")).isVisible();
            page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)");
            assertThat(page.evaluate("[...document.querySelectorAll('[href], [src], [style]')].map(one =>"
                            + " one.style.cssText || one.href?.baseVal || one.href || one.src)"
                            + ".filter(url => !url.startsWith(location.origin + '/'))"))
                    .isEqualTo(List.of());
        }
        page.locator("th[data-column=app_id] .filter-by").click();
        for (int i = 0; i < 3; i++) {
            page.locator(".values input").nth(i).check();
        }
        assertThat(page.locator(".chips bdi")).hasCount(3);
        assertThat(page.locator("tbody")).not().containsText("function");
        assertThat(page.evaluate("'hacked' in window")).isEqualTo(false);
    }

    @Test
    void a_copied_request_sends_the_same_body_and_nothing_that_a_terminal_takes_for_a_key() throws Exception {
        String body = "@/etc/passwd\u0003\nid; 'x' \\ \"$(id)\" `id` \u001b[201~\t\u007f\u0085ab\\x41 [1-9] {a,b} ü🎉";
        TestHttp.post(collector.url() + "/com.snowplowanalytics.snowplow/tp2", body);
        page.navigate(collector.url() + "/micro/ui");
        page.locator("tbody tr").first().click();
        page.locator("#copy-curl").click();
        assertThat(page.locator("#copy-curl")).hasText("Copied");
        String curl = Objects.requireNonNull((String) page.evaluate("navigator.clipboard.readText()"));

        assertThat(curl.replace("\\\n", "").chars().filter(Character::isISOControl))
                .isEmpty();
        ProcessBuilder bash = new ProcessBuilder("bash", "-c", curl + " -s");
        bash.environment().put("LC_ALL", "C.UTF-8");
        assertThat(bash.start().waitFor()).isZero();
        assertThat(page.locator("tbody tr")).hasCount(2);
        JsonNode failed = MicroApi.json(collector, "/micro/bad");
        assertThat(failed.get(0).at("/collectorPayload/body").asString()).isEqualTo(body);
        assertThat(failed.get(1).at("/collectorPayload/body").asString()).isEqualTo(body);
    }

    @Test
    void a_very_large_event_is_shown_with_few_elements() throws Exception {
        Map<String, Object> extra =
                IntStream.range(0, 30_000).boxed().collect(Collectors.toMap(i -> "field_" + i, i -> i));
        send(Payloads.event(
                "e",
                "se",
                "se_ac",
                "large",
                "co",
                Payloads.contexts(Payloads.selfDescribing(
                        Payloads.GITLAB_STANDARD, Map.of("environment", "test", "extra", extra)))));
        page.navigate(collector.url() + "/micro/ui");
        row("large").click();

        assertThat(page.locator("[data-section=gitlab_standard]")).containsText("\"field_29999\": 29999");
        assertThat(((Number) Objects.requireNonNull(page.evaluate("document.querySelectorAll('*').length"))).intValue())
                .isLessThan(2_000);
    }

    private void logIn() {
        page.locator(".login input").fill(TOKEN);
        page.locator(".login button").click();
    }

    private static String named(String name) {
        return Payloads.event("e", "se", "se_ac", name);
    }

    private void send(String events) throws IOException, InterruptedException {
        assertThat(TestHttp.track(collector.url(), events).statusCode()).isEqualTo(200);
    }

    private Locator row(String name) {
        return page.locator("tbody tr", new Page.LocatorOptions().setHasText(name));
    }
}
