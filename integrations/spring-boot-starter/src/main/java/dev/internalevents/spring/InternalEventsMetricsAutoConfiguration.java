package dev.internalevents.spring;

import dev.internalevents.client.ClientStats;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.delivery.DropReason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToLongFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * The client's accounts as meters: counters {@code internal.events.tracked}, {@code …delivered}, {@code …rejected}, {@code
 * …retries} and, by {@code reason}, {@code …dropped}; gauges {@code …held}, {@code …queued} and {@code …spooled}.
 */
@AutoConfiguration(after = InternalEventsAutoConfiguration.class)
@ConditionalOnClass({MeterBinder.class, FunctionCounter.class})
public class InternalEventsMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "internalEventsMetrics")
    MeterBinder internalEventsMetrics(InternalEventsClient client) {
        return registry -> {
            counter(registry, client, "tracked", "Events handed to the client", ClientStats::tracked);
            counter(registry, client, "delivered", "Events that the collector took", ClientStats::delivered);
            counter(registry, client, "rejected", "Events that the collector refused for good", ClientStats::rejected);
            for (DropReason reason : DropReason.values()) {
                FunctionCounter.builder(
                                "internal.events.dropped",
                                client,
                                c -> c.stats().droppedByReason().getOrDefault(reason, 0L))
                        .description("Events that the client gave up")
                        .tag("reason", reason.tag())
                        .register(registry);
            }
            counter(registry, client, "retries", "Requests that were sent again", ClientStats::retries);
            gauge(registry, client, "held", "Events that wait or are being sent", ClientStats::held);
            gauge(registry, client, "queued", "Events that wait, in memory or on disk", ClientStats::queued);
            gauge(registry, client, "spooled", "Events that are held on disk", ClientStats::spooled);
        };
    }

    private static void gauge(
            MeterRegistry registry,
            InternalEventsClient client,
            String name,
            String description,
            ToLongFunction<ClientStats> value) {
        Gauge.builder("internal.events." + name, client, c -> value.applyAsLong(c.stats()))
                .description(description)
                .register(registry);
    }

    private static void counter(
            MeterRegistry registry,
            InternalEventsClient client,
            String name,
            String description,
            ToLongFunction<ClientStats> value) {
        FunctionCounter.builder("internal.events." + name, client, c -> value.applyAsLong(c.stats()))
                .description(description)
                .register(registry);
    }
}
