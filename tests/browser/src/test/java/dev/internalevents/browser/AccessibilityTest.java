package dev.internalevents.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.generator.DictionarySite;
import dev.internalevents.testkit.Payloads;
import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every page of the dashboard and of the dictionary site, in each width and theme, passes all rules of axe-core and is
 * not wider than the screen. Saves a screenshot of each in target/screenshots/pages.
 */
class AccessibilityTest {

    private static final Path PICTURES = Path.of("target/screenshots/pages");
    private static final Path AXE = Path.of("target/axe");
    private static final Path DEFINITIONS = Path.of("../../gateway/src/main/resources/internal-events");
    /** In the dark only the colours differ, so only they are checked again. */
    private static final String FINDINGS = """
            async () => (await axe.run(document, matchMedia('(prefers-color-scheme: dark)').matches
                ? { runOnly: ['color-contrast'] } : {})).violations.map(violation =>
                violation.id + ' (' + violation.impact + '): ' + violation.help + '\\n'
                    + violation.nodes.slice(0, 5).map(node => '  ' + node.target + ': ' + node.html.slice(0, 160)
                        + '\\n    ' + (node.failureSummary ?? '').replaceAll('\\n', ' ')).join('\\n')).join('\\n')""";

    @TempDir
    private static Path site;

    @AutoClose
    private static Chromium chromium;

    @AutoClose
    private static Collector empty;

    @AutoClose
    private static Collector full;

    @AutoClose
    private static Collector undefined;

    private static String axe = "";

    @BeforeAll
    static void start() throws Exception {
        assumeThat(NpmPackages.install(Path.of("src/test/axe"), AXE))
                .as("npm is installed and can download axe-core")
                .isTrue();
        axe = Files.readString(AXE.resolve("node_modules/axe-core/axe.min.js"));
        Dictionary dictionary = DefinitionFiles.load(DEFINITIONS);
        DictionarySite.write(dictionary, site);
        chromium = Chromium.launch();
        empty = collector(dictionary);
        full = collector(dictionary);
        undefined = Collector.start(CollectorSettings.micro().port(0).build());
        for (int request = 0; request < 20; request++) {
            int from = request * 500;
            send(IntStream.range(from, from + 500)
                    .mapToObj(i ->
                            "{\"e\":\"se\",\"se_ca\":\"shop\",\"se_ac\":\"request_complete_code\",\"se_la\":\"label "
                                    + i % 7 + "\",\"se_va\":\"" + i % 100 + "\",\"aid\":\"shop\",\"uid\":\"" + i % 40
                                    + "\"}")
                    .collect(Collectors.joining(",")));
        }
        send(Payloads.event(
                "e", "pv", "url", "https://shop.test/cart?utm_source=mail", "page", "The cart", "aid", "web"));
        send(Payloads.event("e", "tr", "tr_id", "A-1", "tr_tt", "49.90", "tr_cu", "EUR", "aid", "web"));
        send(Payloads.selfDescribingEvent(Payloads.LINK_CLICK, Map.of()));
        send(Payloads.selfDescribingEvent("iglu:com.acme/checkout/jsonschema/1-0-0", Map.of("cart", 1)));
        send(Payloads.event(
                "e",
                "se",
                "se_ca",
                "shop",
                "se_ac",
                "request_generate_code",
                "aid",
                "shop",
                "co",
                Payloads.contexts(Payloads.selfDescribing(
                        Payloads.GITLAB_STANDARD, Map.of("environment", "production", "source", 7)))));
        send(Payloads.event(
                "e",
                "se",
                "se_ca",
                "shop",
                "se_ac",
                "request_awesome_feature",
                "aid",
                "shop",
                "co",
                Payloads.contexts(Payloads.selfDescribing(
                        Payloads.GITLAB_STANDARD,
                        Map.of("environment", "production", "realm", "saas", "project_id", 7)))));
        assertThat(MicroApi.json(full, "/micro/all").path("total").asInt()).isEqualTo(10_006);
    }

    private static Collector collector(Dictionary dictionary) throws IOException {
        return Collector.start(
                CollectorSettings.micro().port(0).dictionary(dictionary).build());
    }

    private static void send(String events) throws IOException, InterruptedException {
        assertThat(TestHttp.track(full.url(), events).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest(name = "{0} × {1}, {2}")
    @CsvSource({
        "390, 844, LIGHT",
        "390, 844, DARK",
        "768, 1024, LIGHT",
        "768, 1024, DARK",
        "1280, 720, LIGHT",
        "1280, 720, DARK"
    })
    void every_page_passes(int width, int height, ColorScheme theme) {
        try (BrowserContext context = chromium.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setColorScheme(theme)
                        .setBypassCSP(true)
                        .setTimezoneId("UTC"))) {
            Page page = context.newPage();
            String size = "-" + width + "-" + theme.name().toLowerCase(java.util.Locale.ROOT);

            page.navigate(empty.url() + "/micro/ui");
            for (String way : List.of("spring", "curl")) {
                page.locator("#way-" + way).click();
                check(page, "empty-" + way + size);
            }
            page.navigate(undefined.url() + "/micro/ui#show=metrics");
            assertThat(page.locator("section.first")).isVisible();
            check(page, "undefined" + size);

            page.navigate(full.url() + "/micro/ui");
            assertThat(page.locator("tbody tr")).hasCount(100);
            check(page, "events" + size);
            if (width < 800) {
                page.locator(".more-tools").click();
                check(page, "events-tools" + size);
            }
            page.locator(".timeline [data-span='24h']").click();
            page.locator(".timeline [data-span=own]").click();
            assertThat(page.locator(".range")).isVisible();
            check(page, "events-range" + size);
            page.locator(".pick").click();
            assertThat(page.locator(".picker")).containsText("se_action");
            check(page, "columns" + size);
            page.navigate("about:blank");
            page.navigate(full.url() + "/micro/ui#status=bad");
            assertThat(page.locator("tbody tr")).hasCount(3);
            check(page, "failed" + size);
            for (String name : List.of("checkout", "request_generate_code")) {
                page.locator("tbody tr", new Page.LocatorOptions().setHasText(name))
                        .click();
                assertThat(page.locator("aside .failures")).isVisible();
                check(page, "failed-" + name + size);
                page.locator("aside .close").click();
            }
            page.navigate("about:blank");
            page.navigate(full.url() + "/micro/ui#status=good");
            for (String name : List.of("request_awesome_feature", "transaction")) {
                page.locator("tbody tr", new Page.LocatorOptions().setHasText(name))
                        .click();
                assertThat(page.locator("[data-section=Event]")).isVisible();
                check(page, "event-" + name + size);
                page.locator("aside .close").click();
            }
            for (String show : List.of("metrics", "definitions", "ping")) {
                page.navigate("about:blank");
                page.navigate(full.url() + "/micro/ui#show=" + show);
                assertThat(page.locator(".metrics, .definitions, .ping")).isVisible();
                check(page, show + size);
            }
            for (String file : List.of("index", "metrics", "events/request_complete_code")) {
                page.navigate(site.resolve(file + ".html").toUri().toString());
                check(page, "site-" + file.substring(file.lastIndexOf('/') + 1) + size);
            }
        }
    }

    @Test
    void the_list_is_one_stop_of_the_tab_key_and_the_focus_goes_into_the_panel_and_back() {
        try (BrowserContext context =
                chromium.browser().newContext(new Browser.NewContextOptions().setViewportSize(1280, 720))) {
            Page page = context.newPage();
            page.navigate(full.url() + "/micro/ui#status=bad");
            assertThat(page.locator("tbody tr")).hasCount(3);
            assertThat(page.locator("tbody tr[tabindex='0']")).hasCount(1);

            page.locator("tbody tr").first().focus();
            page.keyboard().press("ArrowDown");
            assertThat(page.locator("tbody tr").nth(1)).isFocused();
            assertThat(page.locator("tbody tr").nth(1)).hasAttribute("tabindex", "0");
            assertThat(page.locator("#app > [role=status].unseen")).hasText("checkout, failed, 2 of 3");

            page.keyboard().press("Enter");
            assertThat(page.locator("aside h2")).isFocused();
            assertThat(page.locator("aside h2")).hasText("checkout");
            page.keyboard().press("Escape");
            assertThat(page.locator("aside")).hasCount(0);
            assertThat(page.locator("tbody tr").nth(1)).isFocused();
        }
    }

    private static void check(Page page, String name) {
        page.evaluate(axe);
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
        assertThat((String) page.evaluate(FINDINGS)).as(name).isEmpty();
        Object hidden = page.evaluate("document.documentElement.scrollWidth - innerWidth");
        assertThat(((Number) Objects.requireNonNull(hidden)).intValue())
                .as("pixels that are too wide: " + name)
                .isLessThanOrEqualTo(0);
    }
}
