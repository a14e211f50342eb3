package dev.internalevents.client.settings;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The variables {@code AIGW_SNOWPLOW__…} of the deprecated instrumentator, with the AI Gateway's names and defaults.
 *
 * @param enabled {@code ENABLED}, default: false
 * @param endpoint {@code ENDPOINT}; not null if enabled
 * @param batchSize {@code BATCH_SIZE}, 1 or more
 * @param threadCount {@code THREAD_COUNT}, 1 to 64
 */
public record SnowplowSettings(boolean enabled, @Nullable URI endpoint, int batchSize, int threadCount) {

    /** The group of the variables: {@value}. */
    public static final String GROUP = "SNOWPLOW";

    private static final int MAX_THREADS = 64;

    /**
     * Reads the group.
     *
     * @throws SettingsException naming every invalid variable, including those read before
     */
    public static SnowplowSettings read(Settings settings) {
        SnowplowSettings read = new SnowplowSettings(
                settings.bool(GROUP, "ENABLED", false),
                settings.url(GROUP, "ENDPOINT"),
                settings.positive(GROUP, "BATCH_SIZE", 1, Integer.MAX_VALUE),
                settings.positive(GROUP, "THREAD_COUNT", 1, MAX_THREADS));
        EndpointRule.check(settings, GROUP, read.enabled, read.endpoint);
        settings.check();
        return read;
    }
}
