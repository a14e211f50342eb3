package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.testkit.TestHttp;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Which events are sent, and what is added to them, configured by properties only. */
class EventOptionsTest {

    @TempDir
    private Path folder;

    @AutoClose
    private final Collector collector = LocalCollector.start();

    @BeforeEach
    void define() {
        TestDefinitions.write(folder.resolve("definitions"), "asked", "classification: duo");
        TestDefinitions.write(folder.resolve("definitions"), "paid", "");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private ConfigurableApplicationContext run(String... properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "--internal-events.enabled=true",
                "--internal-events.endpoint=" + collector.url(),
                "--internal-events.environment=production",
                "--internal-events.definitions=" + folder.resolve("definitions"),
                "--internal-events.counting=memory"));
        Stream.of(properties).map(property -> "--internal-events." + property).forEach(arguments::add);
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(arguments.toArray(String[]::new));
    }

    /** Tracks both events; returns what the collector received. */
    private String trackBoth(ConfigurableApplicationContext application) throws Exception {
        InternalEventsClient client = application.getBean(InternalEventsClient.class);
        client.event("asked").user(1).track();
        client.event("paid").user(1).track();
        assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
        assertThat(get("/micro/bad")).isEqualToIgnoringWhitespace("[]");
        return get("/micro/good");
    }

    private String get(String path) throws Exception {
        return TestHttp.get(collector.url() + path).body();
    }

    private static BigDecimal count(ConfigurableApplicationContext application, String metric) {
        return application.getBean(Metrics.class).value(metric).orElseThrow().value();
    }

    @Test
    void by_default_all_are_sent_and_only_those_about_ai_have_an_ai_context() throws Exception {
        try (ConfigurableApplicationContext application = run()) {
            assertThat(trackBoth(application))
                    .contains("\"asked\"", "\"paid\"")
                    .containsOnlyOnce("com.gitlab/ai_context/jsonschema/1-0-1\",\"data\"")
                    .doesNotContain("gitlab_service_ping");
        }
    }

    @Test
    void without_product_usage_data_all_are_counted_and_operational_ones_sent() throws Exception {
        try (ConfigurableApplicationContext application = run("product-usage-data=false")) {
            assertThat(trackBoth(application)).contains("\"asked\"").doesNotContain("\"paid\"");
            assertThat(count(application, "counts.asked")).isEqualByComparingTo("1");
            assertThat(count(application, "counts.paid")).isEqualByComparingTo("1");
        }
    }

    @Test
    void with_self_hosted_models_none_is_operational() throws Exception {
        try (ConfigurableApplicationContext application = run("product-usage-data=false", "self-hosted-ai=true")) {
            assertThat(trackBoth(application)).isEqualToIgnoringWhitespace("[]");
            assertThat(count(application, "counts.asked")).isEqualByComparingTo("1");
        }
    }

    @Test
    void contexts_are_added_to_all_if_that_was_asked_for() throws Exception {
        try (ConfigurableApplicationContext application = run("ai-context=true", "service-ping-context=true")) {
            assertThat(trackBoth(application).split("com.gitlab/ai_context/jsonschema/1-0-1\",\"data\"", -1))
                    .hasSize(3);
            assertThat(get("/micro/good")).contains("\"event_name\":\"asked\"", "\"event_name\":\"paid\"");
        }
    }
}
