package dev.internalevents.spring;

import dev.internalevents.client.VerifiedClaims;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Returns the claims of a request's verified token; they take precedence over the request's headers. An application
 * that authenticates its callers declares one as a bean, for Web MVC and WebFlux alike. It is called once for each
 * request that has a context, directly behind Spring Security's filters.
 */
@FunctionalInterface
public interface VerifiedClaimsSource {

    /**
     * Returns the claims of one request. Called on the thread that serves it, which in WebFlux must not be blocked. If
     * it throws, the exception is logged and the request has no claims.
     *
     * @param principal the authenticated caller, for example Spring Security's {@code JwtAuthenticationToken}; null if
     *     the caller is not authenticated
     * @param authorization the {@code Authorization} header as the caller sent it, unverified; null if there is none
     * @return null if there are no verified claims
     */
    @Nullable
    VerifiedClaims claims(@Nullable Principal principal, @Nullable String authorization);
}
