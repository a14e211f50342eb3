package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.VerifiedClaims;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts what an application's {@link VerifiedClaimsSource} says of a request over what its headers said. */
final class RequestClaims {

    /** Behind Spring Security's filters, which are at -100, so that the caller is authenticated. */
    static final int FILTER_ORDER = -90;

    private static final Logger LOG = LoggerFactory.getLogger(VerifiedClaimsSource.class);

    private RequestClaims() {}

    /** Throws nothing that an application's code usually throws: without its claims a request is still served. */
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
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.warn("the verified claims of a request could not be read and are left out", e);
        }
    }
}
