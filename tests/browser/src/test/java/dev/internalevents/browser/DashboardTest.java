package dev.internalevents.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.sun.net.httpserver.HttpServer;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.operation.OpenIdSettings;
import dev.internalevents.testkit.Payloads;
import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the dashboard in the system's Chromium. Saves a screenshot of each view in target/screenshots. */
class DashboardTest {

    private static final Path PICTURES = Path.of("target/screenshots");

    @AutoClose
    private static Chromium chromium;

    private final List<String> complaints = new ArrayList<>();
    private Collector collector;
    private InternalEventsClient client;
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void launch() {
        chromium = Chromium.launch();
    }

    @BeforeEach
    void start() throws IOException {
        collector = Collector.start(CollectorSettings.local(0));
        client = InternalEventsClient.builder()
                .endpoint(URI.create(collector.url()))
                .build();
        context = chromium.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(1280, 720)
                        .setTimezoneId("UTC")
                        .setPermissions(List.of("clipboard-read", "clipboard-write")));
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    @AfterEach
    void stop() {
        context.close();
        client.close(Duration.ZERO);
        collector.close();
    }

    @Test
    void shows_the_first_steps_and_then_the_event_without_reloading() {
        page.navigate(collector.url());
        assertThat(page).hasURL(collector.url() + "/micro/ui");
        assertThat(page.locator("#way")).containsText("trackEvent(\"request_awesome_feature\")");
        assertThat(page.locator("#way")).containsText(collector.url());
        picture("empty");

        page.evaluate("window.notReloaded = true");
        track("request_awesome_feature", "saas");

        assertThat(row("request_awesome_feature")).isVisible();
        assertThat(page.locator("[data-status=good].tab")).containsText("1");
        assertThat((Boolean) page.evaluate("window.notReloaded === true")).isTrue();
        noComplaints();
    }

    @Test
    void opens_an_event_with_its_decoded_contexts_and_copies_its_json() {
        track("request_awesome_feature", "saas");
        page.navigate(collector.url() + "/micro/ui");
        row("request_awesome_feature").click();

        Locator standard = page.locator("[data-section=gitlab_standard]");
        assertThat(standard).containsText("realm");
        assertThat(standard).containsText("saas");
        assertThat(page.locator("[data-section=Event]")).containsText("request_awesome_feature");
        picture("event");
        page.locator("#copy-json").click();
        assertThat(page.locator("#copy-json")).hasText("Copied");
        String copied = (String) page.evaluate("navigator.clipboard.readText()");
        assertThat(copied)
                .contains("\"se_action\": \"request_awesome_feature\"")
                .contains("\"rawEvent\"");

        page.keyboard().press("Escape");
        assertThat(page.locator("aside")).hasCount(0);
        noComplaints();
    }

    @Test
    void marks_an_event_that_was_sent_before() throws Exception {
        String event =
                "{\"e\":\"se\",\"se_ca\":\"shop\",\"se_ac\":\"bought\",\"eid\":\"6fd9eec5-9741-4f03-964a-bcc7224c56c3\"}";
        send(event);
        page.navigate(collector.url() + "/micro/ui");
        assertThat(row("bought")).hasCount(1);
        send(event);

        assertThat(row("bought")).hasCount(2);
        Locator badge = page.locator("td .badge[data-status=repeat]");
        assertThat(badge).hasCount(1);
        assertThat(badge).hasText("sent before");
        assertThat(page.locator("[data-status=good].tab")).containsText("1");
        picture("repeat");
        badge.click();
        assertThat(page.locator("aside .badge[data-status=repeat]")).hasText("sent before");
        noComplaints();
    }

    @Test
    void says_why_an_event_failed() throws Exception {
        send(Payloads.event(
                "e",
                "se",
                "se_ac",
                "broken_event",
                "se_va",
                "abc",
                "co",
                Payloads.contexts(Payloads.selfDescribing(Payloads.GITLAB_STANDARD, Map.of("project_id", "x")))));
        page.navigate(collector.url() + "/micro/ui");
        row("broken_event").click();

        Locator failures = page.locator(".failures");
        assertThat(failures).containsText("\"abc\" is not a decimal number");
        assertThat(failures).containsText("the required field \"environment\" is missing");
        assertThat(failures).containsText("/project_id");
        assertThat(failures).containsText("is of type string, expected integer or null");
        picture("failed");
        noComplaints();
    }

    @Test
    void finds_a_failed_self_describing_event_by_its_name() throws Exception {
        track("request_complete_code", "saas");
        send(Payloads.selfDescribingEvent(Payloads.LINK_CLICK, Map.of()));
        page.navigate(collector.url() + "/micro/ui");
        assertThat(page.locator("tbody tr")).hasCount(2);
        page.keyboard().press("/");
        page.keyboard().type("link_cl");
        assertThat(page.locator("tbody tr")).hasCount(1);
        row("link_click").click();
        assertThat(page.locator(".failures")).containsText("targetUrl");
        assertThat(page.locator(".failures")).containsText("Fix the event or its schema");
        noComplaints();
    }

    @Test
    void filters_by_name_and_status_and_keeps_the_view_in_the_address() throws Exception {
        track("request_complete_code", "saas");
        track("request_generate_code", "dedicated");
        send("{\"se_ac\":\"no_e\"}");
        page.navigate(collector.url() + "/micro/ui");
        assertThat(page.locator("tbody tr")).hasCount(3);

        page.locator(".tab[data-status=bad]").click();
        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(row("no_e")).isVisible();
        page.locator(".tab[data-status=all]").click();
        page.keyboard().press("/");
        page.keyboard().type("complete");
        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(row("request_complete_code")).isVisible();
        assertThat(page).hasURL(Pattern.compile("name=complete"));

        // New events are filtered too, and the URL opens the same view in another page.
        track("request_other", "saas");
        track("request_complete_more", "saas");
        assertThat(page.locator("tbody tr")).hasCount(2);
        Page other = context.newPage();
        other.navigate(page.url());
        assertThat(other.locator("tbody tr")).hasCount(2);

        page.locator("input[type=search]").fill("nothing like it");
        assertThat(page.locator(".empty")).containsText("nothing like it");
        page.locator(".empty button").click();
        assertThat(page.locator("tbody tr")).hasCount(5);
        noComplaints();
    }

    @Test
    void nothing_of_an_event_is_read_as_html() throws Exception {
        send("{\"e\":\"se\",\"se_ac\":\"<img src=x onerror=window.hacked=1>\",\"se_la\":\"</script><b>bold</b>\","
                + "\"aid\":\"javascript:alert(1)\"}");
        page.navigate(collector.url() + "/micro/ui");
        page.locator("tbody tr").first().click();

        assertThat(page.locator("[data-section=Event]")).containsText("<img src=x onerror=window.hacked=1>");
        assertThat((Boolean) page.evaluate("window.hacked === undefined")).isTrue();
        assertThat(page.locator("main img, main b b")).hasCount(0);
        noComplaints();
    }

    @Test
    void keeps_up_with_many_events_and_shows_older_ones_on_demand() throws Exception {
        page.navigate(collector.url() + "/micro/ui");
        for (int batch = 0; batch < 10; batch++) {
            StringBuilder events = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                events.append(i == 0 ? "" : ",")
                        .append("{\"e\":\"se\",\"se_ac\":\"event_")
                        .append(batch * 100 + i)
                        .append("\"}");
            }
            send(events.toString());
        }

        LocatorAssertions.ContainsTextOptions patient = new LocatorAssertions.ContainsTextOptions().setTimeout(30_000);
        assertThat(page.locator(".tab[data-status=good]")).containsText("1,000", patient);
        assertThat(row("event_999")).isVisible();
        assertThat(page.locator("tbody tr")).hasCount(100);
        // Only the list scrolls: below the page there is nothing.
        assertThat(page.evaluate("document.documentElement.scrollHeight <= innerHeight"))
                .isEqualTo(true);
        page.locator(".pages .next").click();
        assertThat(page.locator(".pages")).containsText("page 2 of 10");
        assertThat(row("event_899")).isVisible();
        assertThat(page).hasURL(Pattern.compile("page=2"));
        page.reload();
        assertThat(row("event_899")).isVisible();
        page.keyboard().press("p");
        assertThat(row("event_999")).isVisible();
        noComplaints();
    }

    @Test
    void columns_are_chosen_searched_moved_and_put_back() throws Exception {
        send("{\"e\":\"pv\",\"page\":\"A title\",\"url\":\"https://shop.test/cart?utm_source=mail\",\"aid\":\"shop\"}");
        page.navigate(collector.url() + "/micro/ui");
        assertThat(page.locator("thead th")).hasCount(6);
        page.keyboard().press("c");
        page.locator(".search-columns").fill("mkt_");
        page.locator(".others li[data-column=mkt_source] label").click();
        assertThat(page.locator("thead th")).hasCount(7);
        assertThat(page.locator("tbody td[title=mail]")).isVisible();
        page.locator(".search-columns").fill("");
        page.locator(".chosen li[data-column=mkt_source]").focus();
        page.keyboard().press("ArrowUp");
        assertThat(page.locator("thead th").nth(5)).hasAttribute("data-column", "mkt_source");
        page.locator(".chosen li[data-column=mkt_source]")
                .dragTo(page.locator(".chosen li[data-column=collector_tstamp]"));
        assertThat(page.locator("thead th").first()).hasAttribute("data-column", "mkt_source");
        picture("columns");
        // The URL opens the same columns in another page.
        Page other = context.newPage();
        other.navigate(page.url());
        assertThat(other.locator("thead th").first()).hasAttribute("data-column", "mkt_source");
        page.locator(".default").click();
        assertThat(page.locator("thead th")).hasCount(6);
        page.locator(".picker .close").click();
        assertThat(page.locator(".picker")).hasCount(0);
        noComplaints();
    }

    @Test
    void sorts_and_filters_by_any_column_of_many_values() throws Exception {
        send("{\"e\":\"se\",\"se_ac\":\"one\",\"aid\":\"b\"},{\"e\":\"se\",\"se_ac\":\"two\",\"aid\":\"a\"},"
                + "{\"e\":\"se\",\"se_ac\":\"three\",\"aid\":\"c\"}");
        page.navigate(collector.url() + "/micro/ui");
        page.locator("th[data-column=app_id] .sort").click();
        assertThat(page.locator("tbody tr").first()).containsText("three");
        page.locator("th[data-column=app_id] .sort").click();
        assertThat(page.locator("tbody tr").first()).containsText("two");
        assertThat(page.locator("th[data-column=app_id]")).hasAttribute("aria-sort", "ascending");

        page.locator("th[data-column=app_id] .filter-by").click();
        page.locator(".values label[title=a] input").check();
        assertThat(page.locator("tbody tr")).hasCount(1);
        page.locator(".values label[title=b] input").check();
        assertThat(page.locator("tbody tr")).hasCount(2);
        page.keyboard().press("Escape");
        picture("filters");
        page.reload();
        assertThat(page.locator("tbody tr")).hasCount(2);
        page.locator(".filter[data-column=app_id] button").click();
        assertThat(page.locator("tbody tr")).hasCount(3);
        noComplaints();
    }

    @Test
    void the_timeline_shows_good_and_failed_events_and_chooses_a_span() throws Exception {
        send("{\"e\":\"pv\"},{\"e\":\"nonsense\"}");
        page.navigate(collector.url() + "/micro/ui");
        Locator now = page.locator(".timeline .bucket", new Page.LocatorOptions().setHasText("1 good, 1 failed"));
        assertThat(now).hasCount(1);
        assertThat(page.locator(".timeline .bucket")).hasCount(30);
        now.locator(".back").click(new Locator.ClickOptions().setForce(true));
        assertThat(page.locator(".filter[data-column=time]")).isVisible();
        assertThat(page.locator("tbody tr")).hasCount(2);
        page.locator(".timeline .bucket").first().locator(".back").click(new Locator.ClickOptions().setForce(true));
        assertThat(page.locator("tbody tr")).hasCount(0);
        page.locator(".chips .clear").click();
        assertThat(page.locator("tbody tr")).hasCount(2);
        page.locator(".timeline .tab[data-span='7d']").click();
        assertThat(page.locator(".timeline .bucket")).hasCount(84);
        picture("timeline");
        noComplaints();
    }

    @Test
    void a_test_session_is_seen_alone() throws Exception {
        send("{\"e\":\"pv\",\"aid\":\"checkout-test\"},{\"e\":\"pv\",\"aid\":\"other\"}");
        page.navigate(collector.url() + "/micro/ui");
        assertThat(page.locator("tbody tr")).hasCount(2);
        page.locator("input.session").fill("checkout-test");
        page.locator("input.session").press("Enter");
        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page.locator(".tab[data-status=good]")).containsText("1");
        assertThat(page).hasURL(Pattern.compile("session=checkout-test"));
        noComplaints();
    }

    @Test
    void shows_some_fields_only_and_finds_fields() {
        track("request_awesome_feature", "saas");
        page.navigate(collector.url() + "/micro/ui");
        row("request_awesome_feature").click();
        page.locator(".find").fill("realm");
        assertThat(page.locator("aside dt")).hasCount(1);
        assertThat(page.locator("aside dd")).containsText("saas");
        page.locator(".pin[data-field=realm]").click();
        page.locator(".find").fill("");
        page.locator(".only input").check();
        assertThat(page.locator("aside dt")).hasCount(1);
        picture("only-these-fields");
        page.reload();
        assertThat(page.locator("aside dt")).hasCount(1);
        noComplaints();
    }

    @Test
    void explains_a_failure_beside_its_schema_and_copies_it_as_something_to_run() throws Exception {
        send(Payloads.event(
                "e",
                "se",
                "se_ac",
                "it's broken",
                "co",
                Payloads.contexts(Payloads.selfDescribing(Payloads.GITLAB_STANDARD, Map.of("environment", 7)))));
        page.navigate(collector.url() + "/micro/ui");
        row("it's broken").click();

        Locator failure = page.locator(".failure[data-pointer='/environment']");
        assertThat(failure.locator(".beside").locator("pre").first()).hasText("7");
        assertThat(failure.locator(".beside").locator("pre").last()).containsText("\"type\": \"string\"");
        picture("failed-beside-schema");
        page.locator("#copy-curl").click();
        assertThat(page.locator("#copy-curl")).hasText("Copied");
        String curl = (String) page.evaluate("navigator.clipboard.readText()");
        assertThat(curl).startsWith("curl '" + collector.url()).contains("it'\\''s broken");
        Process process = new ProcessBuilder("sh", "-c", curl + " -s").start();
        assertThat(new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("ok");
        assertThat(page.locator("tbody tr")).hasCount(2);
        page.locator("#copy-test").click();
        assertThat(page.locator("#copy-test")).hasText("Copied");
        assertThat((String) page.evaluate("navigator.clipboard.readText()"))
                .contains("/micro/await", "\\\"validEvents\\\":false", "assertEquals(200");
        page.locator("#retry").click();
        assertThat(page.locator("#retry")).hasText("Failed again");
        noComplaints();
    }

    @Test
    void a_failed_event_is_named_explained_and_tested_by_what_is_its_own() throws Exception {
        send(Payloads.selfDescribingEvent("iglu:com.acme/checkout/jsonschema/1-0-0", Map.of(), "aid", "shop"));
        page.navigate(collector.url() + "/micro/ui");

        assertThat(row("checkout").locator(".reason"))
                .hasText(Pattern.compile("^com.acme/checkout/1-0-0: the schema is not known"));
        row("checkout").click();
        assertThat(page.locator(".failure b")).hasText("The schema is missing or cannot be used");
        assertThat(page.locator(".advice")).hasText(Pattern.compile("^Add the schema to a registry"));
        page.locator("#copy-test").click();
        assertThat(page.locator("#copy-test")).hasText("Copied");
        String test = (String) page.evaluate("navigator.clipboard.readText()");
        String body =
                "{\"where\":{\"title\":\"checkout\",\"app_id\":\"shop\"},\"validEvents\":false,\"count\":1,\"timeoutMs\":5000}";
        assertThat(test).contains(body.replace("\"", "\\\""));
        assertThat(TestHttp.post(collector.url() + "/micro/await", body).statusCode())
                .isEqualTo(200);
        assertThat(TestHttp.post(
                                collector.url() + "/micro/await",
                                "{\"where\":{\"title\":\"other\"},\"validEvents\":false,\"timeoutMs\":1}")
                        .statusCode())
                .isNotEqualTo(200);
        noComplaints();
    }

    @Test
    void a_copied_request_sends_a_new_event_each_time() throws Exception {
        send("{\"e\":\"se\",\"se_ac\":\"bought\",\"eid\":\"6fd9eec5-9741-4f03-964a-bcc7224c56c3\"}");
        page.navigate(collector.url() + "/micro/ui");
        row("bought").click();
        page.locator("#copy-curl").click();
        assertThat(page.locator("#copy-curl")).hasText("Copied");
        String curl = (String) page.evaluate("navigator.clipboard.readText()");
        for (int i = 0; i < 2; i++) {
            assertThat(new ProcessBuilder("sh", "-c", curl + " -s").start().waitFor())
                    .isZero();
        }
        assertThat(page.locator("tbody tr")).hasCount(3);
        assertThat(page.locator("td .badge[data-status=repeat]")).hasCount(0);
        noComplaints();
    }

    @Test
    void a_transaction_is_shown_with_its_own_fields_and_without_nulls() throws Exception {
        send("{\"e\":\"tr\",\"tr_id\":\"A-1\",\"tr_tt\":\"49.90\",\"tr_cu\":\"EUR\",\"aid\":\"shop\"}");
        page.navigate(collector.url() + "/micro/ui");
        page.locator("tbody tr").first().click();

        Locator own = page.locator("[data-section=Event]");
        assertThat(own).containsText("tr_orderid");
        assertThat(own).containsText("A-1");
        assertThat(own).containsText("49.9");
        assertThat(page.locator("aside dd", new Page.LocatorOptions().setHasText("null")))
                .hasCount(0);
        noComplaints();
    }

    @Test
    void a_time_range_of_ones_own_shows_its_events_and_the_timeline_the_chosen_status() throws Exception {
        send("{\"e\":\"se\",\"se_ac\":\"now\"}");
        page.navigate(collector.url() + "/micro/ui");
        assertThat(page.locator("#timeline-max")).hasText("at most 1 per minute");
        page.locator(".tab[data-status=bad]").click();
        assertThat(page.locator("#timeline-max")).hasText("no events in this time");
        page.locator(".tab[data-status=all]").click();
        for (String span : List.of("1h", "24h", "7d", "30d")) {
            page.locator(".tab[data-span='" + span + "']").click();
            assertThat(page.locator("#timeline-max")).hasText(Pattern.compile("^at most 1 per "));
        }
        page.locator(".tab[data-span=own]").click();
        page.locator(".range [name=from]").fill("2020-01-01T10:00");
        page.locator(".range [name=to]").fill("2020-01-01T09:00");
        page.locator(".range button").click();
        assertThat(row("now")).isVisible();
        page.locator(".range [name=to]").fill("2020-01-02T10:00");
        page.locator(".range button").click();
        assertThat(row("now")).hasCount(0);
        assertThat(page.locator(".chips")).containsText("1/1/2020");
        assertThat(page.locator(".axis span").first()).hasText("10:00");
        page.locator(".tab[data-span='30m']").click();
        assertThat(row("now")).isVisible();
        noComplaints();
    }

    @Test
    void the_events_of_the_view_are_downloaded_as_csv() throws Exception {
        send("{\"e\":\"se\",\"se_ac\":\"one\"},{\"e\":\"se\",\"se_ac\":\"two\"}");
        page.navigate(collector.url() + "/micro/ui");
        page.locator("input[type=search]").fill("two");
        assertThat(page.locator("tbody tr")).hasCount(1);

        String csv = Files.readString(
                page.waitForDownload(() -> page.locator(".export").click()).path());

        assertThat(csv.lines()).hasSize(2);
        assertThat(csv).startsWith("number,valid,title,").contains(",true,two,");
        noComplaints();
    }

    @Test
    void is_dark_when_asked_and_stays_so() {
        page.navigate(collector.url() + "/micro/ui");
        page.locator(".theme").click();
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
        page.reload();
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
        track("request_awesome_feature", "saas");
        assertThat(row("request_awesome_feature")).isVisible();
        picture("dark");
        noComplaints();
    }

    @Test
    void stands_still_when_paused() {
        track("before", "saas");
        page.navigate(collector.url() + "/micro/ui");
        assertThat(row("before")).isVisible();
        page.keyboard().press("f");
        assertThat(page.locator(".follow")).containsText("paused");
        track("after", "saas");
        assertThat(page.locator(".tab[data-status=good]")).containsText("2");
        assertThat(row("after")).hasCount(0);
        page.keyboard().press("f");
        assertThat(row("after")).isVisible();
        page.keyboard().press("?");
        assertThat(page.locator(".keys")).containsText("previous event");
        page.keyboard().press("Escape");
        assertThat(page.locator(".keys")).hasCount(0);
        noComplaints();
    }

    @Test
    void asks_for_the_token_where_there_is_one() throws Exception {
        collector.close();
        collector = Collector.start(
                CollectorSettings.micro().port(0).token("a secret of the tests").build());
        page.navigate(collector.url() + "/micro/ui");
        assertThat(page.locator(".login")).isVisible();
        page.locator(".login input").fill("another secret entirely");
        page.locator(".login button").click();
        assertThat(page.locator(".failure")).containsText("not the collector's token");
        page.locator(".login input").fill("a secret of the tests");
        page.locator(".login button").click();
        assertThat(page.locator("#way")).isVisible();
        send("{\"e\":\"se\",\"se_ac\":\"seen_after_the_login\"}");
        assertThat(row("seen_after_the_login")).isVisible();
        complaints.removeIf(text -> text.contains("401"));
        noComplaints();
    }

    @Test
    void sends_people_to_the_provider_where_they_sign_in() throws Exception {
        HttpServer provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String url = "http://127.0.0.1:" + provider.getAddress().getPort();
        provider.createContext("/", exchange -> {
            byte[] body = (exchange.getRequestURI().getPath().startsWith("/.well-known")
                            ? "{\"issuer\":\"%1$s\",\"authorization_endpoint\":\"%1$s/authorize\",\"token_endpoint\":\"%1$s/token\",\"jwks_uri\":\"%1$s/keys\"}"
                                    .formatted(url)
                            : "Who are you?")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        provider.start();
        try {
            collector.close();
            collector = Collector.start(CollectorSettings.micro()
                    .port(0)
                    .openId(new OpenIdSettings(
                            URI.create(url), "events", "secret", URI.create("http://127.0.0.1:9091"), List.of("*")))
                    .build());
            page.navigate(collector.url() + "/micro/ui");
            assertThat(page.locator(".login input")).hasCount(0);
            picture("sign-in");
            page.locator(".login a").click();
            page.waitForURL(url + "/authorize?**");
            assertThat(page.locator("body")).hasText("Who are you?");
            complaints.removeIf(text -> text.contains("401"));
            noComplaints();
        } finally {
            provider.stop(0);
        }
    }

    @Test
    void keys_move_through_the_list_and_reset_empties_it() {
        track("first", "saas");
        track("second", "saas");
        page.navigate(collector.url() + "/micro/ui");
        assertThat(page.locator("tbody tr")).hasCount(2);
        page.keyboard().press("j");
        assertThat(page.locator("aside h2")).hasText("second");
        page.keyboard().press("j");
        assertThat(page.locator("aside h2")).hasText("first");
        page.keyboard().press("k");
        assertThat(page.locator("aside h2")).hasText("second");

        page.onDialog(dialog -> dialog.accept());
        page.locator(".toolbar .reset").click();
        assertThat(page.locator("#way")).isVisible();
        assertThat(page.locator("aside")).hasCount(0);
        noComplaints();
    }

    @Test
    void says_when_the_collector_is_away_and_comes_back_by_itself() throws Exception {
        int port = collector.port();
        track("before", "saas");
        page.navigate(collector.url() + "/micro/ui");
        assertThat(row("before")).isVisible();
        collector.close();
        assertThat(page.locator(".live")).hasText("not connected");
        assertThat(page.locator(".banner")).containsText("The collector does not answer; trying again");

        collector = Collector.start(CollectorSettings.local(port));
        assertThat(page.locator(".live")).hasText("live", new LocatorAssertions.HasTextOptions().setTimeout(30_000));
        assertThat(page.locator(".banner")).isEmpty();
        assertThat(row("before")).hasCount(0);
        send("{\"e\":\"se\",\"se_ac\":\"after\"}");
        assertThat(row("after")).isVisible();
    }

    private void track(String name, String realm) {
        EventContext.builder()
                .environment("development")
                .realm(realm)
                .hostName("gitlab.com")
                .instanceVersion("18.1.0")
                .projectId(7L)
                .build()
                .wrap(() -> client.event(name)
                        .label("complete_code")
                        .value(3)
                        .put("model_engine", "anthropic")
                        .track())
                .run();
        assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
    }

    private void send(String events) throws IOException, InterruptedException {
        assertThat(TestHttp.track(collector.url(), events).statusCode()).isEqualTo(200);
    }

    private Locator row(String name) {
        return page.locator("tbody tr", new Page.LocatorOptions().setHasText(name));
    }

    private void picture(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
        assertThat(PICTURES.resolve(name + ".png")).isNotEmptyFile();
    }

    private void noComplaints() {
        assertThat(complaints).isEmpty();
    }
}
