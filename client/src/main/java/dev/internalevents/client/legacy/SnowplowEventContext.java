package dev.internalevents.client.legacy;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The context of a Code Suggestions event, {@code code_suggestions_context 3-6-0}: 29 fields, of which {@code
 * suggestion_source} is {@value #DEFAULT_SUGGESTION_SOURCE} unless it is set. Immutable; what was not set is not sent.
 *
 * @deprecated track an internal event instead, with what has no field of its own as additional properties; see
 *     docs/migrating-from-snowplow-instrumentator.md
 */
@Deprecated
public final class SnowplowEventContext {

    /** The schema that is sent. */
    public static final SchemaKey SCHEMA = SchemaKey.of("com.gitlab", "code_suggestions_context", "3-6-0");

    /** Where a suggestion comes from unless something else was said: {@value}. */
    public static final String DEFAULT_SUGGESTION_SOURCE = "network";

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

    /** The names of the fields that are set, without their values: these are personal data. */
    @Override
    public String toString() {
        return "SnowplowEventContext" + fields.keySet();
    }

    /** Collects the fields; each can be set again, null takes it back. Not safe for use by several threads. */
    public static final class Builder {

        private final Map<String, Object> fields = new LinkedHashMap<>();

        private Builder() {
            suggestionSource(DEFAULT_SUGGESTION_SOURCE);
        }

        /** Field {@code gitlab_realm}. */
        public Builder gitlabRealm(@Nullable String gitlabRealm) {
            return set("gitlab_realm", gitlabRealm);
        }

        /** Field {@code gitlab_host_name}. */
        public Builder gitlabHostName(@Nullable String gitlabHostName) {
            return set("gitlab_host_name", gitlabHostName);
        }

        /** Field {@code gitlab_instance_id}. */
        public Builder gitlabInstanceId(@Nullable String gitlabInstanceId) {
            return set("gitlab_instance_id", gitlabInstanceId);
        }

        /** Field {@code gitlab_instance_version}. */
        public Builder gitlabInstanceVersion(@Nullable String gitlabInstanceVersion) {
            return set("gitlab_instance_version", gitlabInstanceVersion);
        }

        /** Field {@code gitlab_global_user_id}. */
        public Builder gitlabGlobalUserId(@Nullable String gitlabGlobalUserId) {
            return set("gitlab_global_user_id", gitlabGlobalUserId);
        }

        /** Field {@code gitlab_saas_duo_pro_namespace_ids}. */
        public Builder gitlabSaasDuoProNamespaceIds(@Nullable List<Long> gitlabSaasDuoProNamespaceIds) {
            return set("gitlab_saas_duo_pro_namespace_ids", gitlabSaasDuoProNamespaceIds);
        }

        /** Field {@code language}. */
        public Builder language(@Nullable String language) {
            return set("language", language);
        }

        /** Field {@code model_engine}. */
        public Builder modelEngine(@Nullable String modelEngine) {
            return set("model_engine", modelEngine);
        }

        /** Field {@code model_name}. */
        public Builder modelName(@Nullable String modelName) {
            return set("model_name", modelName);
        }

        /** Field {@code prefix_length}. */
        public Builder prefixLength(@Nullable Long prefixLength) {
            return set("prefix_length", prefixLength);
        }

        /** Field {@code suffix_length}. */
        public Builder suffixLength(@Nullable Long suffixLength) {
            return set("suffix_length", suffixLength);
        }

        /** Field {@code suggestion_source}. */
        public Builder suggestionSource(@Nullable String suggestionSource) {
            return set("suggestion_source", suggestionSource);
        }

        /** Field {@code api_status_code}. */
        public Builder apiStatusCode(@Nullable Long apiStatusCode) {
            return set("api_status_code", apiStatusCode);
        }

        /** Field {@code debounce_interval}. */
        public Builder debounceInterval(@Nullable Long debounceInterval) {
            return set("debounce_interval", debounceInterval);
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
            return set("options_count", optionsCount);
        }

        /** Field {@code accepted_option}. */
        public Builder acceptedOption(@Nullable Long acceptedOption) {
            return set("accepted_option", acceptedOption);
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
            return set("total_context_size_bytes", totalContextSizeBytes);
        }

        /** Field {@code content_above_cursor_size_bytes}. */
        public Builder contentAboveCursorSizeBytes(@Nullable Long contentAboveCursorSizeBytes) {
            return set("content_above_cursor_size_bytes", contentAboveCursorSizeBytes);
        }

        /** Field {@code content_below_cursor_size_bytes}. */
        public Builder contentBelowCursorSizeBytes(@Nullable Long contentBelowCursorSizeBytes) {
            return set("content_below_cursor_size_bytes", contentBelowCursorSizeBytes);
        }

        /** Field {@code context_items}. */
        public Builder contextItems(@Nullable List<?> contextItems) {
            return set("context_items", contextItems);
        }

        /** Field {@code input_tokens}. */
        public Builder inputTokens(@Nullable Long inputTokens) {
            return set("input_tokens", inputTokens);
        }

        /** Field {@code output_tokens}. */
        public Builder outputTokens(@Nullable Long outputTokens) {
            return set("output_tokens", outputTokens);
        }

        /** Field {@code context_tokens_sent}. */
        public Builder contextTokensSent(@Nullable Long contextTokensSent) {
            return set("context_tokens_sent", contextTokensSent);
        }

        /** Field {@code context_tokens_used}. */
        public Builder contextTokensUsed(@Nullable Long contextTokensUsed) {
            return set("context_tokens_used", contextTokensUsed);
        }

        /** Field {@code region}. */
        public Builder region(@Nullable String region) {
            return set("region", region);
        }

        public SnowplowEventContext build() {
            return new SnowplowEventContext(new LinkedHashMap<>(fields));
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
