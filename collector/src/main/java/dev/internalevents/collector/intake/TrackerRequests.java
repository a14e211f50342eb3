package dev.internalevents.collector.intake;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.http.RawText;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.IpAnonymization;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.pipeline.adapter.Adapters;
import dev.internalevents.pipeline.adapter.RedirectHosts;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.QueryString;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the requests of trackers and webhooks: POST to a path of two segments, GET to such a path or {@code /i}, and
 * the preflight of either. A request within the limits is answered 200 whatever it contains, because its sender would
 * drop it otherwise; the pipeline finds errors in it and stores them as failed events. GET on {@code /r/anything} is a
 * link through the collector, if redirects are enabled; it is answered with 302 to its target, or 400.
 */
public final class TrackerRequests {

    private static final Logger LOG = LoggerFactory.getLogger(TrackerRequests.class);

    /** A transparent one-pixel GIF. */
    private static final Buffer PIXEL =
            Buffer.buffer(Base64.getDecoder().decode("R0lGODlhAQABAPAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="));

    /** Headers not stored with an event: they contain secrets, or the network user id, which is stored anyway. */
    private static final Set<String> PRIVATE_HEADERS = Set.of(
            "authorization", "proxy-authorization", "cookie", "set-cookie", "apikey", "x-api-key", "private-token");

    private static final CollectorPayload.Api PIXEL_API =
            new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp1");
    private static final Buffer OK = Buffer.buffer("ok");

    private final BodyReader bodies;
    private final Intake intake;
    private final ClientAddress addresses;
    private final IpAnonymization anonymization;
    private final RateLimits rates;
    private final RedirectHosts redirects;

    /**
     * Creates the handler.
     *
     * @param anonymization removes addresses from what is stored; rate limits still use the real addresses
     * @param redirects hosts to which links may lead; if there are none, the redirect path is not served
     */
    public TrackerRequests(
            BodyReader bodies,
            Intake intake,
            ClientAddress addresses,
            IpAnonymization anonymization,
            RateLimits rates,
            RedirectHosts redirects) {
        this.redirects = redirects;
        this.bodies = bodies;
        this.intake = intake;
        this.addresses = addresses;
        this.anonymization = anonymization;
        this.rates = rates;
    }

    /** Returns whether a path is a tracker path: {@code /i}, {@code /ice.png}, or any two segments. */
    public boolean isTrackerPath(String path) {
        CollectorPayload.Api api = api(path);
        return api != null && (!isRedirect(api) || !redirects.isEmpty());
    }

    private static boolean isRedirect(CollectorPayload.Api api) {
        return api.vendor().equals(Adapters.REDIRECT_VENDOR);
    }

    /** Answers a request to a tracker path. */
    public void handle(HttpServerRequest request) {
        CollectorPayload.Api api = api(request.path());
        if (api == null) {
            throw new IllegalArgumentException(request.path() + " is not a tracker path");
        }
        HttpMethod method = request.method();
        boolean takesPost = !isPixel(request.path()) && !isRedirect(api);
        if (method.equals(HttpMethod.OPTIONS)) {
            preflight(request);
        } else if (method.equals(HttpMethod.POST) && takesPost) {
            if (isAllowed(request)) {
                bodies.read(
                        request, Adapters.eventCount(api.vendor(), api.version()), body -> take(request, api, body));
            }
        } else if (method.equals(HttpMethod.GET)) {
            if (isAllowed(request)) {
                take(request, api, null);
            }
        } else if (method.equals(HttpMethod.HEAD)) {
            withoutBody(request, api, NetworkUser.of(request));
        } else {
            request.response().putHeader("Allow", takesPost ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS");
            Answers.text(request, 405, "Trackers send POST or GET.\n");
        }
    }

    private boolean isAllowed(HttpServerRequest request) {
        if (!rates.limits() || rates.allow(addresses.of(request))) {
            return true;
        }
        request.response().putHeader("Retry-After", "1");
        Answers.refuse(request, 429, "This source sends too many requests; try again in a second.\n");
        return false;
    }

    private void take(HttpServerRequest request, CollectorPayload.Api api, BodyReader.@Nullable Body body) {
        NetworkUser user = NetworkUser.of(request);
        CollectorPayload payload = payload(api, request, user, body == null ? null : RequestBody.of(body.bytes()));
        intake.take(payload, Vertx.currentContext(), new Intake.Answer() {
            @Override
            public void taken() {
                release();
                if (isGone(request)) {
                    return;
                }
                if (body == null) {
                    withoutBody(request, api, user);
                } else {
                    HttpServerResponse response = event(request, user);
                    response.putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8");
                    end(response, OK);
                }
            }

            @Override
            public void refused(String reason) {
                release();
                if (isGone(request)) {
                    return;
                }
                // The operator finds the reason in /ready and the log; the sender only needs to know what to do.
                LOG.debug("a request was refused: {}", reason);
                if (isRedirect(api)) {
                    // A visitor does not retry and expects the link to work, so redirect although the event is lost.
                    redirect(request, user);
                    return;
                }
                request.response().putHeader("Retry-After", "1");
                Answers.text(request, 503, "The request cannot be stored now; try again in a second.\n");
            }

            private void release() {
                if (body != null) {
                    body.release();
                }
            }
        });
    }

    /** Returns whether the request was answered already or its sender has disconnected. */
    private static boolean isGone(HttpServerRequest request) {
        return request.response().ended() || request.response().closed();
    }

    private CollectorPayload payload(
            CollectorPayload.Api api, HttpServerRequest request, NetworkUser user, @Nullable RequestBody body) {
        List<String> headers = new ArrayList<>();
        for (Map.Entry<String, String> header : request.headers()) {
            if (!PRIVATE_HEADERS.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                headers.add(header.getKey() + ": " + RawText.of(header.getValue()));
            }
        }
        String host = request.authority() == null ? null : request.authority().host();
        return anonymization.sender(new CollectorPayload(
                api,
                text(request.query()),
                text(request.getHeader(HttpHeaders.CONTENT_TYPE)),
                text(request.getHeader(HttpHeaders.CONTENT_ENCODING)),
                body,
                new CollectorPayload.Source("internal-events-collector", "UTF-8", host),
                new CollectorPayload.Context(
                        Instant.now(),
                        addresses.of(request),
                        text(request.getHeader(HttpHeaders.USER_AGENT)),
                        text(request.getHeader(HttpHeaders.REFERER)),
                        headers,
                        user.id())));
    }

    private static @Nullable String text(@Nullable String read) {
        return read == null ? null : RawText.of(read);
    }

    private static boolean isPixel(String path) {
        return path.equals("/i") || path.equals("/ice.png");
    }

    private static CollectorPayload.@Nullable Api api(String path) {
        if (isPixel(path)) {
            return PIXEL_API;
        }
        int second = path.indexOf('/', 1);
        if (second < 2 || second + 1 == path.length() || path.charAt(0) != '/' || path.indexOf('/', second + 1) >= 0) {
            return null;
        }
        String vendor = path.substring(1, second);
        return vendor.equals("micro")
                ? null
                : new CollectorPayload.Api(RawText.of(vendor), RawText.of(path.substring(second + 1)));
    }

    private void withoutBody(HttpServerRequest request, CollectorPayload.Api api, NetworkUser user) {
        if (isRedirect(api)) {
            redirect(request, user);
        } else {
            pixel(request, user);
        }
    }

    /** Answers a redirect. The pipeline decides by the same rules, so a request answered 400 becomes a failed event. */
    private void redirect(HttpServerRequest request, NetworkUser user) {
        RedirectHosts.Decision decision = redirection(request);
        String location = decision.location();
        HttpServerResponse response = event(request, user);
        response.putHeader("Cache-Control", "no-cache, no-store, must-revalidate");
        if (location == null) {
            Answers.text(request, 400, "Bad request: " + decision.fault() + "\n");
        } else {
            response.setStatusCode(302).putHeader("Location", location).end();
        }
    }

    private RedirectHosts.Decision redirection(HttpServerRequest request) {
        String query = text(request.query());
        try {
            return redirects.decide(
                    query == null ? null : QueryString.parse(query).get(RedirectHosts.PARAMETER));
        } catch (MalformedPayloadException e) {
            return new RedirectHosts.Decision(null, e.getMessage());
        }
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
                .putHeader("Access-Control-Allow-Headers", allowedHeaders(request))
                .putHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")
                .putHeader("Access-Control-Max-Age", "3600")
                .end();
    }

    /**
     * Allows {@code X-Micro-Session} if the browser asks for it; otherwise the headers that Snowplow's collector
     * allows.
     */
    private static String allowedHeaders(HttpServerRequest request) {
        String requested = request.getHeader("Access-Control-Request-Headers");
        return requested != null && requested.toLowerCase(Locale.ROOT).contains("x-micro-session")
                ? "Content-Type, SP-Anonymous, X-Micro-Session"
                : "Content-Type, SP-Anonymous";
    }

    /**
     * Sets the CORS headers. Browsers reject credentials together with {@code *}, so they are allowed only with an
     * origin.
     */
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
