package dev.internalevents.collector.intake;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.QueryString;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of trackers: POST on a path of two segments, GET on one or on {@code /i}, and the preflight of either.
 * Within its limits a request is answered 200 whatever it holds, because its sender would throw it away otherwise; what
 * is wrong with it is found by the pipeline and kept as a failed event.
 */
public final class TrackerRequests {

    private static final Logger LOG = LoggerFactory.getLogger(TrackerRequests.class);

    /** A transparent GIF of one pixel. */
    private static final Buffer PIXEL =
            Buffer.buffer(Base64.getDecoder().decode("R0lGODlhAQABAPAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="));

    /** Not kept with an event: they are secrets, or the network user id that is kept anyway. */
    private static final Set<String> PRIVATE_HEADERS = Set.of(
            "authorization", "proxy-authorization", "cookie", "set-cookie", "apikey", "x-api-key", "private-token");

    private static final CollectorPayload.Api PIXEL_API =
            new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp1");

    private final BodyReader bodies;
    private final Pipeline pipeline;
    private final EventStore store;
    private final WorkerExecutor workers;

    public TrackerRequests(Vertx vertx, BodyReader bodies, Pipeline pipeline, EventStore store) {
        this.bodies = bodies;
        this.pipeline = pipeline;
        this.store = store;
        this.workers = vertx.createSharedWorkerExecutor(
                "internal-events-pipeline", Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    /** Whether a path is a tracker's: {@code /i}, {@code /ice.png}, or any other two segments. */
    public static boolean isTrackerPath(String path) {
        return api(path) != null;
    }

    /** Answers a request on a tracker's path. */
    public void handle(HttpServerRequest request) {
        CollectorPayload.Api api = api(request.path());
        if (api == null) {
            throw new IllegalArgumentException(request.path() + " is no tracker's path");
        }
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.OPTIONS)) {
            preflight(request);
        } else if (method.equals(HttpMethod.POST) && !isPixel(request.path())) {
            bodies.read(request, body -> take(request, payload(api, request, RequestBody.of(body.bytes())), body));
        } else if (method.equals(HttpMethod.GET)) {
            get(request, api);
        } else if (method.equals(HttpMethod.HEAD)) {
            pixel(request, NetworkUser.of(request));
        } else {
            request.response()
                    .putHeader("Allow", isPixel(request.path()) ? "GET, HEAD, OPTIONS" : "GET, HEAD, POST, OPTIONS");
            Answers.text(request, 405, "Trackers send POST or GET.\n");
        }
    }

    private void get(HttpServerRequest request, CollectorPayload.Api api) {
        String query = request.query();
        try {
            QueryString.parse(query == null ? "" : query);
        } catch (MalformedPayloadException e) {
            Answers.text(request, 400, e.getMessage() + "\n");
            return;
        }
        take(request, payload(api, request, null), null);
    }

    private void take(HttpServerRequest request, Taken taken, BodyReader.@Nullable Body body) {
        workers.executeBlocking(
                        () -> {
                            store.add(pipeline.process(taken.payload()));
                            return true;
                        },
                        false)
                .onComplete(processed -> {
                    if (body != null) {
                        body.release();
                    }
                    if (processed.failed()) {
                        LOG.error("a request could not be processed", processed.cause());
                        request.response().putHeader("Retry-After", "1");
                        Answers.text(request, 503, "The request could not be kept; try again.\n");
                    } else if (body == null) {
                        pixel(request, taken.user());
                    } else {
                        HttpServerResponse response = event(request, taken.user());
                        response.putHeader("Content-Type", "text/plain; charset=utf-8");
                        end(response, Buffer.buffer("ok"));
                    }
                });
    }

    private record Taken(CollectorPayload payload, NetworkUser user) {}

    private static Taken payload(CollectorPayload.Api api, HttpServerRequest request, @Nullable RequestBody body) {
        NetworkUser user = NetworkUser.of(request);
        List<String> headers = request.headers().entries().stream()
                .filter(header -> !PRIVATE_HEADERS.contains(header.getKey().toLowerCase(Locale.ROOT)))
                .map(header -> header.getKey() + ": " + header.getValue())
                .toList();
        String host = request.authority() == null ? null : request.authority().host();
        return new Taken(
                new CollectorPayload(
                        api,
                        request.query(),
                        request.getHeader("Content-Type"),
                        request.getHeader("Content-Encoding"),
                        body,
                        new CollectorPayload.Source("internal-events-collector", "UTF-8", host),
                        new CollectorPayload.Context(
                                Instant.now(),
                                user.isAnonymous()
                                        ? null
                                        : request.remoteAddress().hostAddress(),
                                request.getHeader("User-Agent"),
                                request.getHeader("Referer"),
                                headers,
                                user.id())),
                user);
    }

    private static boolean isPixel(String path) {
        return path.equals("/i") || path.equals("/ice.png");
    }

    private static CollectorPayload.@Nullable Api api(String path) {
        if (isPixel(path)) {
            return PIXEL_API;
        }
        String[] segments = path.split("/", -1);
        boolean two = segments.length == 3
                && segments[0].isEmpty()
                && !segments[1].isEmpty()
                && !segments[2].isEmpty()
                && !segments[1].equals("micro");
        return two ? new CollectorPayload.Api(segments[1], segments[2]) : null;
    }

    private static void pixel(HttpServerRequest request, NetworkUser user) {
        HttpServerResponse response = event(request, user);
        response.putHeader("Content-Type", "image/gif")
                .putHeader("Cache-Control", "no-cache, no-store, must-revalidate");
        end(response, PIXEL);
    }

    private static HttpServerResponse event(HttpServerRequest request, NetworkUser user) {
        HttpServerResponse response = request.response();
        crossOrigin(request);
        response.putHeader("P3P", "policyref=\"/w3c/p3p.xml\", CP=\"NOI DSP COR NID PSA OUR IND COM NAV STA\"");
        String cookie = user.cookie();
        if (cookie != null) {
            response.putHeader("Set-Cookie", cookie);
        }
        return response;
    }

    private static void preflight(HttpServerRequest request) {
        crossOrigin(request);
        request.response()
                .putHeader("Access-Control-Allow-Headers", "Content-Type, SP-Anonymous")
                .putHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")
                .putHeader("Access-Control-Max-Age", "3600")
                .end();
    }

    /** Browsers refuse credentials together with {@code *}, so these are allowed to a named origin alone. */
    private static void crossOrigin(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        request.response().putHeader("Access-Control-Allow-Origin", origin == null ? "*" : origin);
        if (origin != null) {
            request.response()
                    .putHeader("Access-Control-Allow-Credentials", "true")
                    .putHeader("Vary", "Origin");
        }
    }

    private static void end(HttpServerResponse response, Buffer body) {
        if (!response.ended() && !response.closed()) {
            response.end(body);
        }
    }
}
