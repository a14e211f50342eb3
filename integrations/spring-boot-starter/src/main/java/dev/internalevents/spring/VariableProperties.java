package dev.internalevents.spring;

import dev.internalevents.client.settings.SettingsException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The properties {@code internal-events.*} that have an environment variable, under both names. */
final class VariableProperties {

    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Map<String, String> properties = new LinkedHashMap<>();

    VariableProperties(InternalEventsProperties set) {
        String group = set.prefix() + "_INTERNAL_EVENT__";
        put(group + "ENABLED", "enabled", set.enabled());
        put(group + "ENDPOINT", "endpoint", set.endpoint());
        put(group + "APP_ID", "app-id", set.appId());
        put(group + "NAMESPACE", "namespace", set.namespace());
        put(group + "BATCH_SIZE", "batch-size", set.batchSize());
        put(group + "THREAD_COUNT", "thread-count", set.threadCount());
        put(group + "SEND_USER_ID", "send-user-id", set.sendUserId());
        put(group + "PRODUCT_USAGE_DATA", "product-usage-data", set.productUsageData());
        put(group + "SELF_HOSTED_AI", "self-hosted-ai", set.selfHostedAi());
        put(group + "AI_CONTEXT", "ai-context", set.aiContext());
        put(group + "SERVICE_PING_CONTEXT", "service-ping-context", set.servicePingContext());
        put(group + "OUTBOX_DIR", "outbox-dir", set.outboxDir());
        put(group + "REPORT_MISSING_FIELDS", "report-missing-fields", set.reportMissingFields());
        put(set.prefix() + "_ENVIRONMENT", "environment", set.environment());
    }

    /** Returns the values of the properties that are set, by variable. */
    Map<String, String> variables() {
        return variables;
    }

    /** Returns the same problems, naming the property where the value came from a property rather than the variable. */
    SettingsException named(SettingsException read) {
        return new SettingsException(read.problems().stream().map(this::named).toList());
    }

    /** Returns the same sentence, naming the property where the value came from a property rather than the variable. */
    String named(String problem) {
        String named = problem;
        for (Map.Entry<String, String> property : properties.entrySet()) {
            named = named.replace(property.getKey(), property.getValue());
        }
        return named;
    }

    private void put(String variable, String property, @Nullable Object value) {
        if (value != null && !value.toString().isBlank()) {
            variables.put(variable, value.toString());
            properties.put(variable, "internal-events." + property);
        }
    }
}
