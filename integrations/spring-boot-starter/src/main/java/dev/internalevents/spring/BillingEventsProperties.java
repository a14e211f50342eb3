package dev.internalevents.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code internal-events.billing.*}. A property with a variable falls back to
 * {@code PREFIX_BILLING_EVENT__…} in the environment or in {@code .env}, then to its default.
 *
 * @param enabled Whether billing events are sent. Variable ENABLED; default: false.
 * @param endpoint URL of the collector, for example http://127.0.0.1:9091, or several separated by commas. Variable
 *     ENDPOINT.
 * @param endpoints URLs of several collectors, of which the client uses one at a time; instead of endpoint. Variable
 *     ENDPOINT.
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
        @Nullable List<String> endpoints,
        @Nullable String appId,
        @Nullable String namespace,
        @Nullable Integer batchSize,
        @Nullable Integer threadCount,
        @Nullable String outboxDir,
        @Nullable DataSize outboxBytes) {

    /** Returns the properties that have a variable. */
    VariableProperties variables(String prefix) {
        return new VariableProperties(prefix + "_BILLING_EVENT__", "internal-events.billing.")
                .put("enabled", enabled)
                .putOneOrMore("endpoint", endpoint, endpoints)
                .put("app-id", appId)
                .put("namespace", namespace)
                .put("batch-size", batchSize)
                .put("thread-count", threadCount)
                .put("outbox-dir", outboxDir);
    }
}
