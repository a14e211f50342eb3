package dev.internalevents.client;

import dev.internalevents.protocol.ForeignCode;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claims of a request's verified token. A caller can write any header but not a claim, so claims take precedence.
 *
 * @param realm claim {@code gitlab_realm}; with claims, the header is ignored, even if this is null
 * @param rootNamespaceId claim {@code gitlab_root_namespace_id}, above 0; used only in the realm {@code saas}
 * @param uniqueInstanceId claim {@code gitlab_instance_uid}; there is no header for it
 * @param skipUsageCutoff the member {@code skip_usage_cutoff} of the claim {@code extra}; sent with billing events
 */
public record VerifiedClaims(
        @Nullable String realm,
        @Nullable Long rootNamespaceId,
        @Nullable String uniqueInstanceId,
        boolean skipUsageCutoff) {

    private static final Logger LOG = LoggerFactory.getLogger(VerifiedClaims.class);

    /**
     * Reads the claims of a verified token. Never throws: a claim of the wrong type, or one that cannot be read, is
     * treated as missing, and the others are read.
     *
     * @param claims the claims as returned by a token library; null for a token without claims
     */
    public static VerifiedClaims of(@Nullable Map<String, ?> claims) {
        return new VerifiedClaims(
                text(claim(claims, "gitlab_realm")),
                rootNamespace(claim(claims, "gitlab_root_namespace_id")),
                text(claim(claims, "gitlab_instance_uid")),
                claim(claims, "extra") instanceof Map<?, ?> extra
                        && Boolean.TRUE.equals(claim(extra, "skip_usage_cutoff")));
    }

    /** A map can throw for a key of another type: a sorted map with numeric keys throws for a text. */
    private static @Nullable Object claim(@Nullable Map<?, ?> claims, String name) {
        try {
            return claims == null ? null : claims.get(name);
        } catch (Throwable e) {
            unreadable(name, e);
            return null;
        }
    }

    private static @Nullable Long rootNamespace(@Nullable Object claim) {
        try {
            return positive(claim);
        } catch (Throwable e) {
            unreadable("gitlab_root_namespace_id", e);
            return null;
        }
    }

    private static void unreadable(String name, Throwable e) {
        ForeignCode.caught(e);
        LOG.debug("the claim {} could not be read", name, e);
    }

    /** Returns the root namespace in the realm {@code saas}, otherwise null. */
    @Nullable
    Long rootNamespaceOfSaas() {
        return "saas".equals(realm) ? rootNamespaceId : null;
    }

    private static @Nullable String text(@Nullable Object claim) {
        return claim instanceof String text && !text.isBlank() ? text.strip() : null;
    }

    /** Returns a whole number above 0, given as a number or as decimal digits; null for anything else. */
    static @Nullable Long positive(@Nullable Object claim) {
        String digits = claim instanceof String text
                ? text.strip()
                : claim instanceof Long
                                || claim instanceof Integer
                                || claim instanceof Short
                                || claim instanceof BigInteger
                        ? claim.toString()
                        : "";
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        long number = Long.parseLong(digits);
        return number > 0 ? number : null;
    }
}
