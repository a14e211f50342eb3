package dev.internalevents.collector;

import dev.internalevents.collector.http.AllowedOrigins;
import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.FetchMetadata;
import dev.internalevents.collector.http.HostNames;
import dev.internalevents.collector.http.Origin;
import dev.internalevents.collector.operation.Access;
import dev.internalevents.collector.operation.Role;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may send a request to a {@link Route}. Events are personal data, and a page of another origin can make a
 * browser send requests here: under its own host name that resolves to this machine (DNS rebinding), from another port
 * of this machine, or with the cookie of a signed-in person. Never blocks.
 */
final class RouteCheck {

    private static final String PREFLIGHT_SECONDS = "600";

    private final Rules rules;
    private final Access access;
    private final FetchMetadata fetch;

    /**
     * Which requests are allowed.
     *
     * @param anyHost whether requests to any host name are allowed
     * @param hosts allowed host names besides this machine's, in {@linkplain HostNames#normal normal form}
     * @param origins origins whose pages may read {@linkplain Route#shared shared} routes
     * @param local whether {@code --compat micro}, which allows all pages of this machine, can be set
     */
    record Rules(boolean anyHost, Set<String> hosts, AllowedOrigins origins, boolean local) {}

    RouteCheck(Rules rules, Access access, FetchMetadata fetch) {
        this.rules = rules;
        this.access = access;
        this.fetch = fetch;
    }

    /** Returns whether a request may proceed to its route; if not, answers it. */
    boolean passes(HttpServerRequest request, Route route) {
        protect(request.response());
        if (isByAnotherName(request)) {
            Answers.error(request, 403, anotherName(request));
            return false;
        }
        boolean shared = isShared(request, route);
        if (!shared && !isFromHere(request, route)) {
            Answers.error(request, 403, foreign(request, route));
            return false;
        }
        if (shared && isPreflight(request)) {
            preflight(request, route);
            return false;
        }
        if (!route.takes(request.method())) {
            String methods = route.methods().stream().map(HttpMethod::name).collect(Collectors.joining(", "));
            request.response().putHeader("Allow", methods);
            Answers.error(request, 405, request.path() + " takes " + methods.replace(", ", " and "));
            return false;
        }
        return hasRole(request, route);
    }

    /** Returns whether the sender of a request may read, without answering. */
    boolean mayRead(HttpServerRequest request) {
        return !isByAnotherName(request)
                && fetch.site(request) != FetchMetadata.Site.FOREIGN
                && access.role(request) != null;
    }

    private boolean hasRole(HttpServerRequest request, Route route) {
        Role needed = route.needs();
        if (needed == null) {
            return true;
        }
        Role role = access.role(request);
        if (role == null) {
            access.refuse(request);
            return false;
        }
        if (needed == Role.ADMIN && role != Role.ADMIN) {
            Answers.error(
                    request,
                    403,
                    request.path() + " changes something, and this token is read-only; use INTERNAL_EVENTS_TOKEN");
            return false;
        }
        return true;
    }

    private boolean isFromHere(HttpServerRequest request, Route route) {
        return switch (fetch.site(request)) {
            case PROGRAM, SAME_ORIGIN -> true;
            case NONE -> route.kind() != Route.Kind.CHANGE;
            case FOREIGN -> route.kind() == Route.Kind.PAGE && FetchMetadata.isNavigation(request);
        };
    }

    /**
     * Returns whether the request comes from a page of an allowed origin; if so, sets the CORS headers for its browser.
     */
    private boolean isShared(HttpServerRequest request, Route route) {
        if (rules.origins().isEmpty() || !route.shared()) {
            return false;
        }
        request.response().putHeader("Vary", "Origin");
        if (!rules.origins().includes(FetchMetadata.origin(request))) {
            return false;
        }
        request.response().putHeader("Access-Control-Allow-Origin", request.getHeader("Origin"));
        return true;
    }

    private static boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains("Access-Control-Request-Method");
    }

    private static void preflight(HttpServerRequest request, Route route) {
        request.response()
                .setStatusCode(204)
                .putHeader(
                        "Access-Control-Allow-Methods",
                        route.methods().stream().map(HttpMethod::name).collect(Collectors.joining(", ")))
                .putHeader("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Micro-Session")
                .putHeader("Access-Control-Max-Age", PREFLIGHT_SECONDS)
                .end();
    }

    /** Forbids browsers to show the answer in a frame or to load it into pages of other origins. */
    private static void protect(HttpServerResponse response) {
        response.putHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                .putHeader("X-Frame-Options", "DENY")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin");
    }

    private boolean isByAnotherName(HttpServerRequest request) {
        return !rules.anyHost()
                && request.authority() != null
                && !HostNames.isLoopback(request.authority().host())
                && !rules.hosts().contains(HostNames.normal(request.authority().host()));
    }

    private static String anotherName(HttpServerRequest request) {
        return request.path() + " is for this machine: open it as http://127.0.0.1:"
                + request.localAddress().port() + "/micro/ui, or allow the name \""
                + request.authority().host() + "\" with --allow-host";
    }

    private String foreign(HttpServerRequest request, Route route) {
        String from = origin(request);
        return switch (route.kind()) {
            case OPEN, PAGE ->
                request.path() + " cannot be loaded by a page of another origin" + from + ", only linked to";
            case READ ->
                request.path() + " cannot be read by a page of another origin" + from
                        + (route.shared() ? "; allow that origin with --allow-origin" + compat(request) : "")
                        + ". Behind a proxy, keep the Host header or set --public-url";
            case CHANGE ->
                request.path() + " changes something: it takes a POST from the collector's own page, or from a program,"
                        + " which sends neither Origin nor Sec-Fetch-Site" + from
                        + ". Behind a proxy, keep the Host header or set --public-url";
        };
    }

    /** Returns the hint that {@code --compat micro} allows pages of this machine; empty if it does not apply. */
    private String compat(HttpServerRequest request) {
        Origin origin = FetchMetadata.origin(request);
        return rules.local() && origin != null && HostNames.isLoopback(origin.host())
                ? ", or all pages of this machine with --compat micro"
                : "";
    }

    private static String origin(HttpServerRequest request) {
        @Nullable String origin = request.getHeader("Origin");
        return origin == null ? "" : " (Origin: " + origin + ")";
    }
}
