package dev.internalevents.collector.monitoring;

import dev.internalevents.protocol.ProductVersion;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET /metrics} with the collector's own metrics, those of the JVM and the process, and build
 * information, each with its description: in Prometheus' text format, or as OpenMetrics if the request asks for it.
 */
public final class MetricsPage {

    private static final Logger LOG = LoggerFactory.getLogger(MetricsPage.class);

    private static final ExpositionFormatWriter TEXT = PrometheusTextFormatWriter.create();
    private static final ExpositionFormatWriter OPEN_METRICS = OpenMetricsTextFormatWriter.create();

    private final Vertx vertx;
    private final PrometheusRegistry registry;

    /** @param registry the collector's own metrics, to which those of the JVM are added */
    public MetricsPage(Vertx vertx, PrometheusRegistry registry) {
        this.vertx = vertx;
        this.registry = registry;
        Info build = Info.builder()
                .name("internal_events_build_info")
                .help("The collector's version; always 1")
                .labelNames("version")
                .register(registry);
        build.setLabelValues(ProductVersion.CURRENT);
        jvm(registry);
    }

    /** Leaves out metrics that need a listener at the JVM's beans: it would outlive the collector. */
    private static void jvm(PrometheusRegistry registry) {
        JvmMemoryMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        JvmClassLoadingMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        ProcessMetrics.builder().register(registry);
    }

    /** Answers with all metrics. Never blocks: files and beans are read on another thread. */
    public void answer(HttpServerRequest request) {
        ExpositionFormatWriter format = format(request.getHeader("Accept"));
        vertx.executeBlocking(() -> text(format), false).onComplete(read -> {
            if (request.response().ended() || request.response().closed()) {
                return;
            }
            request.response().putHeader("Cache-Control", "no-store");
            if (read.failed()) {
                LOG.warn("the metrics could not be read", read.cause());
                request.response().setStatusCode(500).end("The metrics could not be read; the log has the reason.\n");
            } else {
                request.response()
                        .putHeader("Content-Type", format.getContentType())
                        .end(read.result());
            }
        });
    }

    private static ExpositionFormatWriter format(@Nullable String accepted) {
        return accepted != null && AcceptedFormat.prefersOpenMetrics(accepted) ? OPEN_METRICS : TEXT;
    }

    private Buffer text(ExpositionFormatWriter format) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream(16_384);
        format.write(text, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        return Buffer.buffer(text.toByteArray());
    }
}
