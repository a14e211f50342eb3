package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import java.security.Principal;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Adds verified claims to a request; runs behind the filters that authenticate the caller. */
final class VerifiedClaimsWebFilter implements WebFilter {

    private static final Logger LOG = LoggerFactory.getLogger(VerifiedClaimsSource.class);

    private final VerifiedClaimsSource source;

    VerifiedClaimsWebFilter(VerifiedClaimsSource source) {
        this.source = source;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return Mono.deferContextual(context -> {
            if (!(context.getOrDefault(RequestTrackingAccessor.KEY, null) instanceof RequestTracking tracking)) {
                return chain.filter(exchange);
            }
            String authorization = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
            return principal(exchange).flatMap(principal -> {
                RequestClaims.apply(source, tracking, principal.orElse(null), authorization);
                return chain.filter(exchange);
            });
        });
    }

    /**
     * Returns the authenticated caller, or empty if there is none or it cannot be determined: that must not fail the
     * request.
     */
    private static Mono<Optional<Principal>> principal(ServerWebExchange exchange) {
        return exchange.getPrincipal()
                .map(principal -> Optional.<Principal>of(principal))
                .defaultIfEmpty(Optional.empty())
                .onErrorResume(e -> {
                    LOG.warn("the caller of a request could not be read, so its events have no verified claims", e);
                    return Mono.just(Optional.empty());
                });
    }
}
