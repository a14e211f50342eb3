package dev.internalevents.client;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.StructuredEvent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The AI data of an event: session, flow, agent, model and tokens, sent as the context {@code ai_context} beside
 * {@code gitlab_standard}. Immutable; fields that are not set are not sent.
 *
 * <pre>{@code
 * internalEvents.event("token_usage_complete_code")
 *         .aiContext(AiContext.builder().workflowId("646").flowType("chat").inputTokens(120).build())
 *         .track();
 * }</pre>
 */
public final class AiContext {

    /** The schema sent if no field needs {@link #NEWER_SCHEMA}. */
    public static final SchemaKey SCHEMA = SchemaKey.of("com.gitlab", "ai_context", "1-0-1");

    /**
     * The schema sent if {@code flow_name}, {@code component_name}, {@code item_type}, {@code item_version},
     * {@code item_schema_version} or {@code custom_item_id} is set.
     */
    public static final SchemaKey NEWER_SCHEMA = SchemaKey.of("com.gitlab", "ai_context", "1-0-2");

    /** The fields that {@link DerivedAiContext} takes from the properties; all are numbers. */
    static final List<String> CACHE_FIELDS =
            List.of("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens", "cache_read", "cache_creation");

    private static final String SESSION_ID = "session_id";
    private static final Set<String> NEWER_FIELDS =
            Set.of("flow_name", "component_name", "item_type", "item_version", "item_schema_version", "custom_item_id");

    /** Ids are left out if they are too long, because a truncated id would be a different id. */
    private static final Set<String> IDS = Set.of(SESSION_ID, "workflow_id");

    private static final Set<String> NUMBERS = Set.of(
            "input_tokens",
            "output_tokens",
            "total_tokens",
            "ephemeral_5m_input_tokens",
            "ephemeral_1h_input_tokens",
            "cache_read",
            "cache_creation",
            "custom_item_id");

    private static final int MAX_ID = 255;
    private static final int MAX_TEXT = 64;

    /** Every field, in the order of the schema. */
    static final List<String> FIELDS = List.of(
            SESSION_ID,
            "workflow_id",
            "flow_type",
            "flow_name",
            "component_name",
            "agent_name",
            "agent_type",
            "item_type",
            "item_version",
            "item_schema_version",
            "custom_item_id",
            "input_tokens",
            "output_tokens",
            "total_tokens",
            "ephemeral_5m_input_tokens",
            "ephemeral_1h_input_tokens",
            "cache_read",
            "cache_creation",
            "model_engine",
            "model_name",
            "model_provider",
            "flow_version",
            "flow_registry_version");

    private final Map<String, Object> fields;

    private AiContext(Builder builder) {
        this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(builder.fields));
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts with this context's fields. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.fields.putAll(fields);
        return builder;
    }

    /** Returns the fields that are set, by their names in the schema: texts and {@code Long}s. */
    public Map<String, Object> fields() {
        return fields;
    }

    /** Returns the context as it is sent. */
    public SelfDescribingJson toSelfDescribingJson() {
        return new SelfDescribingJson(isNewer() ? NEWER_SCHEMA : SCHEMA, fields);
    }

    private boolean isNewer() {
        return !Collections.disjoint(fields.keySet(), NEWER_FIELDS);
    }

    /** Returns this context with {@code value} as its session, unless it has a session or {@code value} is null. */
    AiContext withSession(@Nullable Number value) {
        return value == null || fields.containsKey(SESSION_ID)
                ? this
                : toBuilder().sessionId(StructuredEvent.decimal(value)).build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AiContext context && fields.equals(context.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /** Returns the names of the fields that are set, without their values. */
    @Override
    public String toString() {
        return "AiContext" + fields.keySet();
    }

    /**
     * Collects the fields; each can be set again, and null removes it. No method throws. Not safe for use by several
     * threads.
     *
     * <p>Values are kept within the schema, because a value outside it makes the event bad. {@code session_id} and
     * {@code workflow_id} of more than 255 characters are left out; other texts are cut to 64. Numbers that are not
     * whole numbers from 0 to 2,147,483,647 are left out. Each case is counted in
     * {@link InternalEventsClient#cutValues()}, for example as {@code ai_context.flow_type}.
     */
    public static final class Builder {

        private final Map<String, Object> fields = new LinkedHashMap<>();

        private Builder() {}

        /** The session on the instance. Default: the event's value. */
        public Builder sessionId(@Nullable String sessionId) {
            return put(SESSION_ID, sessionId);
        }

        /** The session on the instance, sent as decimal digits. */
        public Builder sessionId(long sessionId) {
            return put(SESSION_ID, Long.toString(sessionId));
        }

        /** The session, unique across instances. */
        public Builder workflowId(@Nullable String workflowId) {
            return put("workflow_id", workflowId);
        }

        /** The kind of flow, for example {@code chat} or {@code software_development}. */
        public Builder flowType(@Nullable String flowType) {
            return put("flow_type", flowType);
        }

        /** The flow's name in its registry; sent with {@link #NEWER_SCHEMA}. */
        public Builder flowName(@Nullable String flowName) {
            return put("flow_name", flowName);
        }

        /** The version of the flow. */
        public Builder flowVersion(@Nullable String flowVersion) {
            return put("flow_version", flowVersion);
        }

        /** The version of the registry that the flow comes from. */
        public Builder flowRegistryVersion(@Nullable String flowRegistryVersion) {
            return put("flow_registry_version", flowRegistryVersion);
        }

        /** The component of the flow; sent with {@link #NEWER_SCHEMA}. */
        public Builder componentName(@Nullable String componentName) {
            return put("component_name", componentName);
        }

        /** The agent that runs within the flow. */
        public Builder agentName(@Nullable String agentName) {
            return put("agent_name", agentName);
        }

        /** The kind of agent, for example {@code foundational} or {@code custom}. */
        public Builder agentType(@Nullable String agentType) {
            return put("agent_type", agentType);
        }

        /** The kind of catalog item; sent with {@link #NEWER_SCHEMA}. */
        public Builder itemType(@Nullable String itemType) {
            return put("item_type", itemType);
        }

        /** The version of the catalog item; sent with {@link #NEWER_SCHEMA}. */
        public Builder itemVersion(@Nullable String itemVersion) {
            return put("item_version", itemVersion);
        }

        /** The version of the catalog item's schema; sent with {@link #NEWER_SCHEMA}. */
        public Builder itemSchemaVersion(@Nullable String itemSchemaVersion) {
            return put("item_schema_version", itemSchemaVersion);
        }

        /** The id of the user's own catalog item; sent with {@link #NEWER_SCHEMA}. */
        public Builder customItemId(@Nullable Number customItemId) {
            return put("custom_item_id", customItemId);
        }

        /** Tokens that went into the model. */
        public Builder inputTokens(@Nullable Number inputTokens) {
            return put("input_tokens", inputTokens);
        }

        /** Tokens that came out of the model. */
        public Builder outputTokens(@Nullable Number outputTokens) {
            return put("output_tokens", outputTokens);
        }

        /** Total tokens. */
        public Builder totalTokens(@Nullable Number totalTokens) {
            return put("total_tokens", totalTokens);
        }

        /** Input tokens written to a cache for five minutes. */
        public Builder ephemeral5mInputTokens(@Nullable Number ephemeral5mInputTokens) {
            return put("ephemeral_5m_input_tokens", ephemeral5mInputTokens);
        }

        /** Input tokens written to a cache for an hour. */
        public Builder ephemeral1hInputTokens(@Nullable Number ephemeral1hInputTokens) {
            return put("ephemeral_1h_input_tokens", ephemeral1hInputTokens);
        }

        /** Tokens read from a cache. */
        public Builder cacheRead(@Nullable Number cacheRead) {
            return put("cache_read", cacheRead);
        }

        /** Tokens written to a cache. */
        public Builder cacheCreation(@Nullable Number cacheCreation) {
            return put("cache_creation", cacheCreation);
        }

        /** The engine of the model. */
        public Builder modelEngine(@Nullable String modelEngine) {
            return put("model_engine", modelEngine);
        }

        /** The model. */
        public Builder modelName(@Nullable String modelName) {
            return put("model_name", modelName);
        }

        /** The provider of the model. */
        public Builder modelProvider(@Nullable String modelProvider) {
            return put("model_provider", modelProvider);
        }

        /**
         * Sets any field.
         *
         * @param value a text or a number; for a text field, a number is sent as its digits. Any other value removes
         *     the field
         */
        Builder put(String field, @Nullable Object value) {
            Object fitting = fitting(field, value);
            if (fitting == null) {
                fields.remove(field);
            } else {
                fields.put(field, fitting);
            }
            return this;
        }

        private static @Nullable Object fitting(String field, @Nullable Object value) {
            if (NUMBERS.contains(field)) {
                return value instanceof Number number
                        ? ContextLimits.number("ai_context." + field, WholeNumber.inLong(number))
                        : null;
            }
            String text = value instanceof Number number
                    ? StructuredEvent.decimal(number)
                    : value instanceof String is ? is : null;
            return IDS.contains(field)
                    ? ContextLimits.id("ai_context." + field, text, MAX_ID)
                    : ContextLimits.text("ai_context." + field, text, MAX_TEXT);
        }

        /** Returns the context; the builder can be used further. */
        public AiContext build() {
            return new AiContext(this);
        }
    }
}
