package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VerifiedClaimsTest {

    @Test
    void the_claims_of_a_token_are_read_by_their_names() {
        assertThat(VerifiedClaims.of(Map.of(
                        "iss", "https://gitlab.com",
                        "gitlab_realm", "saas",
                        "gitlab_root_namespace_id", 9970,
                        "gitlab_instance_uid", "uid",
                        "extra", Map.of("skip_usage_cutoff", true))))
                .isEqualTo(new VerifiedClaims("saas", 9970L, "uid", true));
        assertThat(VerifiedClaims.of(Map.of())).isEqualTo(new VerifiedClaims(null, null, null, false));
    }

    @Test
    void a_claim_that_cannot_be_read_does_not_cost_the_others() {
        Map<String, Object> claims = new HashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public @Nullable Object get(Object key) {
                if (key.equals("gitlab_instance_uid")) {
                    throw new IllegalStateException("broken");
                }
                return super.get(key);
            }
        };
        claims.put("gitlab_realm", "dedicated");
        claims.put("gitlab_root_namespace_id", new BigInteger("42") {
            private static final long serialVersionUID = 1L;

            @Override
            public String toString() {
                throw new StackOverflowError();
            }
        });
        // Sorted with numeric keys, so that a text as a key throws.
        claims.put("extra", new TreeMap<>(Map.of(1, 2)));

        assertThat(VerifiedClaims.of(claims)).isEqualTo(new VerifiedClaims("dedicated", null, null, false));
        assertThat(VerifiedClaims.of(null)).isEqualTo(new VerifiedClaims(null, null, null, false));
    }

    @ParameterizedTest
    @MethodSource
    void a_root_namespace_is_a_whole_number_above_0_or_its_digits(@Nullable Object claim, @Nullable Long id) {
        Map<String, Object> claims = new HashMap<>();
        claims.put("gitlab_root_namespace_id", claim);

        assertThat(VerifiedClaims.of(claims).rootNamespaceId()).isEqualTo(id);
    }

    static List<Arguments> a_root_namespace_is_a_whole_number_above_0_or_its_digits() {
        List<Arguments> cases = new ArrayList<>();
        for (Object taken : List.of(42, 42L, (short) 42, BigInteger.valueOf(42), "42", " 42 ", "042")) {
            cases.add(Arguments.of(taken, 42L));
        }
        for (Object refused : Arrays.asList(
                null,
                0,
                -1,
                "0",
                "-1",
                "+1",
                "",
                " ",
                "4.2",
                "x",
                "٣",
                true,
                42.0,
                new BigDecimal("42"),
                List.of(42),
                "9".repeat(19),
                BigInteger.TEN.pow(30))) {
            cases.add(Arguments.of(refused, null));
        }
        return cases;
    }

    @Test
    void a_claim_of_another_type_counts_as_absent() {
        assertThat(VerifiedClaims.of(Map.of(
                        "gitlab_realm", 7,
                        "gitlab_instance_uid", List.of("uid"),
                        "extra", Map.of("skip_usage_cutoff", "true"))))
                .isEqualTo(new VerifiedClaims(null, null, null, false));
        assertThat(VerifiedClaims.of(Map.of("gitlab_realm", " ", "extra", "skip_usage_cutoff")))
                .isEqualTo(new VerifiedClaims(null, null, null, false));
    }
}
