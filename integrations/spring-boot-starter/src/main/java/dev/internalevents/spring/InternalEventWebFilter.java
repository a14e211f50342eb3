package dev.internalevents.spring;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.RequestTracking;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The middleware of a WebFlux application: the request's tracking is in the Reactor context, from where context
 * propagation makes it current on whichever thread runs the next step, and the names of tracked events are the exchange
 * attribute {@value #TRACKED_INTERNAL_EVENTS}. A {@link org.springframework.web.server.WebExceptionHandler} has the context
 * too: these run outside of all filters, so the tracking is made around them.
 */
public final class InternalEventWebFilter implements WebFilter {

    /** The exchange attribute, a live {@code Set<String>}: {@value}. */
    public static final String TRACKED_INTERNAL_EVENTS = "tracked_internal_events";

    /** The Reactor context's key of the tracking that was made outside of the filters. */
    private static final Object MADE_OUTSIDE = new Object();

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventWebFilter.class);

    private final boolean enabled;
    private final Set<String> skippedPaths;
    private final EventContextFactory contexts;
    private final UniqueInstanceId uniqueInstanceId;

    InternalEventWebFilter(
            boolean enabled,
            Collection<String> skippedPaths,
            EventContextFactory contexts,
            UniqueInstanceId uniqueInstanceId) {
        this.enabled = enabled;
        this.skippedPaths = Set.copyOf(skippedPaths);
        this.contexts = contexts;
        this.uniqueInstanceId = uniqueInstanceId;
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
            return filtered.contextWrite(inner -> inner.put(RequestTrackingAccessor.KEY, tracking));
        });
    }

    /** Null for a request that gets no context. */
    private @Nullable RequestTracking tracking(ServerHttpRequest request) {
        String path = request.getPath().pathWithinApplication().value();
        if (!enabled || skippedPaths.contains(path)) {
            return null;
        }
        HttpHeaders headers = request.getHeaders();
        return new RequestTracking(contexts.fromHeaders(headers::getFirst, instance(headers)));
    }

    private @Nullable String instance(HttpHeaders headers) {
        try {
            return uniqueInstanceId.of(headers.getFirst(HttpHeaders.AUTHORIZATION));
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.warn("the unique instance id of a request could not be read and is left out", e);
            return null;
        }
    }
}
