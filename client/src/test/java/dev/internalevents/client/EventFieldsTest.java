package dev.internalevents.client;

import static dev.internalevents.client.TestClients.flush;
import static dev.internalevents.client.TestClients.sendingTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.testkit.FakeCollector;
import java.lang.constant.Constable;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Fields that one event sets over the context of its request: every field of gitlab_standard, and its category. */
class EventFieldsTest {

    private static final EventContext REQUEST = EventContext.builder()
            .realm("saas")
            .modelName("the request's")
            .inputTokens(1L)
            .organizationId(3L)
            .build();

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    private static Map<?, ?> standard(TrackerPayload event) {
        return event.contexts().list().stream()
                .filter(context -> context.schema().isSameSchemaAs(EventContext.SCHEMA))
                .map(context -> (Map<?, ?>) context.data())
                .findFirst()
                .orElseThrow();
    }

    /** Sets every field of the context that has no separate test. */
    private static EventBuilder all(EventBuilder event, boolean given) {
        return event.environment(given ? "staging" : null)
                .source(given ? "shop" : null)
                .realm(given ? "dedicated" : null)
                .instanceId(given ? "ea8b" : null)
                .uniqueInstanceId(given ? "uid" : null)
                .hostName(given ? "gitlab.example" : null)
                .instanceVersion(given ? "18.1.0" : null)
                .globalUserId(given ? "gu" : null)
                .userType(given ? "bot" : null)
                .gitlabTeamMember(given ? false : null)
                .featureEnablementType(given ? "duo_pro" : null)
                .ultimateParentNamespaceId(given ? 4 : null)
                .clientType(given ? "ide" : null)
                .clientName(given ? "vscode" : null)
                .clientVersion(given ? "1.2" : null)
                .clientInterface(given ? "duo_chat" : null)
                .organization(given ? 5L : null)
                .featureCategory(given ? "code_suggestions" : null)
                .deploymentType(given ? ".com" : null)
                .googleAnalyticsId(given ? "ga" : null)
                .inputTokens(given ? 100 : null)
                .outputTokens(given ? (short) 20 : null)
                .totalTokens(given ? new BigDecimal("120.0") : null)
                .modelEngine(given ? "anthropic" : null)
                .modelName(given ? "claude" : null)
                .modelProvider(given ? "vertex" : null)
                .contextGeneratedAt(given ? Instant.parse("2026-01-02T03:04:05Z") : null)
                .correlationId(given ? "01J" : null);
    }

    private static final Map<String, Object> ALL = Map.ofEntries(
            entry("environment", "staging"),
            entry("source", "shop"),
            entry("realm", "dedicated"),
            entry("instance_id", "ea8b"),
            entry("unique_instance_id", "uid"),
            entry("host_name", "gitlab.example"),
            entry("instance_version", "18.1.0"),
            entry("global_user_id", "gu"),
            entry("user_type", "bot"),
            entry("is_gitlab_team_member", false),
            entry("feature_enablement_type", "duo_pro"),
            entry("ultimate_parent_namespace_id", 4L),
            entry("client_type", "ide"),
            entry("client_name", "vscode"),
            entry("client_version", "1.2"),
            entry("interface", "duo_chat"),
            entry("organization_id", 5L),
            entry("feature_category", "code_suggestions"),
            entry("deployment_type", ".com"),
            entry("google_analytics_id", "ga"),
            entry("input_tokens", 100L),
            entry("output_tokens", 20L),
            entry("total_tokens", 120L),
            entry("model_engine", "anthropic"),
            entry("model_name", "claude"),
            entry("model_provider", "vertex"),
            entry("context_generated_at", "2026-01-02T03:04:05Z"),
            entry("correlation_id", "01J"));

    @Test
    void every_field_of_gitlab_standard_can_be_set_on_one_event() {
        List<EventDetails> told = new ArrayList<>();
        try (InternalEventsClient client = sendingTo(sink).listener(told::add).build();
                Scope scope = REQUEST.makeCurrent()) {
            all(client.event("with_fields"), true).track();
            client.trackEvent("without");
            flush(client);
        }
        assertThat(standard(sink.taken().get(0))).isEqualTo(ALL);
        // The request's context is unchanged, and listeners see what is sent.
        assertThat(standard(sink.taken().get(1)))
                .isEqualTo(REQUEST.toSelfDescribingJson(Map.of()).data());
        assertThat(told.get(0).context().modelName()).isEqualTo("claude");
        assertThat(told.get(0).delivery()).isTrue();
    }

    @Test
    void null_takes_a_field_back_to_the_requests() {
        try (InternalEventsClient client = sendingTo(sink).build();
                Scope scope = REQUEST.makeCurrent()) {
            all(client.event("never_set"), false).track();
            all(all(client.event("taken_back"), true), false).track();
            flush(client);
        }
        assertThat(sink.taken())
                .hasSize(2)
                .allSatisfy(event -> assertThat(standard(event))
                        .isEqualTo(REQUEST.toSelfDescribingJson(Map.of()).data()));
    }

    @Test
    void what_the_schema_refuses_is_left_out_and_the_requests_value_does_not_replace_it() {
        try (InternalEventsClient client = sendingTo(sink).build();
                Scope scope = REQUEST.makeCurrent()) {
            client.event("odd")
                    .realm("moon")
                    .inputTokens(-1)
                    .organization(1.5)
                    .modelName("m".repeat(65))
                    .track();
            flush(client);

            assertThat(client.cutValues()).containsKeys("realm", "input_tokens", "organization_id", "model_name");
        }
        assertThat(standard(sink.taken().get(0)))
                .isEqualTo(Map.of("environment", "production", "model_name", "m".repeat(61) + "..."));
    }

    @Test
    void a_disabled_client_takes_every_setter() {
        InternalEventsClient disabled = InternalEventsClient.disabled();
        all(disabled.event("e"), true)
                .aiContext(AiContext.builder().build())
                .delivery(false)
                .track();
        disabled.event("e").category("c".repeat(1_001)).track();
        disabled.trackEvent("e", 7);
        assertThat(disabled.stats().tracked()).isZero();
        assertThat(disabled.cutValues()).doesNotContainKey("category");
    }

    @Test
    void a_category_alone_is_a_text_a_class_or_an_enum_constant() {
        try (InternalEventsClient client = sendingTo(sink).batchSize(10).build()) {
            client.trackEvent("e", "checkout");
            client.trackEvent("e", EventFieldsTest.class);
            client.trackEvent("e", TimeUnit.DAYS);
            client.trackEvent("e", (Constable) null);
            client.trackEvent("e", 7);
            client.trackEvent("e", "c".repeat(1_001));
            flush(client);

            assertThat(client.cutValues()).containsEntry("category", 2L);
        }
        assertThat(sink.taken())
                .extracting(event -> event.get("se_ca"))
                .containsExactly(
                        "checkout",
                        EventFieldsTest.class.getName(),
                        "DAYS",
                        "default_category",
                        "default_category",
                        "c".repeat(997) + "...");
    }

    @Test
    void null_as_the_second_argument_still_means_no_additional_properties() {
        try (InternalEventsClient client = sendingTo(sink).build()) {
            client.trackEvent("e", null);
            client.trackEvent("e", null, null);
            client.trackEvent(null);
            flush(client);

            assertThat(client.stats().delivered()).isEqualTo(2);
        }
        assertThat(sink.taken())
                .extracting(event -> event.get("se_ca"))
                .containsExactly("default_category", "default_category");
        assertThat(AdditionalProperties.NONE.describeConstable()).isEmpty();
    }
}
