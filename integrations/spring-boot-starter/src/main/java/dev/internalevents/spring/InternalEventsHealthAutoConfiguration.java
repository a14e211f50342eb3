package dev.internalevents.spring;

import dev.internalevents.client.ClientStats;
import dev.internalevents.client.InternalEventsClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * The health contributor {@code internalEvents}. A collector that does not answer, or an outbox that cannot be
 * written, makes it UNKNOWN, never DOWN: events wait, and the service itself is well.
 */
@AutoConfiguration(after = InternalEventsAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
public class InternalEventsHealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("internalEvents")
    @ConditionalOnMissingBean(name = "internalEventsHealthIndicator")
    HealthIndicator internalEventsHealthIndicator(InternalEventsClient client) {
        return () -> health(client);
    }

    private static Health health(InternalEventsClient client) {
        String failure = client.lastFailure();
        ClientStats stats = client.stats();
        Health.Builder health = failure == null ? Health.up() : Health.unknown().withDetail("failure", failure);
        String outboxFailure = client.outboxFailure();
        if (outboxFailure != null) {
            health.unknown().withDetail("outboxFailure", outboxFailure);
        }
        // A client that only checks and counts what is tracked is enabled too, but has nowhere to send it.
        return health.withDetail("enabled", client.endpoint() != null)
                .withDetail("tracked", stats.tracked())
                .withDetail("delivered", stats.delivered())
                .withDetail("rejected", stats.rejected())
                .withDetail("dropped", stats.dropped())
                .withDetail("held", stats.held())
                .withDetail("spooled", stats.spooled())
                .build();
    }
}
