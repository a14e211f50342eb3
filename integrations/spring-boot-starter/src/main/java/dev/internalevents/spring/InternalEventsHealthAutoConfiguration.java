package dev.internalevents.spring;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.internal.middleware.ClientHealth;
import dev.internalevents.metrics.EventCounter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Provides the health contributors {@code internalEvents}, {@code billingEvents} and {@code internalEventCounting}. If
 * no collector responds, an outbox cannot be written, or a queue is not counted, the status is UNKNOWN, never DOWN:
 * events are queued, and the service itself works. Spring Boot 3.5 has these classes in other packages;
 * {@code internal-events-spring-boot-3-health} serves it.
 */
@AutoConfiguration(
        after = {
            InternalEventsAutoConfiguration.class,
            BillingEventsAutoConfiguration.class,
            InternalEventsDefinitionsAutoConfiguration.class
        })
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
public class InternalEventsHealthAutoConfiguration {

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
