package dev.internalevents.spring;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.RequestTracking;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The middleware of a WebFlux application: the request's tracking is in the Reactor context, from where context
 * propagation makes it current on whichever thread runs the next step, and the names of tracked events are the exchange
 * attribute {@value #TRACKED_INTERNAL_EVENTS}.
 */
public final class InternalEventWebFilter implements WebFilter {

    /** The exchange attribute, a live {@code Set<String>}: {@value}. */
    public static final String TRACKED_INTERNAL_EVENTS = "tracked_internal_events";

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

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getPath().pathWithinApplication().value();
        if (!enabled || skippedPaths.contains(path)) {
            return ForgottenScopes.ended(exchange, chain);
        }
        HttpHeaders headers = exchange.getRequest().getHeaders();
        RequestTracking tracking = new RequestTracking(contexts.fromHeaders(headers::getFirst, instance(headers)));
        exchange.getAttributes().put(TRACKED_INTERNAL_EVENTS, tracking.trackedEvents());
        return ForgottenScopes.ended(exchange, chain)
                .contextWrite(context -> context.put(RequestTrackingAccessor.KEY, tracking));
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
