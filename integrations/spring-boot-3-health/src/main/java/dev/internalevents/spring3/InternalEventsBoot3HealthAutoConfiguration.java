package dev.internalevents.spring3;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.internal.middleware.ClientHealth;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Provides the health contributors {@code internalEvents} and {@code billingEvents} on Spring Boot 3.5; on Spring Boot
 * 4, which has the health classes in other packages, it does nothing. If no collector responds, or an outbox cannot be
 * written, the status is UNKNOWN, never DOWN: events are queued, and the service itself works.
 */
@AutoConfiguration(
        afterName = {
            "dev.internalevents.spring.InternalEventsAutoConfiguration",
            "dev.internalevents.spring.BillingEventsAutoConfiguration"
        })
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(InternalEventsClient.class)
public class InternalEventsBoot3HealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("internalEvents")
    @ConditionalOnMissingBean(name = "internalEventsHealthIndicator")
    HealthIndicator internalEventsHealthIndicator(InternalEventsClient client) {
        return () -> health(ClientHealth.of(client));
    }

    @Bean
    @ConditionalOnEnabledHealthIndicator("billingEvents")
    @ConditionalOnBean(BillingEventsClient.class)
    @ConditionalOnMissingBean(name = "billingEventsHealthIndicator")
    HealthIndicator billingEventsHealthIndicator(BillingEventsClient client) {
        return () -> health(ClientHealth.of(client));
    }

    private static Health health(ClientHealth health) {
        return (health.isUp() ? Health.up() : Health.unknown())
                .withDetails(health.details())
                .build();
    }
}
