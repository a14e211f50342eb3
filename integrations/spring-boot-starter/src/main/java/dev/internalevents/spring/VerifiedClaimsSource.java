package dev.internalevents.spring;

import dev.internalevents.client.VerifiedClaims;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Where the claims of a request's verified token are found; they go before the headers of the request. An application
 * that authenticates its callers declares one as a bean, for Web MVC and WebFlux alike. It is asked once a request that
 * has a context, directly behind Spring Security's filters.
 */
@FunctionalInterface
public interface VerifiedClaimsSource {

    /**
     * Returns the claims of one request. Called on the thread that serves it, which in WebFlux must not be blocked; what
     * it throws is logged, and the request has no claims then.
     *
     * @param principal the authenticated caller, for example Spring Security's {@code JwtAuthenticationToken}; null if
     *     nobody is authenticated
     * @param authorization the header {@code Authorization} as the caller sent it, which nobody has verified; null if there
     *     is none
     * @return null if there are no verified claims
     */
    @Nullable
    VerifiedClaims claims(@Nullable Principal principal, @Nullable String authorization);
}
