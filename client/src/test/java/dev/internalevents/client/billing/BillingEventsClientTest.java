package dev.internalevents.client.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.RefusedEventException;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.testkit.CapturedLog;
import dev.internalevents.testkit.FakeCollector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("unchecked")
class BillingEventsClientTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private static final EventContext REQUEST = EventContext.builder()
            .realm("saas")
            .userId(42L)
            .userType("human")
            .globalUserId("global")
            .instanceId("instance")
            .uniqueInstanceId("unique")
            .instanceVersion("18.2.0")
            .hostName("gitlab.com")
            .projectId(1L)
            .namespaceId(2L)
            .ultimateParentNamespaceId(3L)
            .organizationId(4L)
            .deploymentType(".com")
            .correlationId("01J")
            .featureEnablementType("duo_pro")
            .build();

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @AutoClose
    private final FakeCollector internalSink = new FakeCollector();

    private InternalEventsClient internalEvents;

    @BeforeEach
    void start() throws Exception {
        internalEvents =
                InternalEventsClient.builder().endpoint(internalSink.url()).build();
    }

    @AfterEach
    void stop() {
        internalEvents.close();
    }

    private BillingEventsClientBuilder client() {
        return BillingEventsClient.builder()
                .endpoint(sink.url())
                .outbox(folder.resolve("outbox"))
                .internalEvents(internalEvents);
    }

    private List<TrackerPayload> twins() {
        assertThat(internalEvents.flush(LONG)).isTrue();
        return internalSink.taken();
    }

    private TrackerPayload onlyEvent(BillingEventsClient client) {
        assertThat(client.flush(LONG)).isTrue();
        assertThat(sink.taken()).hasSize(1);
        return sink.taken().get(0);
    }

    private static Map<String, Object> usage(TrackerPayload event) {
        Map<String, Object> data = new LinkedHashMap<>(
                (Map<String, Object>) event.contexts().list().get(0).data());
        // Compared as decimals: 2 and 2.0 are the same number.
        data.computeIfPresent("quantity", (field, number) -> ((Number) number).doubleValue());
        return data;
    }

    @Test
    void an_event_says_who_used_how_much_of_what_and_has_a_twin() {
        RequestTracking request = new RequestTracking(REQUEST, new VerifiedClaims("saas", 3L, "unique", true));
        try (BillingEventsClient client = client().build();
                Scope ignored = request.makeCurrent()) {
            client.billingEvent("code_completions")
                    .category("CodeSuggestions")
                    .unitOfMeasure("request")
                    .quantity(2.5)
                    .metadata("workflow_id", "646")
                    .metadata("is_gitlab_team_member", "by the caller")
                    .track();

            TrackerPayload event = onlyEvent(client);
            assertThat(event.parameters())
                    .containsEntry("e", "se")
                    .containsEntry("p", "srv")
                    .containsEntry("aid", "gitlab_ai_gateway-billing")
                    .containsEntry("tna", "gl")
                    .containsEntry("se_ca", "CodeSuggestions")
                    .containsEntry("se_ac", "code_completions")
                    .doesNotContainKeys("se_la", "se_pr", "se_va");
            List<SelfDescribingJson> contexts = event.contexts().list();
            assertThat(contexts).hasSize(1);
            assertThat(contexts.get(0).schema()).hasToString("iglu:com.gitlab/billable_usage/jsonschema/1-0-3");
            Map<String, Object> usage = new LinkedHashMap<>(usage(event));
            String id = String.valueOf(usage.remove("event_id"));
            String timestamp = String.valueOf(usage.remove("timestamp"));
            Map<String, Object> metadata = Map.of("workflow_id", "646", "is_gitlab_team_member", true);
            assertThat(usage)
                    .isEqualTo(Map.ofEntries(
                            Map.entry("event_type", "code_completions"),
                            Map.entry("unit_of_measure", "request"),
                            Map.entry("quantity", 2.5),
                            Map.entry("realm", "SaaS"),
                            Map.entry("subject", "42"),
                            Map.entry("subject_type", "human"),
                            Map.entry("global_user_id", "global"),
                            Map.entry("instance_id", "instance"),
                            Map.entry("unique_instance_id", "unique"),
                            Map.entry("instance_version", "18.2.0"),
                            Map.entry("host_name", "gitlab.com"),
                            Map.entry("project_id", 1L),
                            Map.entry("namespace_id", 2L),
                            Map.entry("root_namespace_id", 3L),
                            Map.entry("organization_id", 4L),
                            Map.entry("deployment_type", ".com"),
                            Map.entry("correlation_id", "01J"),
                            Map.entry("assignments", List.of("duo_pro")),
                            Map.entry("metadata", metadata)));
            assertThat(UUID.fromString(id).version()).isEqualTo(4);
            assertThat(event.parameters()).containsEntry("eid", id);
            assertThat(Instant.parse(timestamp)).isBetween(Instant.now().minusSeconds(60), Instant.now());

            assertThat(twins()).singleElement().satisfies(twin -> {
                assertThat(twin.parameters())
                        .containsEntry("se_ac", "usage_billing_event")
                        .containsEntry("se_ca", "CodeSuggestions")
                        .containsEntry("se_la", id)
                        .containsEntry("se_pr", "code_completions");
                Map<String, Object> standard = usage(twin);
                assertThat(standard).containsEntry("realm", "saas").doesNotContainKey("user_id");
                assertThat(standard.get("extra")).isEqualTo(Map.of("metadata", metadata));
            });
            assertThat(request.trackedEvents()).containsExactly("usage_billing_event");
        }
    }

    @Test
    void what_is_not_given_has_its_default_and_what_is_unknown_is_left_out() {
        EventContext bare = EventContext.builder()
                .realm("self-managed")
                .instanceId("")
                .featureEnablementType("")
                .build();
        try (BillingEventsClient client = client().build();
                Scope ignored = bare.makeCurrent()) {
            client.trackBillingEvent("ai_gateway_proxy_use", null);

            TrackerPayload event = onlyEvent(client);
            assertThat(event.parameters()).containsEntry("se_ca", "default_category");
            assertThat(usage(event))
                    .containsOnlyKeys(
                            "event_id", "event_type", "unit_of_measure", "quantity", "realm", "timestamp", "metadata")
                    .containsEntry("unit_of_measure", "tokens")
                    .containsEntry("quantity", 1.0)
                    .containsEntry("realm", "SM")
                    .containsEntry("metadata", Map.of("is_gitlab_team_member", false));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "saas, SaaS",
        "SaaS, SaaS",
        "self-managed, SM",
        "SM, SM",
        "Self-Managed, SM",
        "dedicated, Dedicated",
        "Dedicated, Dedicated"
    })
    void realms_of_headers_and_claims_are_named_as_billing_names_them(String given, String billed) {
        EventContext byHeader = new EventContextFactory("production", "test")
                .fromHeaders(name -> "X-Gitlab-Realm".equalsIgnoreCase(name) ? given : null, null);
        try (BillingEventsClient client = client().build()) {
            byHeader.wrap(() -> client.trackBillingEvent("a", "c")).run();
            client.billingEvent("a")
                    .claims(VerifiedClaims.of(Map.of("gitlab_realm", given)))
                    .track();

            assertThat(client.flush(LONG)).isTrue();
            assertThat(sink.taken())
                    .hasSize(2)
                    .allSatisfy(event -> assertThat(usage(event)).containsEntry("realm", billed));
            assertThat(twins()).hasSize(2);
        }
    }

    @Test
    void claims_of_the_event_go_over_those_of_the_request() {
        RequestTracking request = new RequestTracking(REQUEST, new VerifiedClaims("saas", 3L, "unique", true));
        try (BillingEventsClient client = client().build();
                Scope ignored = request.makeCurrent()) {
            client.billingEvent("a")
                    .claims(new VerifiedClaims("dedicated", null, "other", false))
                    .track();

            assertThat(usage(onlyEvent(client)))
                    .containsEntry("realm", "Dedicated")
                    .containsEntry("unique_instance_id", "other")
                    .containsEntry("host_name", "gitlab.com")
                    .containsEntry("metadata", Map.of("is_gitlab_team_member", false));
            assertThat(usage(twins().get(0)))
                    .containsEntry("realm", "dedicated")
                    .containsEntry("unique_instance_id", "other");
        }
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {0, -0.0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 2_147_483_648.0})
    void a_quantity_that_cannot_be_billed_is_logged_and_counted_and_has_no_twin(double quantity) {
        assertRefused("quantity", client -> client.trackBillingEvent("a", "c", "request", quantity));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.MIN_VALUE, 0.1, 1e-9, 2_147_483_647})
    void the_smallest_and_the_largest_quantity_are_billed(double quantity) {
        try (BillingEventsClient client = client().build()) {
            REQUEST.wrap(() -> client.trackBillingEvent("a", "c", "request", quantity))
                    .run();
            assertThat(((Number) usage(onlyEvent(client)).get("quantity")).doubleValue())
                    .isEqualTo(quantity);
        }
    }

    @Test
    void an_event_that_the_schema_would_not_take_is_logged_and_counted_and_has_no_twin() {
        assertRefused("name", client -> client.trackBillingEvent(null, "c"));
        assertRefused("name", client -> client.trackBillingEvent(" ", "c"));
        assertRefused("name", client -> client.trackBillingEvent("n".repeat(256), "c"));
        assertRefused("unit", client -> client.trackBillingEvent("a", "c", " ", 1));
        assertRefused("unit", client -> client.trackBillingEvent("a", "c", "u".repeat(256), 1));
        assertRefused(
                "realm",
                client -> client.billingEvent("a")
                        .claims(new VerifiedClaims("moon", null, null, false))
                        .track());
        assertRefused(
                "realm",
                client -> client.billingEvent("a")
                        .claims(new VerifiedClaims(null, null, null, false))
                        .track());
    }

    @Test
    void without_a_realm_the_warning_names_the_default_context_which_bills_outside_of_a_request() {
        try (BillingEventsClient client = client().build();
                CapturedLog log = CapturedLog.of(Emitter.class)) {
            client.trackBillingEvent("a", "c", "request", 1);
            assertThat(client.stats().droppedByReason()).containsEntry(DropReason.NOT_BILLABLE, 1L);
            assertThat(log.lines()).singleElement().asString().contains("outside of a request", "defaultContext");
        }
        EventContext nightly = EventContext.builder().realm("saas").build();
        try (BillingEventsClient client = client().defaultContext(nightly).build()) {
            client.trackBillingEvent("a", "c", "request", 1);
            assertThat(usage(onlyEvent(client))).containsEntry("realm", "SaaS");
        }
    }

    private interface Call {
        void on(BillingEventsClient client);
    }

    private void assertRefused(String about, Call call) {
        try (BillingEventsClient client = client().build();
                CapturedLog log = CapturedLog.of(Emitter.class);
                Scope ignored = REQUEST.makeCurrent()) {
            call.on(client);
            call.on(client);
            assertThat(client.flush(LONG)).isTrue();

            assertThat(client.stats().dropped()).isEqualTo(2);
            assertThat(client.stats().droppedByReason()).containsEntry(DropReason.NOT_BILLABLE, 2L);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN 1 billing event(s) not delivered: it cannot be billed (")
                    .contains(about);
        }
        assertThat(sink.taken()).isEmpty();
        assertThat(twins()).isEmpty();
    }

    @Test
    void outside_of_a_request_the_default_context_counts() {
        try (BillingEventsClient client = client().defaultContext(REQUEST).build()) {
            client.trackBillingEvent("a", "c");
            assertThat(usage(onlyEvent(client))).containsEntry("host_name", "gitlab.com");
        }
    }

    @Test
    void an_idempotency_key_always_makes_the_same_id() {
        try (BillingEventsClient client = client().build();
                Scope ignored = REQUEST.makeCurrent()) {
            client.billingEvent("a").idempotencyKey("python").track();
            client.billingEvent("a").idempotencyKey("python").track();
            client.billingEvent("a").idempotencyKey("other").track();
            client.billingEvent("a").idempotencyKey(" ").track();
            client.billingEvent("a").idempotencyKey(" ").track();
            // Unpaired surrogates, which UTF-8 cannot encode, and the bytes written in their place.
            client.billingEvent("a").idempotencyKey("k\ud800").track();
            client.billingEvent("a").idempotencyKey("k\ud801").track();
            client.billingEvent("a").idempotencyKey("k?").track();
            client.billingEvent("a").idempotencyKey("k\ud800\udc00").track();
            assertThat(client.flush(LONG)).isTrue();

            List<Object> ids = sink.taken().stream()
                    .map(event -> usage(event).get("event_id"))
                    .toList();
            // The result of uuid.uuid5(uuid.NAMESPACE_OID, "python") in Python.
            assertThat(ids.subList(0, 2)).containsOnly("c95db510-e2ee-5a00-bded-20bbcb50c492");
            assertThat(ids.stream().distinct()).hasSize(8);
            assertThat(twins().stream().map(twin -> twin.get("se_la")).toList()).isEqualTo(ids);
        }
    }

    @Test
    void metadata_that_does_not_fit_is_left_out_by_key_and_the_event_is_billed() {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("first", "x".repeat(20_000));
        given.put("too_large", "y".repeat(20_000));
        given.put("far_too_large", "z".repeat(5_000_000));
        given.put("nothing", null);
        given.put("llm_operations", List.of(Map.of("token_count", 7, "model_id", "m")));
        try (BillingEventsClient client = client().build();
                CapturedLog log = CapturedLog.of(BillingEventsClient.class);
                Scope ignored = REQUEST.makeCurrent()) {
            client.trackBillingEvent("a", "c", "request", 1, given);

            Map<String, Object> sent =
                    (Map<String, Object>) usage(onlyEvent(client)).get("metadata");
            assertThat(sent).containsOnlyKeys("first", "llm_operations", "is_gitlab_team_member");
            assertThat(client.cutValues()).containsExactly(Map.entry("metadata", 1L));
            assertThat(log.lines()).singleElement().asString().startsWith("WARN metadata of a billing event is longer");
            assertThat(((Map<String, Object>) usage(twins().get(0)).get("extra")).get("metadata"))
                    .isEqualTo(sent);
        }
    }

    @Test
    void metadata_whose_code_fails_does_not_cost_the_event() {
        Map<String, Object> broken = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public Set<Map.Entry<String, Object>> entrySet() {
                return entries(i -> {
                    if (i > 0) {
                        throw new IllegalStateException("broken");
                    }
                    return Map.entry("read", 1);
                });
            }
        };
        Object text = new Object() {
            @Override
            public String toString() {
                throw new StackOverflowError();
            }
        };
        try (BillingEventsClient client = client().build();
                Scope ignored = REQUEST.makeCurrent()) {
            client.billingEvent("a").metadata(broken).metadata("text", text).track();

            assertThat((Map<String, Object>) usage(onlyEvent(client)).get("metadata"))
                    .containsEntry("read", 1L);
            assertThat(client.cutValues()).containsEntry("metadata", 1L);
        }
    }

    /** A map whose iteration never ends, and whose size is negative. */
    private static Map<String, Object> endless(AtomicLong read, Function<Integer, Object> value) {
        return new AbstractMap<>() {
            @Override
            public Set<Map.Entry<String, Object>> entrySet() {
                return entries(i -> {
                    read.incrementAndGet();
                    return Map.entry("k" + i, value.apply(i));
                });
            }
        };
    }

    private static Set<Map.Entry<String, Object>> entries(IntFunction<Map.Entry<String, Object>> entry) {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return -1;
            }

            @Override
            public Iterator<Map.Entry<String, Object>> iterator() {
                return IntStream.iterate(0, i -> i + 1).mapToObj(entry).iterator();
            }
        };
    }

    @Test
    void metadata_without_an_end_is_read_up_to_a_limit() {
        List<Integer> numbers = Collections.nCopies(9_000, 1);
        Object[] values = {1, "", "x".repeat(30_000), numbers, List.of(), Map.of()};
        try (BillingEventsClient client = client().build();
                Scope ignored = REQUEST.makeCurrent()) {
            for (Object value : values) {
                AtomicLong read = new AtomicLong();
                client.trackBillingEvent("a", "c", "request", 1, endless(read, i -> value));
                assertThat(read.get()).isLessThan(100_000);
            }
            AtomicLong nested = new AtomicLong();
            client.billingEvent("a").metadata("m", endless(nested, i -> 1)).track();
            assertThat(nested.get()).isLessThan(100_000);

            assertThat(client.flush(LONG)).isTrue();
            assertThat(sink.taken()).hasSize(values.length + 1).allSatisfy(event -> {
                Map<String, Object> sent = (Map<String, Object>) usage(event).get("metadata");
                assertThat(JsonWriter.size(sent, Long.MAX_VALUE)).isLessThan(33_000);
            });
            assertThat(client.cutValues()).containsEntry("metadata", values.length + 1L);
            assertThat(twins()).hasSize(values.length + 1);
        }
    }

    @Test
    void a_builder_keeps_no_more_metadata_than_is_sent() {
        AtomicLong copied = new AtomicLong();
        Object counted = new Object() {
            @Override
            public String toString() {
                copied.incrementAndGet();
                return "counted";
            }
        };
        try (BillingEventsClient client = client().build();
                Scope ignored = REQUEST.makeCurrent()) {
            BillingEvent.Builder event = client.billingEvent("a");
            for (int i = 0; i < 20; i++) {
                event.metadata("k" + i, "x".repeat(8_000));
            }
            event.metadata("k0", null).metadata("after", counted);
            event.track();

            assertThat((Map<String, Object>) usage(onlyEvent(client)).get("metadata"))
                    .containsOnlyKeys("k1", "k2", "k3", "after", "is_gitlab_team_member");
            assertThat(copied).hasValue(1);
        }
    }

    @Test
    void a_key_may_be_set_again_when_the_metadata_is_full() {
        Map<String, Object> full = new LinkedHashMap<>();
        for (int i = 0; i < 4_000; i++) {
            full.put("k" + i, 1);
        }
        try (BillingEventsClient client = client().build();
                Scope ignored = REQUEST.makeCurrent()) {
            BillingEvent.Builder event = client.billingEvent("a").metadata(full);
            full.replaceAll((key, value) -> 2);
            event.metadata(full).metadata("k0", 3).track();

            Map<String, Object> sent = new LinkedHashMap<>(
                    (Map<String, Object>) usage(onlyEvent(client)).get("metadata"));
            assertThat(sent.remove("is_gitlab_team_member")).isEqualTo(false);
            assertThat(sent.remove("k0")).isEqualTo(3L);
            assertThat(sent.values()).isNotEmpty().containsOnly(2L);
        }
    }

    @Test
    void the_twin_has_the_same_metadata_however_many_values_it_has() {
        List<Integer> most = Collections.nCopies(Metadata.MAX_VALUES - 2, 1);
        try (BillingEventsClient client = client().build();
                Scope ignored = REQUEST.makeCurrent()) {
            client.billingEvent("a")
                    .metadata("most", most)
                    .metadata("last", 1)
                    .metadata("beyond", 1)
                    .track();
            client.billingEvent("b")
                    .metadata("m", Collections.nCopies(9_000, 1))
                    .metadata("n", Collections.nCopies(5_000, 1))
                    .track();
            client.billingEvent("c")
                    .metadata("m", Collections.nCopies(Metadata.MAX_VALUES, 1))
                    .track();
            assertThat(client.flush(LONG)).isTrue();
            List<Map<String, Object>> sent = sink.taken().stream()
                    .map(event -> (Map<String, Object>) usage(event).get("metadata"))
                    .toList();

            assertThat(sent.get(0)).containsOnlyKeys("most", "last", "is_gitlab_team_member");
            assertThat(sent.get(1)).containsOnlyKeys("m", "is_gitlab_team_member");
            assertThat(sent.get(2)).containsOnlyKeys("is_gitlab_team_member");
            assertThat(twins().stream()
                            .map(twin -> ((Map<String, Object>) usage(twin).get("extra")).get("metadata"))
                            .toList())
                    .isEqualTo(sent);
        }
    }

    @Test
    void the_twin_has_the_context_that_was_billed() {
        EventContext headers = new EventContextFactory("production", null)
                .fromHeaders(Map.of("X-Gitlab-Realm", "saas", "X-Gitlab-Root-Namespace-Id", "7")::get, null);
        try (BillingEventsClient client = client().defaultContext(REQUEST).build()) {
            client.trackBillingEvent("outside", "c");
            RequestTracking request = new RequestTracking(headers);
            request.verified(new VerifiedClaims("saas", 42L, "A", false));
            try (Scope ignored = request.makeCurrent()) {
                client.billingEvent("others")
                        .claims(new VerifiedClaims("self-managed", null, null, false))
                        .track();
                client.trackBillingEvent("its_own", "c");
            }
            assertThat(client.flush(LONG)).isTrue();

            assertBilled(0, "SaaS", 3L, "unique");
            assertBilled(1, "SM", 7L, null);
            assertBilled(2, "SaaS", 42L, "A");
            assertThat(request.trackedEvents()).containsExactly("usage_billing_event");
        }
    }

    private void assertBilled(int index, String realm, long root, @Nullable String uniqueInstance) {
        Map<String, Object> usage = usage(sink.taken().get(index));
        assertThat(usage).containsEntry("realm", realm).containsEntry("root_namespace_id", root);
        assertThat(usage.get("unique_instance_id")).isEqualTo(uniqueInstance);
        Map<String, Object> twin = usage(twins().get(index));
        assertThat(twin)
                .containsEntry("realm", realm.equals("SM") ? "self-managed" : "saas")
                .containsEntry("ultimate_parent_namespace_id", root);
        assertThat(twin.get("unique_instance_id")).isEqualTo(uniqueInstance);
        assertThat(twin.get("host_name")).isEqualTo(usage.get("host_name"));
    }

    @Test
    void an_empty_category_is_the_default_one() {
        try (BillingEventsClient client = client().build();
                Scope ignored = REQUEST.makeCurrent()) {
            client.billingEvent("a").category("").track();
            internalEvents.event("b").category("").track();

            assertThat(onlyEvent(client).get("se_ca")).isEqualTo("default_category");
            assertThat(twins())
                    .hasSize(2)
                    .allSatisfy(event -> assertThat(event.get("se_ca")).isEqualTo("default_category"));
        }
    }

    @Test
    void a_twin_that_is_refused_costs_neither_the_billing_event_nor_the_caller() {
        try (InternalEventsClient refusing = InternalEventsClient.builder()
                        .endpoint(internalSink.url())
                        .interceptor(event -> {
                            throw new RefusedEventException("no definition");
                        })
                        .build();
                BillingEventsClient client = client().internalEvents(refusing).build();
                CapturedLog log = CapturedLog.of(BillingEventsClient.class);
                Scope ignored = REQUEST.makeCurrent()) {
            client.trackBillingEvent("a", "c");

            assertThat(usage(onlyEvent(client))).containsEntry("event_type", "a");
            assertThat(log.lines()).singleElement().asString().contains("usage_billing_event", "no definition");
        }
    }

    @Test
    void a_closed_client_tracks_no_twin() {
        BillingEventsClient client = client().build();
        client.close();
        REQUEST.wrap(() -> client.trackBillingEvent("a", "c")).run();

        assertThat(client.stats().droppedByReason()).containsEntry(DropReason.CLOSED, 1L);
        assertThat(twins()).isEmpty();
    }

    @Test
    void a_disabled_client_does_nothing() {
        try (BillingEventsClient client = BillingEventsClient.builder()
                        .enabled(false)
                        .internalEvents(internalEvents)
                        .build();
                Scope ignored = REQUEST.makeCurrent()) {
            client.trackBillingEvent("a", "c", "request", 0, Collections.singletonMap("a", null));
            client.billingEvent(null).category((Class<?>) null).metadata(null).track();

            assertThat(client.isEnabled()).isFalse();
            assertThat(client.endpoint()).isNull();
            assertThat(client.stats().tracked()).isZero();
            assertThat(client.flush(Duration.ZERO)).isTrue();
        }
        assertThat(twins()).isEmpty();
    }

    @Test
    void without_delivery_events_are_checked_and_have_twins() {
        try (BillingEventsClient client = BillingEventsClient.builder()
                        .delivery(false)
                        .internalEvents(internalEvents)
                        .build();
                Scope ignored = REQUEST.makeCurrent()) {
            client.trackBillingEvent("a", "c");
            client.trackBillingEvent("b", "c", "request", 0);
        }
        assertThat(twins().stream().map(twin -> twin.get("se_pr"))).containsExactly("a");
    }

    @Test
    void a_client_without_a_usable_outbox_is_not_made() throws Exception {
        assertThatThrownBy(
                        () -> BillingEventsClient.builder().endpoint(sink.url()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("outbox: none is set")
                .hasMessageContaining("money");
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> client().outbox(file).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString());
        try (BillingEventsClient ignored = client().build()) {
            assertThatThrownBy(() -> client().build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(folder.resolve("outbox").toString());
        }
    }

    @Test
    void threads_that_bill_at_once_bill_each_event_once() throws Exception {
        int threads = 4;
        int each = 250;
        try (BillingEventsClient client = client().threadCount(2).build()) {
            List<Thread> all = IntStream.range(0, threads)
                    .mapToObj(t -> new Thread(REQUEST.wrap(() -> IntStream.range(0, each)
                            .forEach(i -> client.billingEvent("a")
                                    .idempotencyKey(t + "-" + i)
                                    .track()))))
                    .toList();
            all.forEach(Thread::start);
            for (Thread thread : all) {
                thread.join();
            }
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(threads * each);
        }
        assertThat(ids(sink.taken())).hasSize(threads * each);
        assertThat(twins().stream()
                        .map(twin -> (@Nullable Object) twin.get("se_la"))
                        .collect(Collectors.toSet()))
                .isEqualTo(ids(sink.taken()));
    }

    private static java.util.Set<@Nullable Object> ids(List<TrackerPayload> events) {
        return events.stream()
                .map(event -> (@Nullable Object) usage(event).get("event_id"))
                .collect(Collectors.toSet());
    }
}
