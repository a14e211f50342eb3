package dev.internalevents.client.legacy;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The context of a Code Suggestions event, {@code code_suggestions_context 3-6-0}: 29 fields; default of
 * {@code suggestion_source}: {@value #DEFAULT_SUGGESTION_SOURCE}. Immutable; fields that are not set are not sent.
 *
 * @deprecated track an internal event instead, with additional properties for values that have no field of their own;
 *     see docs/migrating-from-snowplow-instrumentator.md
 */
@Deprecated
public final class SnowplowEventContext {

    /** The schema of the context. */
    public static final SchemaKey SCHEMA = SchemaKey.of("com.gitlab", "code_suggestions_context", "3-6-0");

    /** The default source of a suggestion: {@value}. */
    public static final String DEFAULT_SUGGESTION_SOURCE = "network";

    private static final Set<String> SOURCES = Set.of("cache", "network");

    private final Map<String, Object> fields;

    private SnowplowEventContext(Map<String, Object> fields) {
        this.fields = fields;
    }

    public static Builder builder() {
        return new Builder();
    }

    SelfDescribingJson toSelfDescribingJson() {
        return new SelfDescribingJson(SCHEMA, fields);
    }

    /** Returns the names of the fields that are set, without their values, which are personal data. */
    @Override
    public String toString() {
        return "SnowplowEventContext" + fields.keySet();
    }

    /**
     * Collects the fields; each can be set again, and null removes it. A text that is too long for the schema is cut;
     * an id that is too long and a value that the schema does not allow are left out. Each such field is logged once,
     * without the value. Not safe for use by several threads.
     */
    public static final class Builder {

        private final Map<String, Object> fields = new LinkedHashMap<>();

        private Builder() {
            suggestionSource(DEFAULT_SUGGESTION_SOURCE);
        }

        /**
         * Field {@code gitlab_realm}; the schema rejects an event whose realm is not {@code saas} or
         * {@code self-managed}.
         */
        public Builder gitlabRealm(@Nullable String gitlabRealm) {
            return set("gitlab_realm", gitlabRealm);
        }

        /** Field {@code gitlab_host_name}. */
        public Builder gitlabHostName(@Nullable String gitlabHostName) {
            return id("gitlab_host_name", gitlabHostName, 255);
        }

        /** Field {@code gitlab_instance_id}. */
        public Builder gitlabInstanceId(@Nullable String gitlabInstanceId) {
            return id("gitlab_instance_id", gitlabInstanceId, 255);
        }

        /** Field {@code gitlab_instance_version}. */
        public Builder gitlabInstanceVersion(@Nullable String gitlabInstanceVersion) {
            return text("gitlab_instance_version", gitlabInstanceVersion, 32);
        }

        /** Field {@code gitlab_global_user_id}. */
        public Builder gitlabGlobalUserId(@Nullable String gitlabGlobalUserId) {
            return id("gitlab_global_user_id", gitlabGlobalUserId, 64);
        }

        /** Field {@code gitlab_saas_duo_pro_namespace_ids}. */
        public Builder gitlabSaasDuoProNamespaceIds(@Nullable List<Long> gitlabSaasDuoProNamespaceIds) {
            return set(
                    "gitlab_saas_duo_pro_namespace_ids",
                    LegacyLimits.ids("gitlab_saas_duo_pro_namespace_ids", gitlabSaasDuoProNamespaceIds));
        }

        /** Field {@code language}. */
        public Builder language(@Nullable String language) {
            return text("language", language, 32);
        }

        /** Field {@code model_engine}. */
        public Builder modelEngine(@Nullable String modelEngine) {
            return text("model_engine", modelEngine, 64);
        }

        /** Field {@code model_name}. */
        public Builder modelName(@Nullable String modelName) {
            return text("model_name", modelName, 64);
        }

        /** Field {@code prefix_length}. */
        public Builder prefixLength(@Nullable Long prefixLength) {
            return number("prefix_length", prefixLength, 0, Integer.MAX_VALUE);
        }

        /** Field {@code suffix_length}. */
        public Builder suffixLength(@Nullable Long suffixLength) {
            return number("suffix_length", suffixLength, 0, Integer.MAX_VALUE);
        }

        /** Field {@code suggestion_source}. */
        public Builder suggestionSource(@Nullable String suggestionSource) {
            return set("suggestion_source", LegacyLimits.oneOf("suggestion_source", suggestionSource, SOURCES));
        }

        /** Field {@code api_status_code}. */
        public Builder apiStatusCode(@Nullable Long apiStatusCode) {
            return number("api_status_code", apiStatusCode, 0, 599);
        }

        /** Field {@code debounce_interval}. */
        public Builder debounceInterval(@Nullable Long debounceInterval) {
            return number("debounce_interval", debounceInterval, 0, 4_000);
        }

        /** Field {@code is_streaming}. */
        public Builder streaming(@Nullable Boolean streaming) {
            return set("is_streaming", streaming);
        }

        /** Field {@code is_invoked}. */
        public Builder invoked(@Nullable Boolean invoked) {
            return set("is_invoked", invoked);
        }

        /** Field {@code options_count}. */
        public Builder optionsCount(@Nullable Long optionsCount) {
            return number("options_count", optionsCount, 0, Integer.MAX_VALUE);
        }

        /** Field {@code accepted_option}. */
        public Builder acceptedOption(@Nullable Long acceptedOption) {
            return number("accepted_option", acceptedOption, 1, Integer.MAX_VALUE);
        }

        /** Field {@code has_advanced_context}. */
        public Builder hasAdvancedContext(@Nullable Boolean hasAdvancedContext) {
            return set("has_advanced_context", hasAdvancedContext);
        }

        /** Field {@code is_direct_connection}. */
        public Builder directConnection(@Nullable Boolean directConnection) {
            return set("is_direct_connection", directConnection);
        }

        /** Field {@code total_context_size_bytes}. */
        public Builder totalContextSizeBytes(@Nullable Long totalContextSizeBytes) {
            return number("total_context_size_bytes", totalContextSizeBytes, 0, Long.MAX_VALUE);
        }

        /** Field {@code content_above_cursor_size_bytes}. */
        public Builder contentAboveCursorSizeBytes(@Nullable Long contentAboveCursorSizeBytes) {
            return number("content_above_cursor_size_bytes", contentAboveCursorSizeBytes, 0, Long.MAX_VALUE);
        }

        /** Field {@code content_below_cursor_size_bytes}. */
        public Builder contentBelowCursorSizeBytes(@Nullable Long contentBelowCursorSizeBytes) {
            return number("content_below_cursor_size_bytes", contentBelowCursorSizeBytes, 0, Long.MAX_VALUE);
        }

        /** Field {@code context_items}. */
        public Builder contextItems(@Nullable List<?> contextItems) {
            return set("context_items", LegacyLimits.items(contextItems));
        }

        /** Field {@code input_tokens}. */
        public Builder inputTokens(@Nullable Long inputTokens) {
            return number("input_tokens", inputTokens, 0, Integer.MAX_VALUE);
        }

        /** Field {@code output_tokens}. */
        public Builder outputTokens(@Nullable Long outputTokens) {
            return number("output_tokens", outputTokens, 0, Integer.MAX_VALUE);
        }

        /** Field {@code context_tokens_sent}. */
        public Builder contextTokensSent(@Nullable Long contextTokensSent) {
            return number("context_tokens_sent", contextTokensSent, 0, Integer.MAX_VALUE);
        }

        /** Field {@code context_tokens_used}. */
        public Builder contextTokensUsed(@Nullable Long contextTokensUsed) {
            return number("context_tokens_used", contextTokensUsed, 0, Integer.MAX_VALUE);
        }

        /** Field {@code region}. */
        public Builder region(@Nullable String region) {
            return text("region", region, 64);
        }

        public SnowplowEventContext build() {
            return new SnowplowEventContext(new LinkedHashMap<>(fields));
        }

        private Builder text(String field, @Nullable String text, int max) {
            return set(field, LegacyLimits.text(field, text, max));
        }

        private Builder id(String field, @Nullable String id, int max) {
            return set(field, LegacyLimits.id(field, id, max));
        }

        private Builder number(String field, @Nullable Long number, long min, long max) {
            return set(field, LegacyLimits.number(field, number, min, max));
        }

        private Builder set(String field, @Nullable Object value) {
            if (value == null) {
                fields.remove(field);
            } else {
                fields.put(field, value);
            }
            return this;
        }
    }
}
