package dev.internalevents.junit;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.billing.BillingEventsClient;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Checks that a test bills nothing, whatever the application's settings say, and that it can inspect the twins. */
class BillingInTestsTest {

    private static final String OUTBOX = "target/billing-of-a-test";

    private static void assertTestsSeeTwinsAlone(BillingEventsClient billing) {
        assertThatCode(() -> EventContext.builder()
                        .realm("saas")
                        .build()
                        .wrap(() -> billing.trackBillingEvent("code_completions", "c"))
                        .run())
                .triggersInternalEvent("usage_billing_event");
        assertThat(billing.endpoint()).isNull();
        assertThat(Path.of(OUTBOX)).doesNotExist();
    }

    @SpringBootTest(
            classes = OfTheStarter.Application.class,
            properties = {
                "internal-events.billing.enabled=true",
                "internal-events.billing.endpoint=http://127.0.0.1:1",
                "internal-events.billing.outbox-dir=" + OUTBOX
            })
    @InternalEventsTest
    @Nested
    class OfTheStarter {

        @Configuration(proxyBeanMethods = false)
        @EnableAutoConfiguration
        static class Application {}

        @Test
        void the_starters_client_does_not_send(@Autowired BillingEventsClient billing) {
            assertTestsSeeTwinsAlone(billing);
        }
    }

    @SpringBootTest(classes = OfTheApplication.Application.class)
    @InternalEventsTest
    @Nested
    class OfTheApplication {

        @Configuration(proxyBeanMethods = false)
        @EnableAutoConfiguration
        static class Application {

            @Bean
            BillingEventsClient billing() {
                return BillingEventsClient.builder()
                        .endpoint(URI.create("http://127.0.0.1:1"))
                        .outbox(Path.of(OUTBOX))
                        .build();
            }
        }

        @Test
        void a_client_of_the_applications_own_is_replaced(@Autowired BillingEventsClient billing) {
            assertTestsSeeTwinsAlone(billing);
        }
    }
}
