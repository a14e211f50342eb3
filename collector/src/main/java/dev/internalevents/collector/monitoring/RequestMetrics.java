package dev.internalevents.collector.monitoring;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Counts and times requests by route and status, from the first line of the request to the end of its answer, or to the
 * end of the connection. Safe for use by several threads; never blocks.
 */
public final class RequestMetrics {

    /** The route of everything that trackers and webhooks send. */
    public static final String TRACKERS = "trackers";

    /** The route of paths that do not exist. */
    public static final String UNKNOWN = "unknown";

    private static final int OK = 200;
    private static final double[] SECONDS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };

    private final Histogram seconds;
    /** The one that nearly all requests belong to. */
    private final DistributionDataPoint accepted;

    public RequestMetrics(PrometheusRegistry registry) {
        this.seconds = Histogram.builder()
                .name("internal_events_http_request_seconds")
                .help("Time from a request's first line to the end of its answer, by route and status")
                .labelNames("route", "status")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .withoutExemplars()
                .register(registry);
        this.accepted = seconds.labelValues(TRACKERS, Integer.toString(OK));
    }

    /**
     * Times a request. To be called once, before it is answered, on its own thread.
     *
     * @param route one of a limited number of names: {@link #TRACKERS}, {@link #UNKNOWN} or a path of the route table
     */
    public void time(HttpServerRequest request, String route) {
        long start = System.nanoTime();
        HttpServerResponse response = request.response();
        response.endHandler(ended -> {
            int status = response.getStatusCode();
            DistributionDataPoint point = status == OK && route.equals(TRACKERS)
                    ? accepted
                    : seconds.labelValues(route, Integer.toString(status));
            point.observe((System.nanoTime() - start) / 1e9);
        });
    }
}
