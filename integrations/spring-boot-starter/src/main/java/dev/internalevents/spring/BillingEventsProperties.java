package dev.internalevents.spring;

import dev.internalevents.client.settings.SettingsException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code internal-events.billing.*}. A property with a variable falls back to {@code
 * PREFIX_BILLING_EVENT__…} in the environment or in {@code .env}, then to its default.
 *
 * @param enabled Whether billing events are sent. Variable ENABLED; default: false.
 * @param endpoint URL of the collector, for example http://127.0.0.1:9091. Variable ENDPOINT.
 * @param appId Application id of the events. Variable APP_ID; default: gitlab_ai_gateway-billing.
 * @param namespace Name of the tracker within the application. Variable NAMESPACE; default: gl.
 * @param batchSize Maximum number of events in a request. Variable BATCH_SIZE; default: 1.
 * @param threadCount Number of sending threads, 1 to 64. Variable THREAD_COUNT; default: 1.
 * @param outboxDir Folder that stores events until they are delivered; required if enabled. Variable OUTBOX_DIR.
 * @param outboxBytes Maximum size of the outbox, 16MB or more. Default: 1GB.
 */
@ConfigurationProperties("internal-events.billing")
public record BillingEventsProperties(
        @Nullable Boolean enabled,
        @Nullable String endpoint,
        @Nullable String appId,
        @Nullable String namespace,
        @Nullable Integer batchSize,
        @Nullable Integer threadCount,
        @Nullable String outboxDir,
        @Nullable DataSize outboxBytes) {

    /** Returns the values that are set, by variable. */
    Map<String, String> variables(String prefix) {
        Map<String, String> variables = new LinkedHashMap<>();
        values().forEach((name, value) -> {
            if (value != null && !value.toString().isBlank()) {
                variables.put(variable(prefix, name), value.toString());
            }
        });
        return variables;
    }

    /** Returns the same problems, naming the property where the value came from a property rather than the variable. */
    SettingsException named(SettingsException read, String prefix) {
        return new SettingsException(read.problems().stream()
                .map(problem -> {
                    String named = problem;
                    for (Map.Entry<String, @Nullable Object> value : values().entrySet()) {
                        if (value.getValue() != null) {
                            named = named.replace(
                                    variable(prefix, value.getKey()), "internal-events.billing." + value.getKey());
                        }
                    }
                    return named;
                })
                .toList());
    }

    private Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("enabled", enabled);
        values.put("endpoint", endpoint);
        values.put("app-id", appId);
        values.put("namespace", namespace);
        values.put("batch-size", batchSize);
        values.put("thread-count", threadCount);
        values.put("outbox-dir", outboxDir);
        return values;
    }

    private static String variable(String prefix, String property) {
        return prefix + "_BILLING_EVENT__" + property.replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
