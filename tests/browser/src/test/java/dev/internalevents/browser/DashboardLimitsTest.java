package dev.internalevents.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.CollectorSettingsBuilder;
import dev.internalevents.testkit.TestHttp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the dashboard does not offer because it would be rejected, and addresses that it does not understand. */
class DashboardLimitsTest {

    private static final String TOKEN = "a secret of the tests";
    private static final String READ_TOKEN = "another secret of theirs";

    @AutoClose
    private static Chromium chromium;

    @TempDir
    private Path folder;

    private final List<String> errors = new ArrayList<>();
    private Collector collector;
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void launch() {
        chromium = Chromium.launch();
    }

    private void start(CollectorSettingsBuilder settings) throws Exception {
        collector = Collector.start(settings.port(0).build());
        assertThat(TestHttp.track(collector.url(), "{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"first\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(TestHttp.track(collector.url(), "{\"e\":\"nonsense\"}").statusCode())
                .isEqualTo(200);
        collector.processor().caughtUp().join();
        context = chromium.browser().newContext(new Browser.NewContextOptions().setViewportSize(1280, 720));
        page = context.newPage();
        page.onPageError(errors::add);
    }

    @AfterEach
    void stop() {
        context.close();
        collector.close();
        assertThat(errors).isEmpty();
    }

    private Locator reset() {
        return page.locator(".toolbar .reset");
    }

    private void open(String hash) {
        page.navigate(collector.url() + "/micro/ui" + hash);
        assertThat(page.locator(".tab[data-status=all] .count")).hasText("2");
    }

    // Rights

    @Test
    void a_collector_that_does_not_reset_says_what_would_allow_it() throws Exception {
        start(CollectorSettings.collector(folder));
        open("");

        assertThat(reset()).isDisabled();
        assertThat(reset())
                .hasAttribute("title", "The collector was started without --allow-reset, so events cannot be removed");
        page.locator("tbody tr[data-status=bad]").click();
        assertThat(page.locator("#retry")).isEnabled();
    }

    @Test
    void a_collector_that_may_reset_offers_it() throws Exception {
        start(CollectorSettings.collector(folder).allowReset(true));
        open("");

        assertThat(reset()).isEnabled();
        assertThat(reset()).hasAttribute("title", "");
    }

    @Test
    void a_reader_is_offered_no_change() throws Exception {
        start(CollectorSettings.micro().token(TOKEN).readToken(READ_TOKEN));
        page.navigate(collector.url() + "/micro/ui");
        page.locator(".login input").fill(READ_TOKEN);
        page.locator(".login button").click();

        assertThat(page.locator(".tab[data-status=all] .count")).hasText("2");
        assertThat(reset()).isDisabled();
        assertThat(reset()).hasAttribute("title", "This token is read-only");
        page.locator("tbody tr[data-status=bad]").click();
        assertThat(page.locator("#retry")).isDisabled();
        assertThat(page.locator("#retry")).hasAttribute("title", "This token is read-only");
    }

    // Addresses

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "#show=metrcs | show=metrcs, which is ignored: expected events, metrics, definitions or ping.",
                "#status=failed | status=failed, which is ignored: expected good or bad.",
                "#desc=no | desc=no, which is ignored: expected true or false.",
                "#event=first | event=first, which is ignored: expected a number.",
                "#filters=app | filters=app, which is ignored: expected a list such as [{\"column\":\"app_id\",\"values\":[\"shop\"]}].",
                "#staus=bad | staus=bad, which is ignored: expected show, status, desc, filters, name, sort, columns, session, from, to, page, event.",
                "#show=%3Cimg%20src%3Dx%20onerror%3Dhacked%3E | show=<img src=x onerror=hacked>, which is ignored: expected events, metrics, definitions or ping.",
            })
    void what_is_not_understood_in_the_address_is_said(String hash, String note) throws Exception {
        start(CollectorSettings.micro());
        open(hash);

        assertThat(page.locator(".ignored")).hasText("The address of this page has " + note);
        assertThat(page.locator("nav [aria-current=page]")).hasText("Events");
        assertThat(page.locator("tbody tr")).hasCount(2);
    }

    @Test
    void the_note_goes_with_the_next_change_of_the_view() throws Exception {
        start(CollectorSettings.micro());
        open("#show=metrcs");
        assertThat(page.locator(".ignored")).hasCount(1);

        page.locator(".tab[data-status=good]").click();

        assertThat(page.locator(".ignored")).hasCount(0);
        assertThat(page).hasURL(collector.url() + "/micro/ui#status=good");
    }

    @Test
    void an_address_that_the_page_wrote_itself_is_understood() throws Exception {
        start(CollectorSettings.micro());
        open("#status=good&name=fir&sort=title&desc=false&columns=title,app_id"
                + "&filters=%5B%7B%22column%22%3A%22se_category%22%2C%22values%22%3A%5B%22c%22%5D%7D%5D&event=1");

        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page.locator("aside h2")).hasText("first");
        assertThat(page.locator(".ignored")).hasCount(0);
    }
}
