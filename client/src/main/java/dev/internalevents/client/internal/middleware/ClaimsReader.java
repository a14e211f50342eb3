package dev.internalevents.client.internal.middleware;

import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.protocol.ForeignCode;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Reads verified claims with the application's code, whose failures never fail a request. */
public final class ClaimsReader {

    private ClaimsReader() {}

    /**
     * Returns the claims; null if there are none, or if the application's code fails, which is logged as a warning.
     *
     * @param claims the application's code
     * @param served what the claims belong to, for the log: {@code request} or {@code call}
     */
    public static @Nullable VerifiedClaims read(Supplier<@Nullable VerifiedClaims> claims, String served, Logger log) {
        try {
            return claims.get();
        } catch (Throwable e) {
            ForeignCode.caught(e);
            log.warn("the verified claims of a {} could not be read and are left out", served, e);
            return null;
        }
    }
}
