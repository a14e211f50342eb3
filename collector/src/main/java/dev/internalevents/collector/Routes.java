package dev.internalevents.collector;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.HostHeader;
import dev.internalevents.collector.intake.TrackerRequests;
import dev.internalevents.collector.monitoring.RequestMetrics;
import io.vertx.core.http.HttpServerRequest;

/**
 * Dispatches requests: paths below {@code /micro} and others of {@link RouteTable} can never be claimed by trackers.
 */
record Routes(TrackerRequests trackers, RouteCheck check, Handlers handlers, RequestMetrics requests) {

    private static final String MICRO = "/micro";

    void handle(HttpServerRequest request) {
        String path = request.path();
        String wrongHost = HostHeader.fault(request);
        if (wrongHost != null) {
            requests.time(request, RequestMetrics.UNKNOWN);
            Answers.refuse(request, 400, wrongHost + "\n");
        } else if (path == null) {
            requests.time(request, RequestMetrics.UNKNOWN);
            Answers.text(request, 404, "Not found.\n");
        } else if (isBelowMicro(path)) {
            String own = withoutSlash(path);
            Route route = RouteTable.of(own);
            requests.time(request, route == null ? RequestMetrics.UNKNOWN : route.path());
            answer(request, own, route == null ? RouteTable.unknown(own, request.method()) : route);
        } else if (trackers.isTrackerPath(path)) {
            requests.time(request, RequestMetrics.TRACKERS);
            trackers.handle(request);
        } else {
            Route route = RouteTable.of(path);
            requests.time(request, route == null ? RequestMetrics.UNKNOWN : route.path());
            if (route == null) {
                Answers.text(
                        request,
                        404,
                        "Not found. Trackers send to /com.snowplowanalytics.snowplow/tp2 or /i;"
                                + " the dashboard is at /micro/ui.\n");
            } else {
                answer(request, path, route);
            }
        }
    }

    private void answer(HttpServerRequest request, String path, Route route) {
        if (route.kind() == Route.Kind.OPEN || check.passes(request, route)) {
            route.answer(handlers, request, path);
        }
    }

    /** Returns whether a path is one of {@code /micro}. */
    static boolean isBelowMicro(String path) {
        return path.equals(MICRO) || path.startsWith(MICRO + "/");
    }

    /** Removes a trailing slash. */
    private static String withoutSlash(String path) {
        return path.endsWith("/") && path.length() > "/micro/".length() ? path.substring(0, path.length() - 1) : path;
    }
}
