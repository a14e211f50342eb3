package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventContextFactoryTest {

    private static final Instant NOW = Instant.parse("2026-11-23T21:00:00.123Z");
    private static final EventContextFactory FACTORY =
            new EventContextFactory("production", "ai-gateway-java", Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void every_header_becomes_its_field() {
        EventContext context = context(Map.ofEntries(
                Map.entry("x-gitlab-realm", "saas"),
                Map.entry("X-Gitlab-Instance-Id", "ea8b"),
                Map.entry("X-Gitlab-Host-Name", "gitlab.com"),
                Map.entry("X-Gitlab-Version", "18.1.0"),
                Map.entry("X-Gitlab-Global-User-Id", "XsZf/L6X0="),
                Map.entry("X-Gitlab-User-Id", "42"),
                Map.entry("X-Gitlab-Is-Team-Member", "yes"),
                Map.entry("X-Gitlab-Feature-Enabled-By-Namespace-Ids", "9970, 42"),
                Map.entry("X-Gitlab-Feature-Enablement-Type", "duo_pro"),
                Map.entry("X-Gitlab-Root-Namespace-Id", "9970"),
                Map.entry("X-Gitlab-Client-Type", "ide"),
                Map.entry("X-Gitlab-Client-Name", "gitlab-extensions/gitlab-lsp"),
                Map.entry("X-Gitlab-Client-Version", "4.21.0"),
                Map.entry("X-Gitlab-Interface", "chat"),
                Map.entry("X-Request-ID", "01JPHRC3K30KDDV165EWTCFJ02")));

        assertThat(context)
                .isEqualTo(EventContext.builder()
                        .environment("production")
                        .source("ai-gateway-java")
                        .realm("saas")
                        .instanceId("ea8b")
                        .uniqueInstanceId("uid")
                        .hostName("gitlab.com")
                        .instanceVersion("18.1.0")
                        .globalUserId("XsZf/L6X0=")
                        .userId(42)
                        .gitlabTeamMember(true)
                        .featureEnabledByNamespaceIds(List.of(9970L, 42L))
                        .featureEnablementType("duo_pro")
                        .ultimateParentNamespaceId(9970L)
                        .clientType("ide")
                        .clientName("gitlab-extensions/gitlab-lsp")
                        .clientVersion("4.21.0")
                        .clientInterface("chat")
                        .contextGeneratedAt(NOW)
                        .correlationId("01JPHRC3K30KDDV165EWTCFJ02")
                        .build());
    }

    @Test
    void without_headers_there_is_a_correlation_id_of_its_own() {
        EventContext context = context(Map.of());

        assertThat(context.correlationId())
                .hasSize(32)
                .isNotEqualTo(context(Map.of()).correlationId());
        assertThat(context.realm()).isNull();
        assertThat(context.featureEnabledByNamespaceIds()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1,,x", "x", "1,", ",", "1;2", "1.5", "99999999999999999999", "1,٣"})
    void namespace_ids_with_a_part_that_is_no_integer_are_left_out(String ids) {
        assertThat(context(Map.of("X-Gitlab-Feature-Enabled-By-Namespace-Ids", ids))
                        .featureEnabledByNamespaceIds())
                .isNull();
    }

    @Test
    void legacy_namespace_ids_count_when_there_are_no_others() {
        Map<String, String> both = Map.of(
                "X-Gitlab-Saas-Duo-Pro-Namespace-Ids", " 1 ,2", "X-Gitlab-Feature-Enabled-By-Namespace-Ids", "3");

        assertThat(context(Map.of(
                                "X-Gitlab-Saas-Duo-Pro-Namespace-Ids",
                                " 1 ,2",
                                "X-Gitlab-Feature-Enabled-By-Namespace-Ids",
                                " "))
                        .featureEnabledByNamespaceIds())
                .containsExactly(1L, 2L);
        assertThat(context(both).featureEnabledByNamespaceIds()).containsExactly(3L);
    }

    @ParameterizedTest
    @CsvSource({
        "true,true",
        "TRUE,true",
        "1,true",
        "yes,true",
        "On,true",
        "t,true",
        "Y,true",
        "false,false",
        "0,false",
        "no,false",
        "OFF,false",
        "f,false",
        "n,false",
        "maybe,",
        "2,",
        "'',"
    })
    void booleans_are_those_of_the_original(String text, @Nullable Boolean value) {
        assertThat(context(Map.of("X-Gitlab-Is-Team-Member", text)).gitlabTeamMember())
                .isEqualTo(value);
    }

    @Test
    void a_user_id_that_is_no_number_stays_text() {
        assertThat(context(Map.of("X-Gitlab-User-Id", "u-1")).userId()).isEqualTo("u-1");
    }

    @Test
    void a_header_of_64_kb_is_not_taken_over() {
        assertThat(context(Map.of("X-Gitlab-Host-Name", "h".repeat(65_536))).hostName())
                .isNull();
    }

    @Property
    void no_header_ever_throws(@ForAll String value, @ForAll List<Long> ids) {
        for (String header : List.of(
                "X-Gitlab-Is-Team-Member",
                "X-Gitlab-Feature-Enabled-By-Namespace-Ids",
                "X-Gitlab-Root-Namespace-Id",
                "X-Gitlab-User-Id",
                "X-Request-ID")) {
            assertThat(context(Map.of(header, value)).environment()).isEqualTo("production");
        }
        String joined = ids.stream().map(String::valueOf).collect(Collectors.joining(" , "));
        if (!ids.isEmpty() && joined.length() <= EventContextFactory.MAX_HEADER_LENGTH) {
            assertThat(context(Map.of("X-Gitlab-Feature-Enabled-By-Namespace-Ids", joined))
                            .featureEnabledByNamespaceIds())
                    .isEqualTo(inRange(ids));
        }
    }

    /** The schema has no others, and an event with one would be bad. */
    private static @Nullable List<Long> inRange(List<Long> ids) {
        List<Long> inRange =
                ids.stream().filter(id -> id >= 0 && id <= Integer.MAX_VALUE).toList();
        return inRange.isEmpty() ? null : inRange;
    }

    private static EventContext context(Map<String, String> headers) {
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        return FACTORY.fromHeaders(anyCase::get, "uid");
    }
}
