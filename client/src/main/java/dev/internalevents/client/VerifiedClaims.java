package dev.internalevents.client;

import dev.internalevents.protocol.ForeignCode;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the verified token of a request says about it. A caller can write any header, but no claim, so claims go first.
 *
 * @param realm claim {@code gitlab_realm}; with claims the header is not asked, not even where this is null
 * @param rootNamespaceId claim {@code gitlab_root_namespace_id}, above 0; counts in the realm {@code saas} alone
 * @param uniqueInstanceId claim {@code gitlab_instance_uid}; no header has it
 * @param skipUsageCutoff the member {@code skip_usage_cutoff} of the claim {@code extra}; billing sends it
 */
public record VerifiedClaims(
        @Nullable String realm,
        @Nullable Long rootNamespaceId,
        @Nullable String uniqueInstanceId,
        boolean skipUsageCutoff) {

    private static final Logger LOG = LoggerFactory.getLogger(VerifiedClaims.class);

    /**
     * Reads the claims of a token that was verified. Never throws: a claim of another type, or one that cannot be read,
     * counts as not there, and the others are read.
     *
     * @param claims as a library for tokens gives them; null for a token without claims
     */
    public static VerifiedClaims of(@Nullable Map<String, ?> claims) {
        return new VerifiedClaims(
                text(claim(claims, "gitlab_realm")),
                rootNamespace(claim(claims, "gitlab_root_namespace_id")),
                text(claim(claims, "gitlab_instance_uid")),
                claim(claims, "extra") instanceof Map<?, ?> extra
                        && Boolean.TRUE.equals(claim(extra, "skip_usage_cutoff")));
    }

    /** A map can throw for a key: one that is sorted by numbers does for a text. */
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

    /** The root namespace if it counts: in the realm {@code saas} alone. */
    @Nullable
    Long rootNamespaceOfSaas() {
        return "saas".equals(realm) ? rootNamespaceId : null;
    }

    private static @Nullable String text(@Nullable Object claim) {
        return claim instanceof String text && !text.isBlank() ? text.strip() : null;
    }

    /** A whole number above 0, or decimal digits of one. */
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
