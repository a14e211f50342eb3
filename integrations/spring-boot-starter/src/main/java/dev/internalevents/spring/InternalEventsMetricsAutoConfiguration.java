package dev.internalevents.spring;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.delivery.DropReason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Publishes the clients' counters as meters: counters {@code internal.events.tracked}, {@code …delivered},
 * {@code …rejected}, {@code …retries} and, by {@code reason}, {@code …dropped}; gauges {@code …held}, {@code …queued}
 * and {@code …spooled}. The meters of the billing client are named {@code billing.events.…}.
 */
@AutoConfiguration(after = {InternalEventsAutoConfiguration.class, BillingEventsAutoConfiguration.class})
@ConditionalOnClass({MeterBinder.class, FunctionCounter.class})
public class InternalEventsMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "internalEventsMetrics")
    MeterBinder internalEventsMetrics(InternalEventsClient client) {
        return new Meters<>("internal.events.", client, InternalEventsClient::stats)::bindTo;
    }

    @Bean
    @ConditionalOnBean(BillingEventsClient.class)
    @ConditionalOnMissingBean(name = "billingEventsMetrics")
    MeterBinder billingEventsMetrics(BillingEventsClient client) {
        return registry -> {
            if (client.endpoint() != null) {
                new Meters<>("billing.events.", client, BillingEventsClient::stats).bindTo(registry);
            }
        };
    }

    /** The meters of a client. They reference the client weakly, so their functions must not capture this record. */
    private record Meters<C>(String prefix, C client, Function<C, ClientStats> stats) {

        void bindTo(MeterRegistry registry) {
            Function<C, ClientStats> of = stats;
            counter(registry, "tracked", "Events passed to the client", ClientStats::tracked);
            counter(registry, "delivered", "Events that the collector accepted", ClientStats::delivered);
            counter(registry, "rejected", "Events that the collector rejected permanently", ClientStats::rejected);
            for (DropReason reason : DropReason.values()) {
                FunctionCounter.builder(
                                prefix + "dropped",
                                client,
                                c -> of.apply(c).droppedByReason().getOrDefault(reason, 0L))
                        .description("Events that the client dropped")
                        .tag("reason", reason.tag())
                        .register(registry);
            }
            counter(registry, "retries", "Requests that were retried", ClientStats::retries);
            gauge(registry, "held", "Events that are queued or in flight", ClientStats::held);
            gauge(registry, "queued", "Events that are queued, in memory or on disk", ClientStats::queued);
            gauge(registry, "spooled", "Events that are stored on disk", ClientStats::spooled);
        }

        private void gauge(MeterRegistry registry, String name, String description, ToLongFunction<ClientStats> value) {
            Function<C, ClientStats> of = stats;
            Gauge.builder(prefix + name, client, c -> value.applyAsLong(of.apply(c)))
                    .description(description)
                    .register(registry);
        }

        private void counter(
                MeterRegistry registry, String name, String description, ToLongFunction<ClientStats> value) {
            Function<C, ClientStats> of = stats;
            FunctionCounter.builder(prefix + name, client, c -> value.applyAsLong(of.apply(c)))
                    .description(description)
                    .register(registry);
        }
    }
}
