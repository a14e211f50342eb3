package dev.internalevents.spring3;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.internal.middleware.ClientHealth;
import dev.internalevents.metrics.EventCounter;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Provides the health contributors {@code internalEvents}, {@code billingEvents} and {@code internalEventCounting} on
 * Spring Boot 3.5; on Spring Boot 4, which has the health classes in other packages, it does nothing. If no collector
 * responds, an outbox cannot be written, or a queue is not counted, the status is UNKNOWN, never DOWN: events are
 * queued, and the service itself works.
 */
@AutoConfiguration(
        afterName = {
            "dev.internalevents.spring.InternalEventsAutoConfiguration",
            "dev.internalevents.spring.BillingEventsAutoConfiguration",
            "dev.internalevents.spring.InternalEventsDefinitionsAutoConfiguration"
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

    @Bean
    @ConditionalOnEnabledHealthIndicator("internalEventCounting")
    @ConditionalOnBean(EventCounter.class)
    @ConditionalOnMissingBean(name = "internalEventCountingHealthIndicator")
    HealthIndicator internalEventCountingHealthIndicator(EventCounter counter) {
        return () -> health(counter);
    }

    private static Health health(EventCounter counter) {
        String problem = counter.problem().orElse(null);
        Health.Builder health = problem == null ? Health.up() : Health.unknown().withDetail("problem", problem);
        return health.withDetail("lost", counter.lost()).build();
    }

    private static Health health(ClientHealth health) {
        return (health.isUp() ? Health.up() : Health.unknown())
                .withDetails(health.details())
                .build();
    }
}
