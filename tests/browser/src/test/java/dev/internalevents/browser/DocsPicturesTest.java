package dev.internalevents.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Takes the pictures of the pages in docs: into target/screenshots/docs, or with {@code -Dpictures=write} into
 * docs/images.
 */
class DocsPicturesTest {

    private static final Path PICTURES =
            Path.of("write".equals(System.getProperty("pictures")) ? "../../docs/images" : "target/screenshots/docs");
    private static final Path DEFINITIONS = Path.of("../../gateway/src/main/resources/internal-events");
    private static final List<String> LANGUAGES = List.of("java", "kotlin", "java", "go");

    @AutoClose
    private Chromium chromium;

    @AutoClose
    private Collector collector;

    private InternalEventsClient client;

    @BeforeEach
    void start() throws IOException {
        chromium = Chromium.launch();
        collector = Collector.start(CollectorSettings.micro()
                .port(0)
                .dictionary(DefinitionFiles.load(DEFINITIONS))
                .build());
        client = InternalEventsClient.builder()
                .endpoint(URI.create(collector.url()))
                .appId("gitlab_ai_gateway")
                .build();
    }

    @Test
    void the_dashboard_and_its_metrics() {
        for (int i = 0; i < 24; i++) {
            track(i);
        }
        assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
        try (BrowserContext context = chromium.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(1280, 720)
                        .setTimezoneId("UTC"))) {
            Page page = context.newPage();
            page.navigate(collector.url() + "/micro/ui");
            page.locator("tbody tr", new Page.LocatorOptions().setHasText("request_awesome_feature"))
                    .first()
                    .click();
            assertThat(page.locator("[data-section=gitlab_standard]")).containsText("saas");
            page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("dashboard.png")));

            page.navigate(collector.url() + "/micro/ui#show=metrics");
            assertThat(page.locator("tr[data-metric]").first()).isVisible();
            page.mouse().move(640, 70);
            track(1);
            track(3);
            assertThat(client.close(Duration.ofSeconds(30))).isZero();
            assertThat(page.locator("tr[data-metric] .figure[data-changed=true]")
                            .first())
                    .isVisible();
            page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("metrics.png")));
        }
        assertThat(PICTURES.resolve("dashboard.png")).isNotEmptyFile();
    }

    private void track(int i) {
        EventContext.builder()
                .environment("production")
                .realm(i % 3 == 0 ? "self-managed" : "saas")
                .hostName("gitlab.com")
                .instanceVersion("18.1.0")
                .projectId(7L + i % 5)
                .build()
                .wrap(() -> {
                    if (i % 4 == 3) {
                        client.trackEvent("request_awesome_feature");
                    } else {
                        client.event(i % 2 == 0 ? "request_complete_code" : "request_generate_code")
                                .user(1 + i % 9)
                                .label("code_suggestions")
                                .put("language", LANGUAGES.get(i % LANGUAGES.size()))
                                .track();
                    }
                })
                .run();
    }
}
