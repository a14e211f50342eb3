package dev.internalevents.spring;

import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Provides the health contributors {@code internalEvents} and {@code billingEvents}. If the collector does not respond,
 * or an outbox cannot be written, the status is UNKNOWN, never DOWN: events are queued, and the service itself works.
 */
@AutoConfiguration(after = {InternalEventsAutoConfiguration.class, BillingEventsAutoConfiguration.class})
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
public class InternalEventsHealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("internalEvents")
    @ConditionalOnMissingBean(name = "internalEventsHealthIndicator")
    HealthIndicator internalEventsHealthIndicator(InternalEventsClient client) {
        return () -> health(client);
    }

    @Bean
    @ConditionalOnEnabledHealthIndicator("billingEvents")
    @ConditionalOnBean(BillingEventsClient.class)
    @ConditionalOnMissingBean(name = "billingEventsHealthIndicator")
    HealthIndicator billingEventsHealthIndicator(BillingEventsClient client) {
        return () -> health(client.endpoint(), client.lastFailure(), client.outboxFailure(), client.stats());
    }

    private static Health health(InternalEventsClient client) {
        return health(client.endpoint(), client.lastFailure(), client.outboxFailure(), client.stats());
    }

    private static Health health(
            @Nullable URI endpoint, @Nullable String failure, @Nullable String outboxFailure, ClientStats stats) {
        Health.Builder health = failure == null ? Health.up() : Health.unknown().withDetail("failure", failure);
        if (outboxFailure != null) {
            health.unknown().withDetail("outboxFailure", outboxFailure);
        }
        // A client that only checks and counts events is enabled too, but has no endpoint to send them to.
        return health.withDetail("enabled", endpoint != null)
                .withDetail("tracked", stats.tracked())
                .withDetail("delivered", stats.delivered())
                .withDetail("rejected", stats.rejected())
                .withDetail("dropped", stats.dropped())
                .withDetail("held", stats.held())
                .withDetail("spooled", stats.spooled())
                .build();
    }
}
