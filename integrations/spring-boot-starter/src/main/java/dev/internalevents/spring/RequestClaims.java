package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.protocol.ForeignCode;
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

    /**
     * Logs failures of the application's code instead of throwing them: a request is served even without its claims.
     */
    static void apply(
            VerifiedClaimsSource source,
            RequestTracking tracking,
            @Nullable Principal principal,
            @Nullable String authorization) {
        try {
            VerifiedClaims claims = source.claims(principal, authorization);
            if (claims != null) {
                tracking.verified(claims);
            }
        } catch (Throwable e) {
            ForeignCode.caught(e);
            LOG.warn("the verified claims of a request could not be read and are left out", e);
        }
    }
}
