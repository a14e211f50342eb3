package dev.internalevents.metrics.ping;

import dev.internalevents.definitions.DataSource;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.Status;
import dev.internalevents.definitions.TimeFrame;
import dev.internalevents.metrics.Amounts;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.MetricValue;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.Json;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Creates the Service Ping: one JSON document with the sender, the time, and every metric that is not removed, broken
 * ones included, at its dotted key path. A metric whose key path is a top-level field, such as {@code hostname}, has
 * the value of that field. A metric is −1 if its store is unavailable, or its source is missing or times out, and −2 if
 * computing it failed; {@code metadata.metrics} contains the reasons, and how long each metric took. Thread-safe.
 */
public final class ServicePing {

    /** The value of a metric that could not be requested: {@value}. */
    public static final int UNAVAILABLE = -1;

    /** The value of a metric whose computation failed: {@value}. */
    public static final int FAILED = Amounts.FAILED;

    /** The timeout for one metric of a {@link PingSource}: 30 seconds. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final Installation installation;
    private final Dictionary dictionary;
    private final Metrics metrics;
    private final Map<DataSource, PingSource> sources;
    private final Duration timeout;
    private final Clock clock;

    /**
     * Creates a ping for the metrics of a dictionary.
     *
     * @param sources for data sources other than {@link DataSource#INTERNAL_EVENTS}; one for
     *     {@link DataSource#REDIS_HLL} or {@link DataSource#REDIS} is also used for metrics that count events
     * @param timeout for one metric of a source
     */
    public ServicePing(
            Installation installation,
            Dictionary dictionary,
            Metrics metrics,
            Map<DataSource, PingSource> sources,
            Duration timeout,
            Clock clock) {
        this.installation = installation;
        this.dictionary = dictionary;
        this.metrics = metrics;
        this.sources = Map.copyOf(sources);
        this.timeout = timeout;
        this.clock = clock;
    }

    /** Returns the document as JSON. Blocks while metrics are computed. */
    public String json() {
        return Json.write(document());
    }

    /** Returns the document as maps, in the order in which it is sent. Blocks while metrics are computed. */
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("uuid", installation.uuid().toString());
        document.put("hostname", installation.hostname());
        document.put("version", installation.version());
        document.put("installation_type", installation.installationType());
        document.put("edition", installation.edition());
        document.put(
                "recorded_at", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        Map<String, Object> own = Map.copyOf(document);
        List<Map<String, Object>> timings = new ArrayList<>();
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "internal-events-ping");
            made.setDaemon(true);
            return made;
        });
        try {
            for (MetricDefinition metric : dictionary.metrics()) {
                if (metric.status() != Status.REMOVED) {
                    metric.keyPaths().forEach((keyPath, frame) -> {
                        Outcome outcome = compute(keyPath, metric, frame, own, thread);
                        put(document, keyPath, outcome.value());
                        timings.add(timing(keyPath, outcome));
                    });
                }
            }
        } finally {
            thread.shutdownNow();
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("uuid", installation.uuid().toString());
        metadata.put("metrics", timings);
        document.put("metadata", metadata);
        return document;
    }

    /** Returns the sender. */
    public Installation installation() {
        return installation;
    }

    /** The result of computing one metric; the error is null on success. */
    private record Outcome(
            Object value, long nanos, @Nullable String error) {}

    private Outcome compute(
            String keyPath, MetricDefinition metric, TimeFrame frame, Map<String, Object> own, ExecutorService thread) {
        long begun = System.nanoTime();
        try {
            Object known = own.get(keyPath);
            if (known == null && isCounted(metric)) {
                MetricValue counted = metrics.value(keyPath).orElseThrow();
                return new Outcome(
                        counted.json(),
                        System.nanoTime() - begun,
                        counted.error().orElse(null));
            }
            Object value = known != null ? known : ask(metric, frame, thread);
            return new Outcome(value, System.nanoTime() - begun, null);
        } catch (MetricStoreException | Unavailable e) {
            return new Outcome(UNAVAILABLE, System.nanoTime() - begun, String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            // Stores and sources are code of the application.
            ForeignCode.caught(e);
            return new Outcome(FAILED, System.nanoTime() - begun, String.valueOf(e));
        }
    }

    private boolean isCounted(MetricDefinition metric) {
        return metric.counted()
                && (metric.dataSource() == DataSource.INTERNAL_EVENTS || !sources.containsKey(metric.dataSource()));
    }

    private Object ask(MetricDefinition metric, TimeFrame frame, ExecutorService thread) {
        PingSource source = sources.get(metric.dataSource());
        if (source == null) {
            throw new Unavailable(
                    "there is no source for data_source: " + metric.dataSource().term());
        }
        Callable<Object> question = () -> source.value(metric, frame);
        Future<Object> answer = thread.submit(question);
        try {
            Object value = Json.copyOf(answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
            if (value == null) {
                throw new IllegalStateException("the source returned no value");
            }
            return value;
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new Unavailable("it took longer than " + timeout.toSeconds() + " seconds");
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted");
        }
    }

    private static final class Unavailable extends RuntimeException {
        Unavailable(String message) {
            super(message);
        }
    }

    private static Map<String, Object> timing(String keyPath, Outcome outcome) {
        Map<String, Object> timing = new LinkedHashMap<>();
        timing.put("name", keyPath);
        timing.put("time_elapsed", outcome.nanos() / 1e9);
        if (outcome.error() != null) {
            timing.put("error", outcome.error());
        }
        return timing;
    }

    /** Puts a value at a dotted path. Ignores a path that leads through a value; no valid dictionary has one. */
    @SuppressWarnings("unchecked") // The maps are created here, or contain strings and JSON values.
    private static void put(Map<String, Object> document, String keyPath, Object value) {
        Map<String, Object> at = document;
        String[] names = keyPath.split("\\.", -1);
        for (int i = 0; i < names.length - 1; i++) {
            Object below = at.computeIfAbsent(names[i], name -> new LinkedHashMap<>());
            if (!(below instanceof LinkedHashMap)) {
                return;
            }
            at = (Map<String, Object>) below;
        }
        at.putIfAbsent(names[names.length - 1], value);
    }
}
