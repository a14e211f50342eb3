package dev.internalevents.collector;

import dev.internalevents.collector.dashboard.Dashboard;
import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.http.HostHeader;
import dev.internalevents.collector.intake.TrackerRequests;
import dev.internalevents.collector.micro.LiveStream;
import dev.internalevents.collector.micro.MicroApi;
import dev.internalevents.collector.operation.Access;
import dev.internalevents.collector.operation.Operation;
import io.vertx.core.http.HttpServerRequest;
import java.util.stream.Collectors;

/** Dispatches requests to their handlers. The collector's own paths come first, so trackers can never claim them. */
final class Routes {

    private final TrackerRequests trackers;
    private final MicroApi micro;
    private final Dashboard dashboard;
    private final LiveStream live;
    private final Access access;
    private final RouteCheck check;
    private final Operation operation;
    private final BodyReader bodies;

    Routes(
            TrackerRequests trackers,
            MicroApi micro,
            Dashboard dashboard,
            LiveStream live,
            Access access,
            RouteCheck check,
            Operation operation,
            BodyReader bodies) {
        this.trackers = trackers;
        this.micro = micro;
        this.dashboard = dashboard;
        this.live = live;
        this.access = access;
        this.check = check;
        this.operation = operation;
        this.bodies = bodies;
    }

    void handle(HttpServerRequest request) {
        String path = request.path();
        String wrongHost = HostHeader.fault(request);
        if (wrongHost != null) {
            Answers.refuse(request, 400, wrongHost + "\n");
        } else if (path == null) {
            Answers.text(request, 404, "Not found.\n");
        } else if (path.equals("/micro") || path.startsWith("/micro/")) {
            own(request, path);
        } else if (trackers.isTrackerPath(path)) {
            trackers.handle(request);
        } else {
            switch (path) {
                case "/" -> redirect(request, "/micro/ui");
                case "/health", "/sink-health" -> operation.health(request);
                case "/ready" -> operation.ready(request, check.mayRead(request));
                case "/metrics" -> {
                    if (check.passes(request, Route.METRICS)) {
                        operation.metrics(request);
                    }
                }
                case "/robots.txt" -> Answers.text(request, 200, "User-agent: *\nDisallow: /\n");
                case "/favicon.ico" -> redirect(request, "/micro/ui/icon.svg");
                default ->
                    Answers.text(
                            request,
                            404,
                            "Not found. Trackers send to /com.snowplowanalytics.snowplow/tp2 or /i;"
                                    + " the dashboard is at /micro/ui.\n");
            }
        }
    }

    private void own(HttpServerRequest request, String requested) {
        String path = withoutSlash(requested);
        Route route = Route.of(path);
        if (!check.passes(request, route == null ? Route.read(path, request.method()) : route)) {
            return;
        }
        String below = path.substring("/micro".length());
        if (route == null) {
            unknown(request);
        } else if (below.isEmpty() || below.equals("/")) {
            redirect(request, "/micro/ui");
        } else if (below.equals("/stream")) {
            live.open(request, MicroApi.session(request));
        } else if (!access.handle(request, below, bodies)
                && !dashboard.handle(request, below)
                && !micro.handle(request, below)) {
            unknown(request);
        }
    }

    /** Removes a trailing slash, except below {@code /micro/ui/}, where the dashboard's files are. */
    private static String withoutSlash(String path) {
        return path.endsWith("/") && path.length() > "/micro/".length() && !path.startsWith("/micro/ui/")
                ? path.substring(0, path.length() - 1)
                : path;
    }

    private static void unknown(HttpServerRequest request) {
        Answers.error(
                request,
                404,
                request.path() + " does not exist; available paths: "
                        + Route.all().stream().map(Route::path).collect(Collectors.joining(", ")));
    }

    private static void redirect(HttpServerRequest request, String to) {
        request.response().setStatusCode(302).putHeader("Location", to).end();
    }
}
