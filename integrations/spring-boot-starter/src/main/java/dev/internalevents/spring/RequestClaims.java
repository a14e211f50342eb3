package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.internal.middleware.ClaimsReader;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the claims from an application's {@link VerifiedClaimsSource} to a request; they take precedence over its
 * headers.
 */
final class RequestClaims {

    /** Behind Spring Security's filters, which have order -100, so that the caller is already authenticated. */
    static final int FILTER_ORDER = -90;

    private static final Logger LOG = LoggerFactory.getLogger(VerifiedClaimsSource.class);

    private RequestClaims() {}

    /** If the application's code fails, the request is served without its claims, and a warning is logged. */
    static void apply(
            VerifiedClaimsSource source,
            RequestTracking tracking,
            @Nullable Principal principal,
            @Nullable String authorization) {
        VerifiedClaims claims = ClaimsReader.read(() -> source.claims(principal, authorization), "request", LOG);
        if (claims != null) {
            tracking.verified(claims);
        }
    }
}
