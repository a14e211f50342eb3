package dev.internalevents.benchmarks.harness;

import com.snowplowanalytics.snowplow.tracker.events.Structured;
import com.snowplowanalytics.snowplow.tracker.payload.SelfDescribingJson;
import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventContext;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The event that every benchmark sends, in the form of each library; about 1,220 bytes on the wire. */
public final class ReferenceEvent {

    public static final String ACTION = "request_awesome_feature";
    public static final String CATEGORY = "default_category";
    public static final String LABEL = "complete_code";
    public static final String PROPERTY = "p";
    public static final int VALUE = 1;
    public static final String MODEL_ENGINE = "anthropic";
    public static final int PREFIX_LENGTH = 1234;

    public static final String ENVIRONMENT = "production";
    public static final String SOURCE = "ai-gateway-java";
    public static final String REALM = "saas";
    public static final String INSTANCE_ID = "ea8bf810-1d6f-4a6a-b4fd-93e8cbd8b57f";
    public static final String HOST_NAME = "gitlab-webservice-web-58446c98b5-zprvd";
    public static final String INSTANCE_VERSION = "17.10.0";
    public static final String GLOBAL_USER_ID = "bc6mNHNbWhqJ2Ydd2pSDLyVTC0ZHTqDOTKbWWNYRTlM=";
    public static final String GENERATED_AT = "2026-11-01T12:00:00.123456Z";
    public static final List<Long> NAMESPACE_IDS = List.of(1L, 2L, 3L);
    public static final String CORRELATION_ID = "01JPHRC3K30KDDV165EWTCFJ02";

    private static final String STANDARD = "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8";

    private ReferenceEvent() {}

    /** Returns the context that a middleware creates once per request. */
    public static EventContext context() {
        return EventContext.builder()
                .environment(ENVIRONMENT)
                .source(SOURCE)
                .realm(REALM)
                .instanceId(INSTANCE_ID)
                .hostName(HOST_NAME)
                .instanceVersion(INSTANCE_VERSION)
                .globalUserId(GLOBAL_USER_ID)
                .contextGeneratedAt(Instant.parse(GENERATED_AT))
                .gitlabTeamMember(true)
                .featureEnabledByNamespaceIds(NAMESPACE_IDS)
                .correlationId(CORRELATION_ID)
                .build();
    }

    public static AdditionalProperties properties() {
        return AdditionalProperties.builder()
                .label(LABEL)
                .property(PROPERTY)
                .value(VALUE)
                .put("model_engine", MODEL_ENGINE)
                .put("prefix_length", PREFIX_LENGTH)
                .build();
    }

    /**
     * Returns the event for the Snowplow tracker. Its context contains both the event's data (extra) and the request's,
     * so it is built anew for each event.
     */
    public static Structured snowplow() {
        return Structured.builder()
                .category(CATEGORY)
                .action(ACTION)
                .label(LABEL)
                .property(PROPERTY)
                .value((double) VALUE)
                .customContext(List.of(new SelfDescribingJson(STANDARD, standardContext())))
                .build();
    }

    /** Returns the data of the event's {@code gitlab_standard} context. */
    public static Map<String, Object> standardContext() {
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("environment", ENVIRONMENT);
        context.put("source", SOURCE);
        context.put("realm", REALM);
        context.put("instance_id", INSTANCE_ID);
        context.put("host_name", HOST_NAME);
        context.put("instance_version", INSTANCE_VERSION);
        context.put("global_user_id", GLOBAL_USER_ID);
        context.put("context_generated_at", GENERATED_AT);
        context.put("is_gitlab_team_member", true);
        context.put("feature_enabled_by_namespace_ids", NAMESPACE_IDS);
        context.put("correlation_id", CORRELATION_ID);
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put("model_engine", MODEL_ENGINE);
        extra.put("prefix_length", PREFIX_LENGTH);
        context.put("extra", extra);
        return context;
    }
}
