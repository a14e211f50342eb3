package dev.internalevents.client;

import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /**
     * Reads the claims of a token that was verified. Never throws: a claim of another type counts as not there.
     *
     * @param claims as a library for tokens gives them
     */
    public static VerifiedClaims of(Map<String, ?> claims) {
        return new VerifiedClaims(
                text(claims.get("gitlab_realm")),
                positive(claims.get("gitlab_root_namespace_id")),
                text(claims.get("gitlab_instance_uid")),
                claims.get("extra") instanceof Map<?, ?> extra && Boolean.TRUE.equals(extra.get("skip_usage_cutoff")));
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
