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
 * Gives each request of a WebFlux application its tracking. The tracking is put into the Reactor context; from there,
 * context propagation makes it current on every thread that runs a step. The names of tracked events are published as
 * the exchange attribute {@value #TRACKED_INTERNAL_EVENTS}; the request's id as the attribute {@value #CORRELATION_ID}
 * and, unless the application sets it, as the response header {@value EventContextFactory#REQUEST_ID}.
 * {@link org.springframework.web.server.WebExceptionHandler}s have the context too: they run outside of all filters, so
 * the tracking is created around them.
 */
public final class InternalEventWebFilter implements WebFilter {

    /** The exchange attribute, a live {@code Set<String>}: {@value}. */
    public static final String TRACKED_INTERNAL_EVENTS = "tracked_internal_events";

    /** The exchange attribute that contains the correlation id of the request's events, a {@code String}: {@value}. */
    public static final String CORRELATION_ID = "correlation_id";

    /** The Reactor context key of tracking created outside of the filters. */
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

    /**
     * Wraps the handler of all requests, including exception handlers, and puts each request's tracking into the
     * Reactor context.
     */
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
            // Only at the end, because a token may be verified behind this filter.
            return missing == null
                    ? tracked
                    : tracked.doFinally(signal -> missing.check(tracking.context(), path(exchange.getRequest())));
        });
    }

    /** Returns null for a request that gets no context. */
    private @Nullable RequestTracking tracking(ServerHttpRequest request) {
        if (!enabled || skippedPaths.contains(path(request))) {
            return null;
        }
        return new RequestTracking(contexts.fromHeaders(request.getHeaders()::getFirst, null));
    }

    /**
     * Sets the header just before the response is committed, so that a value set by the application takes precedence.
     */
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
