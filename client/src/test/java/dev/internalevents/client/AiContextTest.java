package dev.internalevents.client;

import static dev.internalevents.client.TestClients.flush;
import static dev.internalevents.client.TestClients.sendingTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.testkit.FakeCollector;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ai_context of an event: set by the call, or derived from the event. */
class AiContextTest {

    private static final SchemaKey ANY_VERSION = AiContext.SCHEMA;

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    private static List<SelfDescribingJson> ai(TrackerPayload event) {
        return event.contexts().list().stream()
                .filter(context -> context.schema().isSameSchemaAs(ANY_VERSION))
                .toList();
    }

    private static final EventContext REQUEST = EventContext.builder()
            .inputTokens(7L)
            .totalTokens(9L)
            .extra(Map.of("workflow_id", "of the request", "agent_name", "duo_chat"))
            .build();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void is_made_of_value_properties_and_context_as_the_gateway_does_it(boolean withOutbox) {
        InternalEventsClientBuilder builder = sendingTo(sink).aiContext(true);
        if (withOutbox) {
            builder.outbox(folder.resolve("outbox"));
        }
        try (InternalEventsClient client = builder.build();
                Scope scope = REQUEST.makeCurrent()) {
            client.event("token_usage_complete_code")
                    .value(12)
                    .put("workflow_id", 646)
                    .put("workflow_type", "software_development")
                    .put("cache_read", 0)
                    .put("cache_creation", 5)
                    .put("ephemeral_5m_input_tokens", 3)
                    .put("ephemeral_1h_input_tokens", "many")
                    .put("agent_type", "not of the gateway's")
                    .inputTokens(100)
                    .track();
            flush(client);
        }
        TrackerPayload event = sink.taken().get(0);
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("session_id", "12");
        expected.put("workflow_id", "646");
        expected.put("agent_name", "duo_chat");
        expected.put("flow_type", "software_development");
        expected.put("input_tokens", 100L);
        expected.put("total_tokens", 9L);
        expected.put("cache_read", 0L);
        expected.put("cache_creation", 5L);
        expected.put("ephemeral_5m_input_tokens", 3L);
        assertThat(ai(event)).containsExactly(new SelfDescribingJson(AiContext.SCHEMA, expected));
        // The values also remain in their original places.
        assertThat(event.contexts().list().get(0).schema()).isEqualTo(EventContext.SCHEMA);
        assertThat((Map<?, ?>) ((Map<?, ?>) event.contexts().list().get(0).data()).get("extra"))
                .extracting("workflow_id", "cache_creation")
                .containsExactly(646L, 5L);
    }

    @Test
    void of_an_event_that_says_nothing_is_empty_and_off_by_default_absent() {
        try (InternalEventsClient all = sendingTo(sink).aiContext(true).build();
                InternalEventsClient none = sendingTo(sink).build()) {
            all.trackEvent("e");
            flush(all);
            none.event("e").value(1).put("workflow_id", "w").track();
            flush(none);
        }
        assertThat(ai(sink.taken().get(0))).containsExactly(new SelfDescribingJson(AiContext.SCHEMA, Map.of()));
        assertThat(ai(sink.taken().get(1))).isEmpty();
    }

    @Test
    void an_event_that_is_about_ai_by_definition_has_one_with_every_field_of_its_properties() {
        try (InternalEventsClient client = sendingTo(sink)
                .interceptor(new TestCatalog(Set.of("duo_event"), Set.of()))
                .build()) {
            client.event("duo_event")
                    .put("session_id", "s")
                    .put("flow_type", "chat")
                    .put("model_name", "claude")
                    .put("item_type", "agent")
                    .put("input_tokens", 3)
                    .track();
            client.event("other").put("session_id", "s").track();
            client.event("duo_event").value(5).put("session_id", "s").track();
            flush(client);
        }
        assertThat(ai(sink.taken().get(0)))
                .containsExactly(new SelfDescribingJson(
                        AiContext.NEWER_SCHEMA,
                        Map.of(
                                "session_id", "s",
                                "flow_type", "chat",
                                "model_name", "claude",
                                "item_type", "agent",
                                "input_tokens", 3)));
        assertThat(ai(sink.taken().get(1))).isEmpty();
        assertThat(ai(sink.taken().get(2)))
                .containsExactly(new SelfDescribingJson(AiContext.SCHEMA, Map.of("session_id", "5")));
    }

    @Test
    void one_that_is_given_replaces_the_one_that_would_be_made() {
        AiContext given = AiContext.builder().flowName("f").outputTokens(2).build();
        AiContext withSession = AiContext.builder().sessionId("mine").build();
        SelfDescribingJson byHand =
                new SelfDescribingJson(SchemaKey.of("com.gitlab", "ai_context", "1-0-0"), Map.of("session_id", "h"));
        try (InternalEventsClient client = sendingTo(sink).aiContext(true).build();
                InternalEventsClient plain = sendingTo(sink).build()) {
            client.event("a").value(4).put("workflow_id", "w").aiContext(given).track();
            client.event("b").value(4).aiContext(withSession).track();
            client.event("c").value(4).context(byHand).track();
            client.event("d").value(4).aiContext(given).aiContext(null).track();
            flush(client);
            plain.event("e").value(4.5).aiContext(given).track();
            plain.event("f").aiContext(given).track();
            flush(plain);
        }
        assertThat(sink.taken())
                .extracting(AiContextTest::ai)
                .containsExactly(
                        List.of(new SelfDescribingJson(
                                AiContext.NEWER_SCHEMA,
                                Map.of("session_id", "4", "flow_name", "f", "output_tokens", 2))),
                        List.of(new SelfDescribingJson(AiContext.SCHEMA, Map.of("session_id", "mine"))),
                        List.of(byHand),
                        List.of(new SelfDescribingJson(AiContext.SCHEMA, Map.of("session_id", "4"))),
                        List.of(new SelfDescribingJson(
                                AiContext.NEWER_SCHEMA,
                                Map.of("session_id", "4.5", "flow_name", "f", "output_tokens", 2))),
                        List.of(given.toSelfDescribingJson()));
    }

    @Test
    void a_catalog_that_throws_counts_as_one_that_knows_nothing() {
        class Broken implements EventInterceptor, EventCatalog {
            @Override
            public AdditionalProperties intercept(EventDetails event) {
                return event.properties();
            }

            @Override
            public boolean isAboutAi(String eventName) {
                throw new IllegalStateException("a catalog's");
            }

            @Override
            public boolean feedsMetric(String eventName) {
                throw new StackOverflowError("a catalog's");
            }
        }
        try (InternalEventsClient client = sendingTo(sink)
                .interceptor(new Broken())
                .servicePingContext(true)
                .build()) {
            client.trackEvent("e");
            flush(client);
        }
        assertThat(sink.taken().get(0).contexts().list()).hasSize(1);
    }

    @Test
    void every_field_has_a_setter_that_null_takes_back() {
        AiContext all = all(AiContext.builder(), true).build();
        assertThat(all.fields().keySet()).containsExactlyInAnyOrderElementsOf(AiContext.FIELDS);
        assertThat(all.toSelfDescribingJson().schema()).isEqualTo(AiContext.NEWER_SCHEMA);
        assertThat(all.toBuilder().build()).isEqualTo(all).hasSameHashCodeAs(all);
        assertThat(all(all.toBuilder(), false).build().fields()).isEmpty();
        assertThat(all.toString()).contains("session_id").doesNotContain("secret");
    }

    private static AiContext.Builder all(AiContext.Builder builder, boolean given) {
        String text = given ? "secret" : null;
        Number number = given ? 1 : null;
        return builder.sessionId(text)
                .workflowId(text)
                .flowType(text)
                .flowName(text)
                .flowVersion(text)
                .flowRegistryVersion(text)
                .componentName(text)
                .agentName(text)
                .agentType(text)
                .itemType(text)
                .itemVersion(text)
                .itemSchemaVersion(text)
                .customItemId(number)
                .inputTokens(number)
                .outputTokens(number)
                .totalTokens(number)
                .ephemeral5mInputTokens(number)
                .ephemeral1hInputTokens(number)
                .cacheRead(number)
                .cacheCreation(number)
                .modelEngine(text)
                .modelName(text)
                .modelProvider(text);
    }

    @Test
    void values_stay_within_the_schema() {
        Map<String, Long> before = new TreeMap<>(ContextLimits.counts());
        AiContext context = AiContext.builder()
                .sessionId("s".repeat(256))
                .workflowId("w".repeat(255))
                .flowType("f".repeat(65))
                .inputTokens(-1)
                .outputTokens(1.5)
                .totalTokens(1L << 31)
                .cacheRead(Double.NaN)
                .cacheCreation(Integer.MAX_VALUE)
                .build();
        assertThat(context.fields())
                .isEqualTo(Map.of(
                        "workflow_id", "w".repeat(255), "flow_type", "f".repeat(61) + "...", "cache_creation", (long)
                                Integer.MAX_VALUE));
        for (String field : List.of("session_id", "flow_type", "input_tokens", "output_tokens", "total_tokens")) {
            String name = "ai_context." + field;
            assertThat(ContextLimits.counts().get(name)).isEqualTo(before.getOrDefault(name, 0L) + 1);
        }
    }

    @Test
    void a_thousand_events_with_random_fields_have_only_values_that_the_schema_allows() {
        try (InternalEventsClient client =
                sendingTo(sink).aiContext(true).batchSize(250).build()) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            for (int i = 0; i < 1_000; i++) {
                EventBuilder event = client.event("token_usage").value(random.nextDouble(-10, 1e12));
                for (String field :
                        List.of("workflow_id", "workflow_type", "agent_name", "cache_read", "cache_creation")) {
                    switch (random.nextInt(5)) {
                        case 0 -> event.put(field, random.nextLong());
                        case 1 -> event.put(field, "x".repeat(random.nextInt(300)));
                        case 2 -> event.put(field, List.of(random.nextInt()));
                        case 3 -> event.put(field, random.nextInt(1_000));
                        default -> event.put(field, random.nextBoolean());
                    }
                }
                event.track();
            }
            flush(client);
            assertThat(client.stats().delivered()).isEqualTo(1_000);
        }
        assertThat(sink.taken()).hasSize(1_000).allSatisfy(event -> {
            Map<?, ?> data = (Map<?, ?>) ai(event).get(0).data();
            assertThat(AiContext.FIELDS)
                    .containsAll(data.keySet().stream().map(String::valueOf).toList());
            data.forEach((field, value) -> {
                if (field.toString().startsWith("cache")) {
                    assertThat((Long) value).isBetween(0L, (long) Integer.MAX_VALUE);
                } else {
                    assertThat((String) value)
                            .hasSizeLessThanOrEqualTo(field.toString().endsWith("_id") ? 255 : 64);
                }
            });
        });
    }
}
