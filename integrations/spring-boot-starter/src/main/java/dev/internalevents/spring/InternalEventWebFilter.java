package dev.internalevents.spring;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.MissingFields;
import dev.internalevents.client.RequestTracking;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The middleware of a WebFlux application: the request's tracking is in the Reactor context, from where context
 * propagation makes it current on whichever thread runs the next step, and the names of tracked events are the exchange
 * attribute {@value #TRACKED_INTERNAL_EVENTS}, the request's id is the attribute {@value #CORRELATION_ID} and, unless the
 * application sets it, the response header {@value EventContextFactory#REQUEST_ID}. A {@link org.springframework.web.server.WebExceptionHandler} has the context
 * too: these run outside of all filters, so the tracking is made around them.
 */
public final class InternalEventWebFilter implements WebFilter {

    /** The exchange attribute, a live {@code Set<String>}: {@value}. */
    public static final String TRACKED_INTERNAL_EVENTS = "tracked_internal_events";

    /** The exchange attribute with the correlation id of the request's events, a {@code String}: {@value}. */
    public static final String CORRELATION_ID = "correlation_id";

    /** The Reactor context's key of the tracking that was made outside of the filters. */
    private static final Object MADE_OUTSIDE = new Object();

    private final boolean enabled;
    private final Set<String> skippedPaths;
    private final EventContextFactory contexts;
    private final @Nullable MissingFields missingFields;

    InternalEventWebFilter(
            boolean enabled,
            Collection<String> skippedPaths,
            EventContextFactory contexts,
            boolean reportMissingFields) {
        this.enabled = enabled;
        this.skippedPaths = Set.copyOf(skippedPaths);
        this.contexts = contexts;
        this.missingFields = reportMissingFields ? new MissingFields() : null;
    }

    /** The handler of all requests, exception handlers included, with each request's tracking in the Reactor context. */
    HttpHandler around(HttpHandler handler) {
        return (request, response) -> {
            Mono<Void> handled = handler.handle(request, response);
            RequestTracking tracking = tracking(request);
            return tracking == null
                    ? handled
                    : handled.contextWrite(
                            context -> context.put(MADE_OUTSIDE, tracking).put(RequestTrackingAccessor.KEY, tracking));
        };
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return Mono.deferContextual(context -> {
            RequestTracking tracking =
                    context.hasKey(MADE_OUTSIDE) ? context.get(MADE_OUTSIDE) : tracking(exchange.getRequest());
            Mono<Void> filtered = ForgottenScopes.ended(exchange, chain);
            if (tracking == null) {
                return filtered;
            }
            exchange.getAttributes().put(TRACKED_INTERNAL_EVENTS, tracking.trackedEvents());
            String id = tracking.context().correlationId();
            if (id != null) {
                exchange.getAttributes().put(CORRELATION_ID, id);
                echo(id, exchange.getResponse());
            }
            Mono<Void> tracked = filtered.contextWrite(inner -> inner.put(RequestTrackingAccessor.KEY, tracking));
            MissingFields missing = missingFields;
            // Only at the end: a token may be verified behind this filter.
            return missing == null
                    ? tracked
                    : tracked.doFinally(signal -> missing.check(tracking.context(), path(exchange.getRequest())));
        });
    }

    /** Null for a request that gets no context. */
    private @Nullable RequestTracking tracking(ServerHttpRequest request) {
        if (!enabled || skippedPaths.contains(path(request))) {
            return null;
        }
        return new RequestTracking(contexts.fromHeaders(request.getHeaders()::getFirst, null));
    }

    /** As late as can be, so that what the application sets itself stays. */
    private static void echo(String id, ServerHttpResponse response) {
        response.beforeCommit(() -> {
            HttpHeaders headers = response.getHeaders();
            if (headers.getFirst(EventContextFactory.REQUEST_ID) == null) {
                headers.set(EventContextFactory.REQUEST_ID, id);
            }
            return Mono.empty();
        });
    }

    private static String path(ServerHttpRequest request) {
        return request.getPath().pathWithinApplication().value();
    }
}
