package dev.internalevents.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.testkit.TestFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the dashboard's pages of metrics and definitions in the system's Chromium. */
class DictionaryPagesTest {

    private static final Path PICTURES = Path.of("target/screenshots");
    private static final Path DEFINITIONS = Path.of("../../gateway/src/main/resources/internal-events");

    private final List<String> complaints = new ArrayList<>();

    @AutoClose
    private Chromium chromium;

    private Page page;

    @BeforeEach
    void launch() {
        chromium = Chromium.launch();
        page = chromium.browser().newPage(new Browser.NewPageOptions().setViewportSize(1280, 720));
        page.onPageError(complaints::add);
    }

    @Test
    void values_change_and_stand_out_while_events_arrive() throws IOException {
        CollectorSettings settings = CollectorSettings.micro()
                .port(0)
                .dictionary(DefinitionFiles.load(DEFINITIONS))
                .build();
        try (Collector collector = Collector.start(settings);
                InternalEventsClient client = InternalEventsClient.builder()
                        .endpoint(URI.create(collector.url()))
                        .build()) {
            client.event("request_complete_code")
                    .user(1)
                    .put("language", "java")
                    .track();
            client.flush(Duration.ofSeconds(10));
            page.navigate(collector.url());
            page.locator("nav a", new Page.LocatorOptions().setHasText("Metrics"))
                    .click();

            Locator java = current("counts.count_total_request_complete_code_java");
            assertThat(java).hasText("1");
            assertThat(java).hasAttribute("data-changed", "false");

            for (int user : new int[] {1, 2, 2}) {
                client.event("request_complete_code")
                        .user(user)
                        .put("language", "java")
                        .track();
                client.event("request_generate_code").user(user + 10).track();
            }
            client.flush(Duration.ofSeconds(10));

            assertThat(java).hasText("4");
            assertThat(java).hasAttribute("data-changed", "true");
            assertThat(current("redis_hll_counters.count_distinct_user_id_from_code_suggestions_weekly"))
                    .hasText("4");
            assertThat(current("counts.count_total_request_awesome_feature")).hasText("0");
            picture("metrics");

            page.locator("input[type=search]").fill("java");
            assertThat(page.locator("tr[data-metric]")).hasCount(1);
            page.reload();
            assertThat(page.locator("tr[data-metric]")).hasCount(1);
            page.locator("nav a", new Page.LocatorOptions().setHasText("Service Ping"))
                    .click();
            assertThat(page.locator(".ping pre")).containsText("\"count_total_request_complete_code_java\": 4");
            picture("service-ping");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void totals_by_value_are_shown_the_greatest_first() throws IOException {
        Path folder = Files.createTempDirectory("definitions-");
        TestFiles.write(folder, "events/ran.yml", """
                description: Somebody ran a command
                internal_events: true
                action: ran
                additional_properties:
                  label: {description: the command}
                tiers: [free]
                """);
        TestFiles.write(folder, "metrics/commands.yml", """
                key_path: counts.commands
                description: How often each command was run
                value_type: object
                status: active
                time_frame: 7d
                data_source: internal_events
                tiers: [free]
                events:
                - name: ran
                  unique: label
                  operator: total
                """);
        CollectorSettings settings = CollectorSettings.micro()
                .port(0)
                .dictionary(DefinitionFiles.load(folder))
                .build();
        try (Collector collector = Collector.start(settings);
                InternalEventsClient client = InternalEventsClient.builder()
                        .endpoint(URI.create(collector.url()))
                        .build()) {
            page.navigate(collector.url() + "/micro/ui#show=metrics");
            Locator commands = current("counts.commands");
            assertThat(commands).hasAttribute("data-changed", "false");

            for (String label : List.of("issue", "mr", "mr", "<b>bold</b>")) {
                client.event("ran").label(label).track();
            }
            client.flush(Duration.ofSeconds(10));

            assertThat(commands).hasText(Pattern.compile("label\\s*mr: 2\\s*.*: 1\\s*.*: 1"));
            assertThat(commands).containsText("<b>bold</b>: 1");
            assertThat(commands).hasAttribute("data-changed", "true");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void definitions_say_how_an_event_is_tracked_and_lead_to_its_events() throws IOException {
        CollectorSettings settings = CollectorSettings.micro()
                .port(0)
                .dictionary(DefinitionFiles.load(DEFINITIONS))
                .build();
        try (Collector collector = Collector.start(settings)) {
            page.navigate(collector.url() + "/micro/ui#show=definitions");

            Locator event = page.locator("article[data-event=request_complete_code]");
            assertThat(event).containsText("A user asked for the rest of a line of code");
            assertThat(event).containsText("counts.count_total_request_complete_code_java");
            assertThat(event).containsText("events/request_complete_code.yml");
            assertThat(event.locator("pre")).containsText("internalEvents.event(\"request_complete_code\")");
            assertThat(event.locator("pre")).containsText(".put(\"language\", value)");
            picture("definitions");

            event.locator("button").click();
            assertThat(page.locator("input[type=search]")).hasValue("request_complete_code");
            page.goBack();
            assertThat(event).isVisible();
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void without_definitions_the_pages_say_how_to_get_them() throws IOException {
        try (Collector collector = Collector.start(CollectorSettings.local(0))) {
            page.navigate(collector.url() + "/micro/ui#show=metrics");

            assertThat(page.locator("section.first")).containsText("./internal-events micro --definitions DIR");
            picture("metrics-none");
        }
    }

    /** The text of definitions is shown as text, even if it contains markup. */
    @Test
    void markup_in_definitions_is_shown_and_not_run() throws IOException {
        Path folder = Files.createTempDirectory("definitions-");
        TestFiles.write(folder, "events/marked.yml", """
                description: "<img src=x onerror=alert(1)> <b>bold</b>"
                internal_events: true
                action: marked
                tiers: [free]
                """);
        CollectorSettings settings = CollectorSettings.micro()
                .port(0)
                .dictionary(DefinitionFiles.load(folder))
                .build();
        try (Collector collector = Collector.start(settings)) {
            page.navigate(collector.url() + "/micro/ui#show=definitions");

            assertThat(page.locator("article[data-event=marked] p"))
                    .hasText("<img src=x onerror=alert(1)> <b>bold</b>");
            assertThat(page.locator("article img")).hasCount(0);
        }
    }

    private Locator current(String keyPath) {
        return page.locator("tr[data-metric='" + keyPath + "'] td.current .figure");
    }

    private void picture(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }
}
