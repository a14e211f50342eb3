package dev.internalevents.client.settings;

import dev.internalevents.client.internal.emitter.EmitterSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The variables that the groups {@value InternalEventSettings#GROUP} and {@value BillingEventSettings#GROUP} have in
 * common.
 *
 * @param enabled {@code ENABLED}; default: false
 * @param endpoints {@code ENDPOINT}: the collectors, of which one is used at a time; not empty if enabled
 * @param appId {@code APP_ID}
 * @param namespace {@code NAMESPACE}
 * @param batchSize {@code BATCH_SIZE}, 1 or more; null if it is not set: an event does not wait for others, and events
 *     already queued are sent together
 * @param threadCount {@code THREAD_COUNT}, 1 to {@value EmitterSettings#MAX_THREAD_COUNT}; default:
 *     {@value EmitterSettings#DEFAULT_THREAD_COUNT}
 * @param outbox {@code OUTBOX_DIR}: the folder in which events are queued; null if it is not set
 */
public record DeliverySettings(
        boolean enabled,
        List<URI> endpoints,
        String appId,
        String namespace,
        @Nullable Integer batchSize,
        int threadCount,
        @Nullable Path outbox) {

    static final String OUTBOX_DIR = "OUTBOX_DIR";

    public DeliverySettings {
        endpoints = List.copyOf(endpoints);
    }

    /** Creates settings with one collector. */
    public DeliverySettings(
            boolean enabled,
            URI endpoint,
            String appId,
            String namespace,
            @Nullable Integer batchSize,
            int threadCount,
            @Nullable Path outbox) {
        this(enabled, List.of(endpoint), appId, namespace, batchSize, threadCount, outbox);
    }

    /** Returns the first endpoint; null if there is none. */
    public @Nullable URI endpoint() {
        return endpoints.isEmpty() ? null : endpoints.get(0);
    }

    /** Returns the settings of a client that is not enabled. */
    public static DeliverySettings disabled(String appId, String namespace) {
        return new DeliverySettings(
                false, List.of(), appId, namespace, null, EmitterSettings.DEFAULT_THREAD_COUNT, null);
    }

    /** Reads the variables of a group; {@link EndpointRule} must be checked when the others of the group were read. */
    static DeliverySettings read(Settings settings, String group, String defaultAppId, String defaultNamespace) {
        return new DeliverySettings(
                settings.bool(group, "ENABLED", false),
                settings.urls(group, "ENDPOINT"),
                settings.text(group, "APP_ID", defaultAppId),
                settings.text(group, "NAMESPACE", defaultNamespace),
                settings.isSet(group, "BATCH_SIZE") ? (Integer) batchSize(settings, group) : null,
                threadCount(settings, group),
                settings.path(group, OUTBOX_DIR));
    }

    static int batchSize(Settings settings, String group) {
        return settings.positive(group, "BATCH_SIZE", EmitterSettings.DEFAULT_BATCH_SIZE, Integer.MAX_VALUE);
    }

    static int threadCount(Settings settings, String group) {
        return settings.positive(
                group, "THREAD_COUNT", EmitterSettings.DEFAULT_THREAD_COUNT, EmitterSettings.MAX_THREAD_COUNT);
    }
}
