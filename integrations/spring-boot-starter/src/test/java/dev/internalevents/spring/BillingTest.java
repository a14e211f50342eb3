package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.testkit.TestHttp;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The billing client as a bean. */
class BillingTest {

    private static final EventContext REQUEST =
            EventContext.builder().realm("dedicated").build();

    @TempDir
    private Path folder;

    @AutoClose
    private Collector collector = LocalCollector.start();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Customized {

        @Bean
        BillingEventsClientCustomizer customizer() {
            return builder -> builder.appId("customized");
        }
    }

    private static ConfigurableApplicationContext run(Class<?> application, String... properties) {
        SpringApplication spring = new SpringApplication(application);
        spring.setWebApplicationType(WebApplicationType.NONE);
        return spring.run(Stream.of(properties)
                .map(property -> "--internal-events." + property)
                .toArray(String[]::new));
    }

    private ConfigurableApplicationContext enabled(Class<?> application) {
        return run(
                application,
                "enabled=true",
                "endpoint=" + collector.url(),
                "billing.enabled=true",
                "billing.endpoint=" + collector.url(),
                "billing.outbox-dir=" + folder.resolve("billing"));
    }

    private String get(String path) throws Exception {
        return TestHttp.get(collector.url() + path).body();
    }

    @Test
    void properties_make_a_client_that_bills_and_tracks_the_twin() throws Exception {
        try (ConfigurableApplicationContext application = enabled(Application.class)) {
            BillingEventsClient billing = application.getBean(BillingEventsClient.class);
            REQUEST.wrap(() -> billing.trackBillingEvent("code_completions", "c", "request", 1))
                    .run();
            assertThat(billing.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(application.getBean(InternalEventsClient.class).flush(Duration.ofSeconds(30)))
                    .isTrue();

            assertThat(get("/micro/bad")).isEqualToIgnoringWhitespace("[]");
            assertThat(get("/micro/good"))
                    .contains("\"gitlab_ai_gateway-billing\"", "\"Dedicated\"", "\"usage_billing_event\"");
            assertThat(folder.resolve("billing")).isDirectoryContaining("glob:**.segment");
            assertThat(application
                            .getBean(MeterRegistry.class)
                            .get("billing.events.delivered")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            HealthIndicator health = application.getBean("billingEventsHealthIndicator", HealthIndicator.class);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(health.health().getDetails()).containsEntry("delivered", 1L);
        }
    }

    @Test
    void a_customizer_goes_before_the_properties() throws Exception {
        try (ConfigurableApplicationContext application = enabled(Customized.class)) {
            BillingEventsClient billing = application.getBean(BillingEventsClient.class);
            REQUEST.wrap(() -> billing.trackBillingEvent("a", "c")).run();
            assertThat(billing.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(get("/micro/good")).contains("\"customized\"");
        }
    }

    @Test
    void what_is_left_at_the_end_is_sent_after_the_next_start() throws Exception {
        int port = collector.port();
        collector.close();
        try (ConfigurableApplicationContext application = enabled(Application.class)) {
            BillingEventsClient billing = application.getBean(BillingEventsClient.class);
            REQUEST.wrap(() -> billing.trackBillingEvent("a", "c")).run();
            billing.close(Duration.ZERO);
            application.getBean(InternalEventsClient.class).close(Duration.ZERO);
        }
        collector = Collector.start(CollectorSettings.local(port));
        try (ConfigurableApplicationContext application = enabled(Application.class)) {
            assertThat(application.getBean(BillingEventsClient.class).flush(Duration.ofSeconds(30)))
                    .isTrue();
        }
        assertThat(get("/micro/good")).contains("\"Dedicated\"");
    }

    @Test
    void switched_off_the_bean_is_there_and_does_nothing() {
        try (ConfigurableApplicationContext application = run(Application.class)) {
            BillingEventsClient billing = application.getBean(BillingEventsClient.class);
            billing.trackBillingEvent("a", "c");
            assertThat(billing.isEnabled()).isFalse();
            assertThat(application
                            .getBean(MeterRegistry.class)
                            .find("billing.events.delivered")
                            .meter())
                    .isNull();
        }
    }

    @Test
    void what_is_missing_or_wrong_stops_the_start_by_the_property_that_was_set() throws Exception {
        assertThatThrownBy(() -> run(Application.class, "billing.enabled=true", "billing.batch-size=0"))
                .hasRootCauseInstanceOf(SettingsException.class)
                .rootCause()
                .hasMessageContaining(
                        "AIGW_BILLING_EVENT__ENDPOINT: is not set, but internal-events.billing.enabled is true")
                .hasMessageContaining("AIGW_BILLING_EVENT__OUTBOX_DIR: is not set")
                .hasMessageContaining("internal-events.billing.batch-size: \"0\" is not a whole number of 1 or more");
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> run(
                        Application.class,
                        "billing.enabled=true",
                        "billing.endpoint=" + collector.url(),
                        "billing.outbox-dir=" + file))
                .hasStackTraceContaining("internal-events.billing: outbox: " + file);
        assertThatThrownBy(() -> run(
                        Application.class,
                        "outbox-dir=" + folder.resolve("same"),
                        "billing.enabled=true",
                        "billing.endpoint=" + collector.url(),
                        "billing.outbox-dir=" + folder.resolve("same")))
                .hasStackTraceContaining("expected a folder only for billing events");
        assertThatThrownBy(() -> run(
                        Application.class,
                        "billing.enabled=true",
                        "billing.endpoint=" + collector.url(),
                        "billing.outbox-dir=" + folder.resolve("small"),
                        "billing.outbox-bytes=1KB"))
                .hasStackTraceContaining(
                        "internal-events.billing.outbox-bytes: 1KB is too small; expected 16MB or more");
    }
}
