package dev.internalevents.collector;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.operation.Access;
import dev.internalevents.collector.operation.OpenIdSettings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table of the collector's own paths. Requests are dispatched by it, and the answer to an unknown path lists it.
 */
final class RouteTable {

    private static final HttpMethod GET = HttpMethod.GET;
    private static final HttpMethod POST = HttpMethod.POST;

    private static final List<Route> ALL = List.of(
            Route.open("/", (to, request) -> redirect(request, "/micro/ui")),
            Route.open("/health", (to, request) -> to.monitoring().health().health(request)),
            Route.open("/sink-health", (to, request) -> to.monitoring().health().health(request)),
            Route.open("/ready", (to, request) -> to.monitoring().health().ready(request)),
            Route.open("/robots.txt", (to, request) -> Answers.text(request, 200, "User-agent: *\nDisallow: /\n")),
            Route.open("/favicon.ico", (to, request) -> redirect(request, "/micro/ui/icon.svg")),
            Route.read("/metrics", (to, request) -> to.monitoring().metrics().answer(request), GET),
            Route.page("/micro", (to, request, rest) -> redirect(request, "/micro/ui")),
            Route.page("/micro/", (to, request, rest) -> redirect(request, "/micro/ui")),
            Route.page("/micro/ui", RouteTable::dashboard),
            Route.page("/micro/ui/*", RouteTable::dashboard),
            Route.change("/micro/login", (to, request) -> to.access().logIn(request))
                    .forEverybody(),
            // Starts a sign-in, so links on other sites must not lead here; the provider's page links to the callback.
            Route.read(
                            Access.SIGN_IN,
                            (to, request) -> known(request, to.access().beginSignIn(request)),
                            GET)
                    .forEverybody(),
            Route.page(
                    OpenIdSettings.CALLBACK,
                    (to, request, rest) -> known(request, to.access().endSignIn(request))),
            Route.read("/micro/all", (to, request) -> to.micro().events().all(request), GET, POST)
                    .forAllowedOrigins(),
            Route.read("/micro/good", (to, request) -> to.micro().events().good(request), GET, POST)
                    .forAllowedOrigins(),
            Route.read("/micro/bad", (to, request) -> to.micro().events().bad(request), GET, POST)
                    .forAllowedOrigins(),
            Route.read("/micro/events", (to, request) -> to.micro().events().events(request), GET, POST)
                    .forAllowedOrigins(),
            Route.readBelow(
                            "/micro/events/*",
                            (to, request, name) -> to.micro().events().event(request, name))
                    .forAllowedOrigins(),
            Route.read("/micro/columns", (to, request) -> to.micro().events().columns(request), GET),
            Route.read(
                    "/micro/columnStats", (to, request) -> to.micro().events().columnStats(request), POST),
            Route.read("/micro/timeline", (to, request) -> to.micro().events().timeline(request), POST),
            Route.read("/micro/await", (to, request) -> to.micro().events().await(request), POST)
                    .forAllowedOrigins(),
            Route.read("/micro/sql", (to, request) -> to.micro().events().sql(request), POST),
            Route.read(
                    "/micro/metrics", (to, request) -> to.micro().dictionary().metrics(request), GET),
            Route.read(
                    "/micro/definitions",
                    (to, request) -> to.micro().dictionary().definitions(request),
                    GET),
            Route.read(
                    "/micro/service-ping",
                    (to, request) -> to.micro().dictionary().servicePing(request),
                    GET),
            Route.read("/micro/export", (to, request) -> to.operators().export().answer(request), GET),
            Route.read("/micro/stream", (to, request) -> to.micro().live().open(request), GET)
                    .forAllowedOrigins(),
            Route.readBelow(
                    "/micro/iglu/*",
                    (to, request, schema) -> to.micro().schemas().answer(request, schema)),
            Route.read(
                    "/micro/openapi.json", (to, request) -> to.micro().events().openApi(request), GET),
            Route.change(
                    "/micro/failed/retry",
                    (to, request) -> to.operators().retry().answer(request)),
            Route.change(
                    "/micro/backup", (to, request) -> to.operators().backup().answer(request)),
            Route.change(
                    "/micro/forget", (to, request) -> to.operators().forget().answer(request)),
            Route.change("/micro/reset", (to, request) -> to.micro().reset().answer(request))
                    .alsoByGet());

    private static final Map<String, Route> BY_PATH =
            ALL.stream().filter(route -> !route.isPrefix()).collect(Collectors.toMap(Route::path, Function.identity()));
    private static final List<Route> PREFIXES =
            ALL.stream().filter(Route::isPrefix).toList();

    private RouteTable() {}

    /** Returns the route of a path; null for an unknown path. */
    static @Nullable Route of(String path) {
        Route route = BY_PATH.get(path);
        if (route != null) {
            return route;
        }
        for (Route prefix : PREFIXES) {
            if (prefix.isAbove(path)) {
                return prefix;
            }
        }
        return null;
    }

    /** Returns the rules for a path below {@code /micro} that is not in the table: those of a path with events. */
    static Route unknown(String path, HttpMethod method) {
        // A route that takes GET takes HEAD too.
        return Route.read(
                path, (to, request) -> unknown(request), method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
    }

    static List<Route> all() {
        return ALL;
    }

    private static void dashboard(Handlers to, HttpServerRequest request, String name) {
        known(request, to.dashboard().answer(request, name));
    }

    private static void known(HttpServerRequest request, boolean answered) {
        if (!answered) {
            unknown(request);
        }
    }

    private static void unknown(HttpServerRequest request) {
        Answers.error(
                request,
                404,
                request.path() + " does not exist; available paths: "
                        + ALL.stream()
                                .map(Route::path)
                                .filter(Routes::isBelowMicro)
                                .collect(Collectors.joining(", ")));
    }

    private static void redirect(HttpServerRequest request, String to) {
        request.response().setStatusCode(302).putHeader("Location", to).end();
    }
}
