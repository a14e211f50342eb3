package dev.internalevents.client.settings;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The variables {@code AIGW_INTERNAL_EVENT__…} and {@code AIGW_ENVIRONMENT}, by the original's names and defaults.
 *
 * @param enabled {@code ENABLED}, false unless it is set
 * @param endpoint {@code ENDPOINT}; not null when enabled
 * @param appId {@code APP_ID}
 * @param namespace {@code NAMESPACE}
 * @param batchSize {@code BATCH_SIZE}, 1 or more
 * @param threadCount {@code THREAD_COUNT}, 1 to 64
 * @param sendUserId {@code SEND_USER_ID}, false unless it is set: whether the user id of a request is sent
 * @param outbox {@code OUTBOX_DIR}: the folder in which events wait; null when they wait in memory
 * @param environment {@code AIGW_ENVIRONMENT}
 */
public record InternalEventSettings(
        boolean enabled,
        @Nullable URI endpoint,
        String appId,
        String namespace,
        int batchSize,
        int threadCount,
        boolean sendUserId,
        @Nullable Path outbox,
        String environment) {

    private static final String GROUP = "INTERNAL_EVENT";
    private static final int MAX_THREADS = 64;

    /**
     * Reads the group.
     *
     * @throws SettingsException naming every variable that is wrong, also those that were read before
     */
    public static InternalEventSettings read(Settings settings) {
        InternalEventSettings read = new InternalEventSettings(
                settings.bool(GROUP, "ENABLED", false),
                settings.url(GROUP, "ENDPOINT"),
                settings.text(GROUP, "APP_ID", "gitlab_ai_gateway"),
                settings.text(GROUP, "NAMESPACE", "gl"),
                settings.positive(GROUP, "BATCH_SIZE", 1, Integer.MAX_VALUE),
                settings.positive(GROUP, "THREAD_COUNT", 1, MAX_THREADS),
                settings.bool(GROUP, "SEND_USER_ID", false),
                settings.path(GROUP, "OUTBOX_DIR"),
                settings.text(null, "ENVIRONMENT", "production"));
        EndpointRule.check(settings, GROUP, read.enabled, read.endpoint);
        settings.check();
        return read;
    }
}
