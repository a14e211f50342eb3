package dev.internalevents.spring;

import dev.internalevents.client.ClientStats;
import dev.internalevents.client.InternalEventsClient;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToLongFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The client's accounts as meters: {@code internal.events.tracked}, {@code …delivered}, …, and {@code …held}. */
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
            counter(registry, client, "dropped", "Events that the client gave up", ClientStats::dropped);
            counter(registry, client, "retries", "Requests that were sent again", ClientStats::retries);
            Gauge.builder("internal.events.held", client, c -> c.stats().held())
                    .description("Events that wait or are being sent")
                    .register(registry);
        };
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
