package dev.internalevents.client.settings;

import dev.internalevents.client.internal.emitter.EmitterSettings;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The variables {@code AIGW_SNOWPLOW__…} of the deprecated instrumentator, with the AI Gateway's names and defaults.
 *
 * @param enabled {@code ENABLED}, default: false
 * @param endpoint {@code ENDPOINT}; not null if enabled
 * @param batchSize {@code BATCH_SIZE}, 1 or more; default: {@value EmitterSettings#DEFAULT_BATCH_SIZE}
 * @param threadCount {@code THREAD_COUNT}, 1 to {@value EmitterSettings#MAX_THREAD_COUNT}; default:
 *     {@value EmitterSettings#DEFAULT_THREAD_COUNT}
 */
public record SnowplowSettings(boolean enabled, @Nullable URI endpoint, int batchSize, int threadCount) {

    /** The group of the variables: {@value}. */
    public static final String GROUP = "SNOWPLOW";

    /**
     * Reads the group.
     *
     * @throws SettingsException naming every invalid variable, including those read before
     */
    public static SnowplowSettings read(Settings settings) {
        SnowplowSettings read = new SnowplowSettings(
                settings.bool(GROUP, "ENABLED", false),
                settings.url(GROUP, "ENDPOINT"),
                DeliverySettings.batchSize(settings, GROUP),
                DeliverySettings.threadCount(settings, GROUP));
        EndpointRule.check(settings, GROUP, read.enabled, read.endpoint == null);
        settings.check();
        return read;
    }
}
