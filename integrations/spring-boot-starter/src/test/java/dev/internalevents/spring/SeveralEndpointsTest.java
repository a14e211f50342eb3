package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.delivery.EndpointState;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.testkit.FakeCollector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Properties that name several collectors, and the health that names them. */
class SeveralEndpointsTest {

    private static final String GONE = "http://127.0.0.1:1";

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector collector = new FakeCollector();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private static ConfigurableApplicationContext run(String... properties) {
        SpringApplication spring = new SpringApplication(Application.class);
        spring.setWebApplicationType(WebApplicationType.NONE);
        return spring.run(Stream.concat(Stream.of("enabled=true"), Stream.of(properties))
                .map(property -> "--internal-events." + property)
                .toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"endpoint=URL,GONE", "endpoints=URL,GONE", "endpoints[0]=URL endpoints[1]=GONE"})
    void a_list_in_any_form_makes_a_client_of_all(String properties) {
        String[] arguments = properties
                .replace("URL", collector.url().toString())
                .replace("GONE", GONE)
                .split(" ");
        try (ConfigurableApplicationContext application = run(arguments)) {
            InternalEventsClient client = application.getBean(InternalEventsClient.class);
            client.trackEvent("place_order");
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(client.endpointStates())
                    .extracting(EndpointState::endpoint)
                    .containsExactly(collector.url(), URI.create(GONE));
        }
        assertThat(collector.takenNames()).containsExactly("place_order");
    }

    @Test
    void the_health_names_each_endpoint_and_is_up_while_one_works() {
        try (ConfigurableApplicationContext application = run(
                "endpoints=" + GONE + "," + collector.url(),
                "billing.enabled=true",
                "billing.endpoints[0]=" + collector.url(),
                "billing.endpoints[1]=" + GONE,
                "billing.outbox-dir=" + folder)) {
            InternalEventsClient client = application.getBean(InternalEventsClient.class);
            client.trackEvent("place_order");
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(application.getBean(BillingEventsClient.class).endpointStates())
                    .containsExactly(
                            new EndpointState(collector.url(), null), new EndpointState(URI.create(GONE), null));

            Health health = Objects.requireNonNull(application
                    .getBean("internalEventsHealthIndicator", HealthIndicator.class)
                    .health());
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails().get("endpoints"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsOnlyKeys(GONE, collector.url().toString())
                    .containsEntry(collector.url().toString(), "works");
        }
    }

    @Test
    void both_names_of_the_property_are_refused() {
        assertThatThrownBy(() -> run("endpoint=" + GONE, "endpoints=" + collector.url()))
                .hasRootCauseInstanceOf(SettingsException.class)
                .rootCause()
                .hasMessageContaining(
                        "internal-events.endpoint: is set, and internal-events.endpoints too; expected one of them");
        assertThatThrownBy(() -> run("endpoints=" + GONE + "," + GONE))
                .rootCause()
                .hasMessageContaining("internal-events.endpoints: \"" + GONE + "\" is set twice");
    }
}
