package dev.internalevents.collector;

import dev.internalevents.collector.dashboard.Dashboard;
import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.intake.TrackerRequests;
import dev.internalevents.collector.micro.LiveStream;
import dev.internalevents.collector.micro.MicroApi;
import dev.internalevents.collector.operation.Access;
import dev.internalevents.collector.operation.Operation;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Set;

/** Which request goes where. The collector's own paths come first: none of them is ever taken for a tracker's. */
final class Routes {

    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final boolean loopback;
    private final TrackerRequests trackers;
    private final MicroApi micro;
    private final Dashboard dashboard;
    private final LiveStream live;
    private final Access access;
    private final Operation operation;
    private final BodyReader bodies;

    Routes(
            boolean loopback,
            TrackerRequests trackers,
            MicroApi micro,
            Dashboard dashboard,
            LiveStream live,
            Access access,
            Operation operation,
            BodyReader bodies) {
        this.loopback = loopback;
        this.trackers = trackers;
        this.micro = micro;
        this.dashboard = dashboard;
        this.live = live;
        this.access = access;
        this.operation = operation;
        this.bodies = bodies;
    }

    void handle(HttpServerRequest request) {
        String path = request.path();
        if (request.authority() == null && request.version() != HttpVersion.HTTP_1_0) {
            Answers.text(request, 400, "The request has no Host header.\n");
        } else if (path == null) {
            Answers.text(request, 404, "Nothing here.\n");
        } else if (path.equals("/micro") || path.startsWith("/micro/")) {
            own(request, path.substring("/micro".length()));
        } else if (TrackerRequests.isTrackerPath(path)) {
            trackers.handle(request);
        } else {
            switch (path) {
                case "/" -> redirect(request, "/micro/ui");
                case "/health", "/sink-health" -> operation.health(request);
                case "/ready" -> operation.ready(request, mayLook(request));
                case "/metrics" -> {
                    if (mayLook(request)) {
                        operation.metrics(request);
                    } else {
                        access.refuse(request);
                    }
                }
                case "/robots.txt" -> Answers.text(request, 200, "User-agent: *\nDisallow: /\n");
                case "/favicon.ico" -> redirect(request, "/micro/ui/icon.svg");
                default ->
                    Answers.text(
                            request,
                            404,
                            "Nothing here. Trackers send to /com.snowplowanalytics.snowplow/tp2 or /i;"
                                    + " people look at /micro/ui.\n");
            }
        }
    }

    private boolean mayLook(HttpServerRequest request) {
        return !isForeign(request) && access.isAllowed(request);
    }

    private void own(HttpServerRequest request, String path) {
        if (isForeign(request)) {
            Answers.error(
                    request,
                    403,
                    "/micro is for this machine: open it as http://127.0.0.1:"
                            + request.localAddress().port() + "/micro/ui");
        } else if (path.isEmpty() || path.equals("/")) {
            redirect(request, "/micro/ui");
        } else if (access.handle(request, path, bodies) || dashboard.handle(request, path)) {
            // The page itself holds no event; what it shows is asked for below.
            return;
        } else if (!access.isAllowed(request)) {
            access.refuse(request);
        } else if (path.equals("/stream")) {
            live.open(request, MicroApi.session(request));
        } else if (!micro.handle(request, path)) {
            Answers.error(
                    request,
                    404,
                    "/micro" + path + " is not known; there are /micro/all, /micro/good, /micro/bad, /micro/reset,"
                            + " /micro/events, /micro/events/EVENT_ID, /micro/await, /micro/columns, /micro/columnStats,"
                            + " /micro/timeline, /micro/metrics, /micro/definitions, /micro/service-ping, /micro/iglu/VENDOR/NAME/jsonschema/VERSION, /micro/stream,"
                            + " /micro/openapi.json and /micro/ui");
        }
    }

    /**
     * Events are personal data, and a web page elsewhere can send a browser here: by a name of its own that resolves to
     * this machine, or to an address that changes something.
     */
    private boolean isForeign(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        boolean fromElsewhere = "cross-site".equals(site) && !"navigate".equals(request.getHeader("Sec-Fetch-Mode"));
        boolean byAnotherName = loopback
                && access.isOpen()
                && request.authority() != null
                && !LOOPBACK_NAMES.contains(request.authority().host());
        return fromElsewhere || byAnotherName;
    }

    private static void redirect(HttpServerRequest request, String to) {
        request.response().setStatusCode(302).putHeader("Location", to).end();
    }
}
