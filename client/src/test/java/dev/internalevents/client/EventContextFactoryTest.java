package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.testkit.CapturedLog;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    private static final String NAMESPACES = "X-Gitlab-Feature-Enabled-By-Namespace-Ids";
    private static final String LEGACY_NAMESPACES = "X-Gitlab-Saas-Duo-Pro-Namespace-Ids";
    private static final String TRACKING_CONTEXT = "X-Gitlab-Tracking-Context";

    @Test
    void every_header_becomes_its_field() {
        EventContext context = context(Map.ofEntries(
                Map.entry("x-gitlab-realm", "saas"),
                Map.entry("X-Gitlab-Instance-Id", "ea8b"),
                Map.entry("X-Gitlab-Host-Name", "gitlab.com"),
                Map.entry("X-Gitlab-Version", "18.1.0"),
                Map.entry("X-Gitlab-Global-User-Id", "XsZf/L6X0="),
                Map.entry("X-Gitlab-User-Id", "42"),
                Map.entry("X-Gitlab-Subject-Type", "human"),
                Map.entry("X-Gitlab-Is-Team-Member", "yes"),
                Map.entry(NAMESPACES, "9970, 42"),
                Map.entry("X-Gitlab-Feature-Enablement-Type", "duo_pro"),
                Map.entry("X-Gitlab-Root-Namespace-Id", "9970"),
                Map.entry("X-GITLAB-PROJECT-ID", "43"),
                Map.entry("X-Gitlab-Namespace-Id", "44"),
                Map.entry("X-Gitlab-Organization-Id", "5"),
                Map.entry("X-Gitlab-Deployment-Type", ".com"),
                Map.entry("X-Gitlab-Client-Type", "ide"),
                Map.entry("X-Gitlab-Client-Name", "gitlab-extensions/gitlab-lsp"),
                Map.entry("X-Gitlab-Client-Version", "4.21.0"),
                Map.entry("X-Gitlab-Interface", "chat"),
                Map.entry(TRACKING_CONTEXT, "{\"distribution\":\"glab\",\"n\":{\"a\":[1,null]}}"),
                Map.entry("X-Request-ID", "01JPHRC3K30KDDV165EWTCFJ02")));

        Map<String, Object> extra = new LinkedHashMap<>();
        List<Object> oneAndNull = new ArrayList<>(List.of(1L));
        oneAndNull.add(null);
        extra.put("distribution", "glab");
        extra.put("n", Map.of("a", oneAndNull));
        assertThat(context)
                .isEqualTo(EventContext.builder()
                        .environment("production")
                        .source("ai-gateway-java")
                        .realm("saas")
                        .instanceId("ea8b")
                        .hostName("gitlab.com")
                        .instanceVersion("18.1.0")
                        .globalUserId("XsZf/L6X0=")
                        .userId(42)
                        .userType("human")
                        .gitlabTeamMember(true)
                        .featureEnabledByNamespaceIds(List.of(9970L, 42L))
                        .featureEnablementType("duo_pro")
                        .ultimateParentNamespaceId(9970L)
                        .projectId(43L)
                        .namespaceId(44L)
                        .organizationId(5L)
                        .deploymentType(".com")
                        .clientType("ide")
                        .clientName("gitlab-extensions/gitlab-lsp")
                        .clientVersion("4.21.0")
                        .clientInterface("chat")
                        .contextGeneratedAt(NOW)
                        .correlationId("01JPHRC3K30KDDV165EWTCFJ02")
                        .extra(extra)
                        .build());
    }

    @Test
    void the_list_of_headers_is_what_is_asked_for_each_once() {
        List<String> asked = new ArrayList<>();
        FACTORY.fromHeaders(
                name -> {
                    asked.add(name);
                    return null;
                },
                null);

        assertThat(asked).containsExactlyInAnyOrderElementsOf(EventContextFactory.headers());
        assertThat(EventContextFactory.headers()).hasSize(22).doesNotHaveDuplicates();
    }

    @Test
    void without_headers_there_is_a_correlation_id_of_its_own_and_no_namespace() {
        EventContext context = context(Map.of());

        assertThat(context.correlationId())
                .matches("[0-9a-f]{32}")
                .isNotEqualTo(context(Map.of()).correlationId());
        assertThat(context)
                .isEqualTo(EventContext.builder()
                        .environment("production")
                        .source("ai-gateway-java")
                        .featureEnabledByNamespaceIds(List.of())
                        .contextGeneratedAt(NOW)
                        .correlationId(context.correlationId())
                        .build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,2,a|1 2",
                "1,1,2|1 2",
                "3, 1 ,3,1 , 2|3 1 2",
                "1,,x|1",
                "x|",
                "1,|1",
                ",|",
                "1;2|",
                "1.5,7|7",
                "-1,0,+3|0 3",
                "2147483647,2147483648|2147483647",
                "99999999999999999999,1|1",
                "1,٣|1"
            })
    void parts_of_a_list_that_are_no_ids_are_dropped_one_by_one(String list, @Nullable String ids) {
        assertThat(namespaces(Map.of(NAMESPACES, list))).isEqualTo(longs(ids));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"' '|1 2", "x,|1 2", "3|3", "-1|1 2"})
    void the_legacy_list_counts_if_the_other_has_no_id(String list, String ids) {
        assertThat(namespaces(Map.of(LEGACY_NAMESPACES, " 1 ,2,1", NAMESPACES, list)))
                .isEqualTo(longs(ids));
    }

    @Test
    void a_list_is_read_up_to_4096_characters_without_the_id_that_is_cut() {
        String list =
                IntStream.range(0, 600).mapToObj(i -> "1000" + (1_000 + i)).collect(Collectors.joining(","));

        assertThat(namespaces(Map.of(NAMESPACES, list)))
                .hasSize(455)
                .startsWith(10_001_000L)
                .endsWith(10_001_454L);
        assertThat(namespaces(Map.of(NAMESPACES, "1".repeat(5_000)))).isEmpty();
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

    @ParameterizedTest
    @CsvSource({
        "7,7",
        "' 7 ',7",
        "0,0",
        "+7,7",
        "007,7",
        "null,",
        "'',",
        "7.0,",
        "x,",
        "-1,",
        "2147483648,",
        "1e3,",
        "+,"
    })
    void an_id_is_a_whole_number_or_left_out(String text, @Nullable Long id) {
        EventContext context = context(
                Map.of("X-Gitlab-Project-Id", text, "X-Gitlab-Namespace-Id", text, "X-Gitlab-Organization-Id", text));

        assertThat(context.projectId()).isEqualTo(id);
        assertThat(context.namespaceId()).isEqualTo(id);
        assertThat(context.organizationId()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({"123,123", "007,7", "0,", "-1,", "+1,", "null,", "abc,", "'',", "1.0,", "2147483648,", "٣,"})
    void a_root_namespace_is_decimal_digits_above_0_or_left_out(String text, @Nullable Long id) {
        assertThat(context(Map.of("X-Gitlab-Root-Namespace-Id", text)).ultimateParentNamespaceId())
                .isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        // claimed realm, claimed root, header realm, header root, realm, root
        "saas,42,self-managed,888,saas,42",
        "saas,,self-managed,888,saas,888",
        "saas,,,,saas,",
        "self-managed,42,saas,888,self-managed,888",
        "dedicated,42,saas,,dedicated,",
        ",42,saas,888,,888",
        "moon,42,saas,888,,888"
    })
    void claims_go_before_headers(
            @Nullable String claimedRealm,
            @Nullable Long claimedRoot,
            @Nullable String realmHeader,
            @Nullable String rootHeader,
            @Nullable String realm,
            @Nullable Long root) {
        Map<String, String> headers = new TreeMap<>();
        if (realmHeader != null) {
            headers.put("X-Gitlab-Realm", realmHeader);
        }
        if (rootHeader != null) {
            headers.put("X-Gitlab-Root-Namespace-Id", rootHeader);
        }
        VerifiedClaims claims = new VerifiedClaims(claimedRealm, claimedRoot, "uid", false);
        EventContext atOnce = FACTORY.fromHeaders(headers::get, claims);
        RequestTracking later = new RequestTracking(FACTORY.fromHeaders(headers::get, null));
        later.verified(claims);

        for (EventContext context : List.of(atOnce, later.context())) {
            assertThat(context.realm()).isEqualTo(realm);
            assertThat(context.ultimateParentNamespaceId()).isEqualTo(root);
            assertThat(context.uniqueInstanceId()).isEqualTo("uid");
        }
        assertThat(later.claims()).isEqualTo(claims);
        assertThat(later.with(EventContext.empty()).claims()).isEqualTo(claims);
    }

    @Test
    void the_root_namespace_of_a_token_does_not_outlive_it() {
        RequestTracking request = new RequestTracking(FACTORY.fromHeaders(
                Map.of("X-Gitlab-Root-Namespace-Id", "7")::get, new VerifiedClaims("saas", 42L, "A", false)));
        assertThat(request.context().ultimateParentNamespaceId()).isEqualTo(42);

        request.verified(new VerifiedClaims("saas", 43L, "B", false));
        assertThat(request.context().ultimateParentNamespaceId()).isEqualTo(43);
        request.verified(new VerifiedClaims("self-managed", null, "C", false));
        assertThat(request.context().ultimateParentNamespaceId()).isEqualTo(7);

        EventContext without = EventContext.builder()
                .verified(new VerifiedClaims("saas", 42L, "A", false))
                .verified(new VerifiedClaims("saas", null, "B", false))
                .build();
        assertThat(without.ultimateParentNamespaceId()).isNull();
        EventContext set = EventContext.builder()
                .verified(new VerifiedClaims("saas", 42L, "A", false))
                .ultimateParentNamespaceId(8L)
                .build();
        assertThat(set.toBuilder()
                        .verified(new VerifiedClaims("dedicated", null, null, false))
                        .build()
                        .ultimateParentNamespaceId())
                .isEqualTo(8);
    }

    @Test
    void what_is_tracked_after_the_token_is_verified_has_its_claims_on_every_thread() throws Exception {
        RequestTracking tracking = new RequestTracking(context(Map.of("X-Gitlab-Realm", "saas")));
        try (Scope request = tracking.makeCurrent()) {
            tracking.verified(new VerifiedClaims("dedicated", null, "uid", false));
            List<EventContext> seen = new ArrayList<>(List.of(EventContext.current()));
            Thread other = new Thread(tracking.wrap(() -> {
                seen.add(EventContext.current());
            }));
            other.start();
            other.join();

            assertThat(seen).hasSize(2).allMatch(context -> "dedicated".equals(context.realm()));
            assertThat(EventContext.current().correlationId())
                    .isEqualTo(tracking.context().correlationId());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "null",
                "[1]",
                "\"text\"",
                "7",
                "{",
                "{'a':1}",
                "{\"a\":1} x",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":{\"b\":{\"c\":{\"d\":{}}}}}",
            },
            quoteCharacter = '`')
    void a_tracking_context_that_is_no_object_or_too_deep_says_nothing(String json) {
        assertThat(context(Map.of(TRACKING_CONTEXT, json)).extra()).isEmpty();
    }

    @Test
    void a_tracking_context_of_4_kb_is_taken_and_a_longer_one_is_not() {
        String fits = "{\"a\":\"" + "x".repeat(4_096 - 8) + "\"}";
        assertThat(fits).hasSize(4_096);

        assertThat(context(Map.of(TRACKING_CONTEXT, fits)).extra()).containsOnlyKeys("a");
        assertThat(context(Map.of(TRACKING_CONTEXT, fits.replace("a", "aa"))).extra())
                .isEmpty();
        // As many characters, but more bytes
        assertThat(context(Map.of(TRACKING_CONTEXT, fits.replace("xx", "éx"))).extra())
                .isEmpty();
    }

    @Test
    void numbers_are_counted_as_they_are_written() {
        String numbers = "{\"a\":[" + "1,".repeat(2_000) + "1]}";

        assertThat(context(Map.of(TRACKING_CONTEXT, numbers)).extra()).containsOnlyKeys("a");
    }

    @Test
    void a_tracking_context_has_50_keys_in_4_levels() {
        String many =
                IntStream.range(0, 60).mapToObj(i -> "\"k" + i + "\":" + i).collect(Collectors.joining(",", "{", "}"));
        String deep =
                "{\"ok\":{\"b\":{\"c\":1}},\"deep\":{\"b\":{\"c\":{\"d\":1}}},\"deeper\":{\"b\":{\"c\":{\"d\":[]}}},\"list\":[[[[]]]]}";

        assertThat(context(Map.of(TRACKING_CONTEXT, many)).extra())
                .hasSize(50)
                .containsKeys("k0", "k49")
                .doesNotContainKey("k50");
        assertThat(context(Map.of(TRACKING_CONTEXT, deep)).extra()).containsOnlyKeys("ok", "deep");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "!~", "01JPHRC3K30KDDV165EWTCFJ02", "' x '"})
    void a_request_id_of_visible_ascii_is_taken(String id) {
        assertThat(context(Map.of("X-Request-ID", " a~" + id.replace(" ", "") + " "))
                        .correlationId())
                .isEqualTo("a~" + id.replace(" ", ""));
        assertThat(EventContextFactory.correlationId("i".repeat(64))).isEqualTo("i".repeat(64));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "é", "a\u0000", "a\u007f", "a\r\nX: y", "\uD83D\uDE00"})
    void another_request_id_is_replaced(String id) {
        assertThat(context(Map.of("X-Request-ID", id)).correlationId()).matches("[0-9a-f]{32}");
        assertThat(EventContextFactory.correlationId("i".repeat(65))).matches("[0-9a-f]{32}");
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

    @ParameterizedTest
    @CsvSource({
        "X-Gitlab-Realm,SaaS,realm",
        "X-Gitlab-Deployment-Type,moon,deployment_type",
        "X-Gitlab-Is-Team-Member,secret,is_gitlab_team_member",
        "X-Gitlab-Project-Id,secret,project_id",
        "X-Gitlab-Namespace-Id,secret,namespace_id",
        "X-Gitlab-Organization-Id,-7,organization_id",
        "X-Gitlab-Root-Namespace-Id,secret,ultimate_parent_namespace_id",
        "X-Gitlab-Feature-Enabled-By-Namespace-Ids,'1,secret',feature_enabled_by_namespace_ids",
        "X-Gitlab-Tracking-Context,{secret,extra",
        "X-Request-ID,secret word,correlation_id"
    })
    void what_is_left_out_is_counted_and_its_value_is_not_logged(String header, String value, String field) {
        try (InternalEventsClient client =
                        InternalEventsClient.builder().enabled(false).build();
                CapturedLog log = CapturedLog.of(InternalEventsClient.class)) {
            long before = client.cutValues().getOrDefault(field, 0L);
            context(Map.of(header, value));
            context(Map.of(header, value));

            assertThat(client.cutValues()).containsEntry(field, before + 2);
            assertThat(log.lines()).hasSizeLessThan(2).noneMatch(line -> line.contains("secret"));
        }
    }

    @Test
    void a_header_that_is_too_long_is_counted() {
        try (InternalEventsClient client =
                InternalEventsClient.builder().enabled(false).build()) {
            long before = client.cutValues().getOrDefault("instance_version", 0L);
            context(Map.of("X-Gitlab-Version", "v".repeat(1_001)));

            assertThat(client.cutValues()).containsEntry("instance_version", before + 1);
        }
    }

    @Property
    void no_header_ever_throws(@ForAll String value, @ForAll List<Long> ids) {
        for (String header : EventContextFactory.headers()) {
            assertThat(context(Map.of(header, value)).environment()).isEqualTo("production");
            assertThat(context(Map.of(header, "{\"a\":" + value + "}")).environment())
                    .isEqualTo("production");
        }
        String joined = ids.stream().map(String::valueOf).collect(Collectors.joining(" , "));
        if (joined.length() <= EventContextFactory.MAX_LIST_LENGTH) {
            assertThat(namespaces(Map.of(NAMESPACES, joined)))
                    .isEqualTo(ids.stream()
                            .filter(id -> id >= 0 && id <= Integer.MAX_VALUE)
                            .distinct()
                            .toList());
        }
    }

    private static List<Long> longs(@Nullable String text) {
        return text == null
                ? List.of()
                : List.of(text.split(" ", -1)).stream().map(Long::valueOf).toList();
    }

    private static @Nullable List<Long> namespaces(Map<String, String> headers) {
        return context(headers).featureEnabledByNamespaceIds();
    }

    private static EventContext context(Map<String, String> headers) {
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        return FACTORY.fromHeaders(anyCase::get, null);
    }
}
