package dev.internalevents.collector.monitoring;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/** Registers metrics whose numbers are kept elsewhere and read for each answer. */
record Registration(PrometheusRegistry registry) {

    private static final String PREFIX = "internal_events_";

    void counter(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(to -> to.call(value.getAsDouble()))
                .register(registry);
    }

    void counter(String name, String help, String label, Consumer<CounterWithCallback.Callback> values) {
        CounterWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .labelNames(label)
                .callback(values)
                .register(registry);
    }

    void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(to -> to.call(value.getAsDouble()))
                .register(registry);
    }

    void gauge(String name, String help, String label, Consumer<GaugeWithCallback.Callback> values) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .labelNames(label)
                .callback(values)
                .register(registry);
    }
}
