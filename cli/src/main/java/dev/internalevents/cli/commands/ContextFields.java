package dev.internalevents.cli.commands;

import dev.internalevents.client.EventContext;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Sets fields of the event context from text, by the names that are used on the wire. */
final class ContextFields {

    private static final Map<String, BiConsumer<EventContext.Builder, String>> FIELDS = new TreeMap<>();

    static {
        FIELDS.put("environment", EventContext.Builder::environment);
        FIELDS.put("source", EventContext.Builder::source);
        FIELDS.put("realm", EventContext.Builder::realm);
        FIELDS.put("instance_id", EventContext.Builder::instanceId);
        FIELDS.put("unique_instance_id", EventContext.Builder::uniqueInstanceId);
        FIELDS.put("host_name", EventContext.Builder::hostName);
        FIELDS.put("instance_version", EventContext.Builder::instanceVersion);
        FIELDS.put("global_user_id", EventContext.Builder::globalUserId);
        FIELDS.put("user_id", EventContext.Builder::userId);
        FIELDS.put("is_gitlab_team_member", (context, text) -> context.gitlabTeamMember(bool(text)));
        FIELDS.put(
                "feature_enabled_by_namespace_ids",
                (context, text) -> context.featureEnabledByNamespaceIds(Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .map(ContextFields::integer)
                        .toList()));
        FIELDS.put("feature_enablement_type", EventContext.Builder::featureEnablementType);
        FIELDS.put("ultimate_parent_namespace_id", (context, text) -> context.ultimateParentNamespaceId(integer(text)));
        FIELDS.put("client_type", EventContext.Builder::clientType);
        FIELDS.put("client_name", EventContext.Builder::clientName);
        FIELDS.put("client_version", EventContext.Builder::clientVersion);
        FIELDS.put("interface", EventContext.Builder::clientInterface);
        FIELDS.put("project_id", (context, text) -> context.projectId(integer(text)));
        FIELDS.put("namespace_id", (context, text) -> context.namespaceId(integer(text)));
        FIELDS.put("plan", EventContext.Builder::plan);
        FIELDS.put("feature_category", EventContext.Builder::featureCategory);
        FIELDS.put("deployment_type", EventContext.Builder::deploymentType);
        FIELDS.put("google_analytics_id", EventContext.Builder::googleAnalyticsId);
        FIELDS.put("input_tokens", (context, text) -> context.inputTokens(integer(text)));
        FIELDS.put("output_tokens", (context, text) -> context.outputTokens(integer(text)));
        FIELDS.put("total_tokens", (context, text) -> context.totalTokens(integer(text)));
        FIELDS.put("model_engine", EventContext.Builder::modelEngine);
        FIELDS.put("model_name", EventContext.Builder::modelName);
        FIELDS.put("model_provider", EventContext.Builder::modelProvider);
        FIELDS.put("correlation_id", EventContext.Builder::correlationId);
    }

    private ContextFields() {}

    /** Sets a field. Throws {@link IllegalArgumentException} naming the field if it is unknown or the text is not a valid value. */
    static void set(EventContext.Builder context, String field, String text) {
        BiConsumer<EventContext.Builder, String> setter = FIELDS.get(field);
        if (setter == null) {
            throw new IllegalArgumentException(
                    "--context: \"" + field + "\" is not a field of gitlab_standard; the fields are "
                            + String.join(", ", FIELDS.keySet()) + " (for anything else use --extra)");
        }
        try {
            setter.accept(context, text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--context " + field + ": \"" + text + "\" " + e.getMessage(), e);
        }
    }

    private static boolean bool(String text) {
        if (text.equals("true") || text.equals("false")) {
            return Boolean.parseBoolean(text);
        }
        throw new IllegalArgumentException("is not true or false");
    }

    private static Long integer(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("is not a whole number", e);
        }
    }
}
