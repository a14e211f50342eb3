package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventListener;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.definitions.DefinedEvents;
import dev.internalevents.client.definitions.ExtraTracker;
import dev.internalevents.client.definitions.UndefinedEventException;
import dev.internalevents.metrics.EventCounter;
import dev.internalevents.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Definitions and counting configured by properties only, without a collector. */
class DefinitionsTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void define() {
        TestDefinitions.write(folder.resolve("definitions"), "asked", "");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private ConfigurableApplicationContext run(String... properties) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        String[] arguments = new String[properties.length + 1];
        arguments[0] = "--internal-events.definitions=" + folder.resolve("definitions");
        for (int i = 0; i < properties.length; i++) {
            arguments[i + 1] = "--internal-events." + properties[i];
        }
        return application.run(arguments);
    }

    @Test
    void is_strict_in_development() {
        try (ConfigurableApplicationContext application = run("environment=development")) {
            InternalEventsClient client = application.getBean(InternalEventsClient.class);
            assertThatThrownBy(() -> client.trackEvent("askd"))
                    .isInstanceOf(UndefinedEventException.class)
                    .hasMessageContaining("did you mean \"asked\"?");
        }
    }

    @Test
    void counts_problems_in_production() {
        try (ConfigurableApplicationContext application = run("environment=production")) {
            application.getBean(InternalEventsClient.class).trackEvent("askd");
            assertThat(application.getBean(DefinedEvents.class).problems()).hasSize(1);
        }
    }

    /** Records the events it receives. */
    static final class KeptTracking implements ExtraTracker {

        private final List<EventDetails> events = new CopyOnWriteArrayList<>();

        @Override
        public String trackingClass() {
            return "Example::ModelTracking";
        }

        @Override
        public void track(EventDetails event) {
            events.add(event);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ApplicationWithExtraTracker {

        private final List<EventDetails> listened = new CopyOnWriteArrayList<>();

        @Bean
        KeptTracking modelTracking() {
            return new KeptTracking();
        }

        @Bean
        EventListener listener() {
            return listened::add;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_bean_that_is_an_extra_tracker_gets_what_is_protected_for_it(boolean enabled) throws IOException {
        Files.writeString(folder.resolve("definitions/events/suggested.yml"), """
                description: A model suggested code
                internal_events: true
                action: suggested
                additional_properties:
                  language: {description: The programming language}
                extra_trackers:
                - tracking_class: Example::ModelTracking
                  protected_properties:
                    branch_name: {description: The branch}
                tiers: [free]
                """);
        SpringApplication application = new SpringApplication(ApplicationWithExtraTracker.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        try (ConfigurableApplicationContext context = application.run(
                "--internal-events.definitions=" + folder.resolve("definitions"),
                "--internal-events.environment=production",
                "--internal-events.enabled=" + enabled,
                "--internal-events.endpoint=http://127.0.0.1:1",
                "--internal-events.close-timeout=0s")) {
            context.getBean(InternalEventsClient.class)
                    .event("suggested")
                    .put("language", "java")
                    .put("branch_name", "secret")
                    .track();

            // A client that is switched off sends nothing anywhere.
            assertThat(context.getBean(KeptTracking.class).events)
                    .hasSize(enabled ? 1 : 0)
                    .allSatisfy(event ->
                            assertThat(event.properties().extra()).containsOnlyKeys("language", "branch_name"));
            assertThat(context.getBean(ApplicationWithExtraTracker.class).listened)
                    .singleElement()
                    .satisfies(event -> assertThat(event.properties().extra()).containsOnlyKeys("language"));
        }
    }

    @Test
    void counts_into_a_folder_and_goes_on_after_the_next_start() {
        for (int start = 1; start <= 2; start++) {
            try (ConfigurableApplicationContext application = run("counting=" + folder.resolve("counting"))) {
                application.getBean(InternalEventsClient.class).trackEvent("asked");
                assertThat(application.getBean(EventCounter.class).settle(Duration.ofSeconds(30)))
                        .isTrue();
                assertThat(application
                                .getBean(Metrics.class)
                                .value("counts.asked")
                                .orElseThrow()
                                .value())
                        .isEqualByComparingTo(String.valueOf(start));
                Health health = application
                        .getBean("internalEventCountingHealthIndicator", HealthIndicator.class)
                        .health();
                assertThat(health.getStatus()).isEqualTo(Status.UP);
                assertThat(health.getDetails()).isEqualTo(Map.of("lost", 0L));
            }
        }
    }

    /** With Redis and PostgreSQL: nothing listens on the port. */
    @ParameterizedTest
    @ValueSource(strings = {"redis://127.0.0.1:1", "postgresql://127.0.0.1:1/counters", "counting"})
    void what_waits_to_be_counted_waits_in_the_folder_that_is_set(String counting) {
        Path queue = folder.resolve("waiting");
        String where =
                counting.contains("://") ? counting : folder.resolve(counting).toString();
        try (ConfigurableApplicationContext application = run("counting=" + where, "counting-queue-dir=" + queue)) {
            application.getBean(InternalEventsClient.class).trackEvent("asked");
            assertThat(queue).isDirectoryContaining("glob:**.segment");
        }
        assertThat(folder.resolve("counting/queue")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "memory,memory; the counts end with this process",
        "redis://me:s3cret@127.0.0.1:1/2?password=s3cret,redis://127.0.0.1:1/2",
        "postgresql://me@127.0.0.1:1/counters?schema=shop,postgresql://127.0.0.1:1/counters",
        "FOLDER/counting,the folder FOLDER/counting"
    })
    @ExtendWith(OutputCaptureExtension.class)
    void where_events_are_counted_is_logged_once_without_a_password(
            String counting, String shown, CapturedOutput output) {
        String where = "counting=" + counting.replace("FOLDER", folder.toString());
        String queue = "counting-queue-dir=" + folder.resolve("waiting");
        try (ConfigurableApplicationContext application = counting.contains("://") ? run(where, queue) : run(where)) {
            assertThat(application.getBean(EventCounter.class)).isNotNull();
        }
        assertThat(output.getAll().lines())
                .filteredOn(line -> line.contains("Internal events are counted in "))
                .singleElement()
                .asString()
                .contains("INFO")
                .endsWith("counted in " + shown.replace("FOLDER", folder.toString()));
        assertThat(output).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "mysql://me:s3cret@db/counters,mysql:…",
        "redis:x,redis:…",
        "Memory,Memory",
        "http://127.0.0.1:6379,http:…"
    })
    void an_address_that_is_no_place_for_counters_stops_the_start(String counting, String shown) {
        assertThatThrownBy(() -> run("counting=" + counting))
                .hasStackTraceContaining("internal-events.counting: \"" + shown
                        + "\" is not a place where metrics can be counted; expected memory, a folder that this user can"
                        + " write to, redis://host:port or postgresql://host/database");
    }

    @Test
    void a_wrong_definition_stops_the_start_in_development_and_names_the_line() throws IOException {
        Files.writeString(
                folder.resolve("definitions/events/wrong.yml"), "description: [a]\naction: wrong\ntiers: [free]\n");
        assertThatThrownBy(() -> run("environment=development"))
                .hasStackTraceContaining("events/wrong.yml:1: description: expected a text, found a list");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_wrong_definition_is_logged_and_left_out_in_production(CapturedOutput output) throws IOException {
        Files.writeString(
                folder.resolve("definitions/events/wrong.yml"), "description: [a]\naction: wrong\ntiers: [free]\n");
        try (ConfigurableApplicationContext application = run("environment=production", "counting=memory")) {
            application.getBean(InternalEventsClient.class).trackEvent("asked");

            assertThat(output).contains("events/wrong.yml:1: description: expected a text, found a list");
            assertThat(application.getBean(DefinedEvents.class).dictionary().filesLeftOut())
                    .containsExactly("events/wrong.yml");
            assertThat(application
                            .getBean(Metrics.class)
                            .value("counts.asked")
                            .orElseThrow()
                            .value())
                    .isEqualByComparingTo("1");
        }
    }

    @Test
    void a_folder_without_definitions_stops_the_start_in_production_too() throws IOException {
        Files.delete(folder.resolve("definitions/events/asked.yml"));
        Files.delete(folder.resolve("definitions/metrics/asked.yml"));
        assertThatThrownBy(() -> run("environment=production")).hasStackTraceContaining("no definitions here");
    }
}
