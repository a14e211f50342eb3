package dev.internalevents.collector;

import dev.internalevents.collector.operation.Role;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the collector's own paths and the rules for requests to it. {@link RouteCheck} uses it to decide who may send a
 * request. A path without a route is answered 404.
 *
 * @param path the whole path, or a prefix if it ends in {@code *}
 * @param methods the accepted methods; GET includes HEAD
 * @param kind what a request to it does
 * @param needs the required role; null if none is
 * @param shared whether pages of explicitly allowed origins may read it
 */
record Route(
        String path,
        List<HttpMethod> methods,
        Kind kind,
        @Nullable Role needs,
        boolean shared) {

    /** What a request does, which decides where it may come from. */
    enum Kind {
        /** Shows no event and changes nothing: a link on another origin's page may lead here. */
        PAGE,
        /** Returns events or numbers, with any method. Pages of other origins may read it only if their origin is allowed. */
        READ,
        /** Changes something. Accepted only from the collector's own page or from a program. */
        CHANGE
    }

    static final Route METRICS = read("/metrics", HttpMethod.GET);

    private static final List<Route> ALL = List.of(
            page("/micro"),
            page("/micro/"),
            page("/micro/ui"),
            page("/micro/ui/*"),
            change("/micro/login").forEverybody(),
            // Starts a sign-in, so links on other sites must not lead here; the provider's page links to the callback.
            read("/micro/login/openid", HttpMethod.GET).forEverybody(),
            page("/micro/login/callback"),
            read("/micro/all", HttpMethod.GET, HttpMethod.POST).forAllowedOrigins(),
            read("/micro/good", HttpMethod.GET, HttpMethod.POST).forAllowedOrigins(),
            read("/micro/bad", HttpMethod.GET, HttpMethod.POST).forAllowedOrigins(),
            read("/micro/events", HttpMethod.GET, HttpMethod.POST).forAllowedOrigins(),
            read("/micro/events/*", HttpMethod.GET).forAllowedOrigins(),
            read("/micro/columns", HttpMethod.GET),
            read("/micro/columnStats", HttpMethod.POST),
            read("/micro/timeline", HttpMethod.POST),
            read("/micro/await", HttpMethod.POST).forAllowedOrigins(),
            read("/micro/sql", HttpMethod.POST),
            read("/micro/metrics", HttpMethod.GET),
            read("/micro/definitions", HttpMethod.GET),
            read("/micro/service-ping", HttpMethod.GET),
            read("/micro/export", HttpMethod.GET),
            read("/micro/stream", HttpMethod.GET).forAllowedOrigins(),
            read("/micro/iglu/*", HttpMethod.GET),
            read("/micro/openapi.json", HttpMethod.GET),
            change("/micro/failed/retry"),
            change("/micro/backup"),
            change("/micro/forget"),
            change("/micro/reset").alsoByGet());

    /** Returns the route of a path; null for an unknown path. */
    static @Nullable Route of(String path) {
        return ALL.stream().filter(route -> route.has(path)).findFirst().orElse(null);
    }

    static List<Route> all() {
        return ALL;
    }

    private static Route page(String path) {
        return new Route(path, List.of(HttpMethod.GET), Kind.PAGE, null, false);
    }

    static Route read(String path, HttpMethod... methods) {
        return new Route(path, List.of(methods), Kind.READ, Role.READER, false);
    }

    /** Every change is a POST by an admin. */
    private static Route change(String path) {
        return new Route(path, List.of(HttpMethod.POST), Kind.CHANGE, Role.ADMIN, false);
    }

    private Route forEverybody() {
        return new Route(path, methods, kind, null, shared);
    }

    /** For paths that pages under test read. A path that changes something is never shared. */
    private Route forAllowedOrigins() {
        return new Route(path, methods, kind, needs, true);
    }

    /** For a path that accepts GET under conditions of its own. */
    private Route alsoByGet() {
        List<HttpMethod> more = new ArrayList<>(methods);
        more.add(0, HttpMethod.GET);
        return new Route(path, List.copyOf(more), kind, needs, shared);
    }

    boolean takes(HttpMethod method) {
        return methods.contains(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
    }

    private boolean has(String requested) {
        return path.endsWith("/*")
                ? requested.startsWith(path.substring(0, path.length() - 1)) && requested.length() >= path.length()
                : path.equals(requested);
    }
}
