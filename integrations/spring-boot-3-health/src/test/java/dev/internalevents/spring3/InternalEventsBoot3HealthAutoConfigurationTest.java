package dev.internalevents.spring3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Runs on Spring Boot 3.5; samples/spring-boot-3 checks the same with the starter and Actuator's endpoint. */
class InternalEventsBoot3HealthAutoConfigurationTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(InternalEventsBoot3HealthAutoConfiguration.class));

    @Test
    void a_client_without_a_failure_is_up() {
        assertThat(SpringBootVersion.getVersion()).startsWith("3.5.");
        with(InternalEventsClient.builder().delivery(false).build()).run(context -> {
            Health health = context.getBean("internalEventsHealthIndicator", HealthIndicator.class)
                    .health();

            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsEntry("enabled", false).containsEntry("tracked", 0L);
            assertThat(context).doesNotHaveBean("billingEventsHealthIndicator");
        });
    }

    @Test
    void a_client_whose_collector_does_not_respond_is_unknown() {
        InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create("http://127.0.0.1:1"))
                .closeTimeout(Duration.ofMillis(1))
                .build();
        with(client).run(context -> {
            client.trackEvent("place_order");
            client.flush(Duration.ofSeconds(1));

            Health health = context.getBean(HealthIndicator.class).health();

            assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
            assertThat(health.getDetails()).containsKey("failure").containsEntry("held", 1L);
        });
    }

    @Test
    void a_client_with_several_endpoints_names_the_state_of_each() {
        InternalEventsClient client = InternalEventsClient.builder()
                .endpoints(List.of(URI.create("http://127.0.0.1:1"), URI.create("http://127.0.0.1:2")))
                .closeTimeout(Duration.ofMillis(1))
                .build();
        with(client).run(context -> {
            client.trackEvent("place_order");
            client.flush(Duration.ofSeconds(1));

            Health health = context.getBean(HealthIndicator.class).health();

            assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
            assertThat(health.getDetails().get("endpoints"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsOnlyKeys("http://127.0.0.1:1", "http://127.0.0.1:2")
                    .allSatisfy(
                            (endpoint, state) -> assertThat(state).asString().contains("refused"));
        });
    }

    @Test
    void a_billing_client_has_a_contributor_too() {
        with(InternalEventsClient.builder().delivery(false).build())
                .withBean(
                        BillingEventsClient.class,
                        () -> BillingEventsClient.builder().enabled(false).build())
                .run(context -> assertThat(context.getBean("billingEventsHealthIndicator", HealthIndicator.class)
                                .health()
                                .getStatus())
                        .isEqualTo(Status.UP));
    }

    @Test
    void the_usual_property_switches_a_contributor_off() {
        with(InternalEventsClient.builder().delivery(false).build())
                .withPropertyValues("management.health.internalEvents.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
    }

    @Test
    void without_actuator_the_application_starts() {
        with(InternalEventsClient.builder().delivery(false).build())
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(InternalEventsClient.class));
    }

    private ApplicationContextRunner with(InternalEventsClient client) {
        return application.withBean(InternalEventsClient.class, () -> client);
    }
}
