package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.collector.Collector;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StarterTest {

    @AutoClose
    private Collector collector = LocalCollector.start();

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void each_request_has_its_own_context_wherever_it_is_served(String type) throws Exception {
        try (ConfigurableApplicationContext application = run(type)) {
            ExecutorService callers = Executors.newFixedThreadPool(16);
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                String path = (type.equals("servlet") ? List.of("/plain/", "/callable/") : List.of("/plain/", "/mono/"))
                                .get(i % 2)
                        + i;
                String n = String.valueOf(i);
                answers.add(callers.submit(() -> Requests.get(
                        application, path, Map.of("X-Gitlab-Realm", "saas", "X-Gitlab-Instance-Id", "instance-" + n))));
            }
            for (Future<HttpResponse<String>> answer : answers) {
                assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            callers.shutdown();
            assertThat(application.getBean(InternalEventsClient.class).flush(Duration.ofSeconds(60)))
                    .isTrue();
        }

        JsonNode good = LocalCollector.good(collector);
        assertThat(good.size()).isEqualTo(400);
        for (JsonNode event : good) {
            JsonNode context = event.at("/event/contexts/data/0/data");
            assertThat(context.path("realm").asString()).isEqualTo("dedicated");
            assertThat(context.path("instance_id").asString())
                    .isEqualTo("instance-" + event.at("/event/se_label").asString());
            assertThat(context.path("source").asString()).isEqualTo("shop");
            assertThat(context.path("environment").asString()).isEqualTo("test");
            assertThat(context.path("unique_instance_id").asString()).isEqualTo("from-token");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void skipped_paths_have_no_context(String type) throws Exception {
        try (ConfigurableApplicationContext application = run(type)) {
            assertThat(Requests.get(application, "/skipped", Map.of("X-Gitlab-Realm", "saas"))
                            .body())
                    .isEqualTo("none");
        }
    }

    @Test
    void health_and_meters_tell_where_events_went() throws Exception {
        try (ConfigurableApplicationContext application =
                run("servlet", "--management.endpoint.health.show-details=always")) {
            Requests.get(application, "/plain/1", Map.of());
            InternalEventsClient client = application.getBean(InternalEventsClient.class);
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();

            JsonNode health = JsonMapper.shared()
                    .readTree(Requests.get(application, "/actuator/health", Map.of())
                            .body());
            assertThat(health.at("/components/internalEvents/status").asString())
                    .isEqualTo("UP");
            assertThat(health.at("/components/internalEvents/details/delivered").asInt())
                    .isEqualTo(1);
            MeterRegistry meters = application.getBean(MeterRegistry.class);
            assertThat(meters.get("internal.events.delivered").functionCounter().count())
                    .isEqualTo(1);
            assertThat(List.of("held", "queued", "spooled"))
                    .allSatisfy(name -> assertThat(meters.get("internal.events." + name)
                                    .gauge()
                                    .value())
                            .isZero());
            assertThat(meters.get("internal.events.dropped")
                            .tag("reason", "full")
                            .functionCounter()
                            .count())
                    .isZero();

            collector.close();
            Requests.get(application, "/plain/2", Map.of());
            org.awaitility.Awaitility.await().until(() -> client.lastFailure() != null);
            JsonNode away = JsonMapper.shared()
                    .readTree(Requests.get(application, "/actuator/health", Map.of())
                            .body());
            assertThat(away.path("status").asString()).isEqualTo("UP");
            assertThat(away.at("/components/internalEvents/status").asString()).isEqualTo("UNKNOWN");
            client.close(Duration.ZERO);
        }
        collector = LocalCollector.start();
    }

    @Test
    void an_outbox_keeps_what_an_application_could_not_send(@TempDir Path folder) throws Exception {
        String outbox = "--internal-events.outbox-dir=" + folder.resolve("outbox");
        collector.close();
        try (ConfigurableApplicationContext application = run("servlet", outbox)) {
            Requests.get(application, "/plain/1", Map.of());
            InternalEventsClient client = application.getBean(InternalEventsClient.class);
            assertThat(client.stats().spooled()).isEqualTo(1);
            assertThat(client.close(Duration.ZERO)).isEqualTo(1);
        }
        collector = LocalCollector.start();
        try (ConfigurableApplicationContext application = run("servlet", outbox)) {
            InternalEventsClient client = application.getBean(InternalEventsClient.class);
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(1);
        }
    }

    @Test
    void disabled_is_the_default_and_wrong_settings_stop_the_start() {
        SpringApplication application = application("servlet");
        try (ConfigurableApplicationContext context =
                application.run("--server.port=0", "--server.address=127.0.0.1")) {
            assertThat(context.getBean(InternalEventsClient.class).isEnabled()).isFalse();
        }
        assertThatThrownBy(() -> application("servlet")
                        .run("--server.port=0", "--internal-events.enabled=true", "--internal-events.batch-size=0"))
                .hasRootCauseMessage("internal-events.batch-size: \"0\" is not a whole number of 1 or more"
                        + System.lineSeparator()
                        + "AIGW_INTERNAL_EVENT__ENDPOINT: is not set, but internal-events.enabled is true;"
                        + " expected the collector's URL such as http://127.0.0.1:9091");
    }

    private ConfigurableApplicationContext run(String type, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.application.name=shop",
                "--internal-events.enabled=true",
                "--internal-events.endpoint=" + collector.url(),
                "--internal-events.batch-size=50",
                "--internal-events.environment=test",
                "--internal-events.middleware.skip-paths=/skipped"));
        all.addAll(List.of(arguments));
        return application(type).run(all.toArray(String[]::new));
    }

    private static SpringApplication application(String type) {
        SpringApplication application =
                new SpringApplication(type.equals("servlet") ? ServletShop.class : ReactiveShop.class);
        application.setDefaultProperties(Map.of(
                "spring.main.web-application-type",
                type,
                "spring.main.banner-mode",
                "off",
                RunningApplication.QUIET_PERIOD,
                "0s",
                "logging.level.root",
                "warn"));
        return application;
    }

    /** Endpoints of both kinds of application. */
    abstract static class Shop {

        private final InternalEventsClient internalEvents;

        Shop(InternalEventsClient internalEvents) {
            this.internalEvents = internalEvents;
        }

        @Bean
        static VerifiedClaimsSource verifiedClaims() {
            return (principal, authorization) -> new VerifiedClaims("dedicated", null, "from-token", false);
        }

        @GetMapping("/plain/{n}")
        String plain(@PathVariable String n) {
            internalEvents.event("request_plain").label(n).track();
            return n;
        }

        @GetMapping("/skipped")
        String skipped() {
            return RequestTracking.current() == null
                    ? "none"
                    : EventContext.current().toString();
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @RestController
    static class ServletShop extends Shop {

        ServletShop(InternalEventsClient internalEvents) {
            super(internalEvents);
        }

        @GetMapping("/callable/{n}")
        Callable<String> callable(@PathVariable String n) {
            return () -> plain(n);
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @RestController
    static class ReactiveShop extends Shop {

        ReactiveShop(InternalEventsClient internalEvents) {
            super(internalEvents);
        }

        @GetMapping("/mono/{n}")
        Mono<String> mono(@PathVariable String n) {
            return Mono.just(n)
                    .publishOn(Schedulers.boundedElastic())
                    .map(this::plain)
                    .subscribeOn(Schedulers.parallel());
        }
    }
}
