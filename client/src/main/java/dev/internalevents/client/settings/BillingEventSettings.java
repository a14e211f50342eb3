package dev.internalevents.client.settings;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The variables {@code AIGW_BILLING_EVENT__…}, with the AI Gateway's names and defaults.
 *
 * @param enabled {@code ENABLED}; default: false
 * @param endpoint {@code ENDPOINT}; not null if enabled
 * @param appId {@code APP_ID}; default: {@value #DEFAULT_APP_ID}
 * @param namespace {@code NAMESPACE}; default: {@value #DEFAULT_NAMESPACE}
 * @param batchSize {@code BATCH_SIZE}, 1 or more; null if it is not set: an event does not wait for others, and events
 *     already queued are sent together
 * @param threadCount {@code THREAD_COUNT}, 1 to 64; default: 1
 * @param outbox {@code OUTBOX_DIR}: the folder in which events are queued; not null if enabled
 */
public record BillingEventSettings(
        boolean enabled,
        @Nullable URI endpoint,
        String appId,
        String namespace,
        @Nullable Integer batchSize,
        int threadCount,
        @Nullable Path outbox) {

    /** The default app id: {@value}. */
    public static final String DEFAULT_APP_ID = "gitlab_ai_gateway-billing";

    /** The default name of the tracker: {@value}. */
    public static final String DEFAULT_NAMESPACE = "gl";

    /** The group of the variables: {@value}. */
    public static final String GROUP = "BILLING_EVENT";

    /** Settings of a client that does nothing. */
    public static final BillingEventSettings DISABLED =
            new BillingEventSettings(false, null, DEFAULT_APP_ID, DEFAULT_NAMESPACE, null, 1, null);

    private static final Logger LOG = LoggerFactory.getLogger(BillingEventSettings.class);
    private static final int MAX_THREADS = 64;
    private static final String OUTBOX_DIR = "OUTBOX_DIR";

    /**
     * Reads the environment and the file {@code .env} in the working directory, and logs a warning for each variable
     * that starts with the prefix and group but is not a known setting.
     *
     * @param prefix for example {@code AIGW}
     * @throws SettingsException naming every invalid variable
     */
    public static BillingEventSettings fromEnvironment(String prefix) {
        Settings settings = Settings.load(prefix);
        BillingEventSettings read = read(settings);
        settings.unknown(GROUP).forEach(LOG::warn);
        return read;
    }

    /**
     * Reads the group.
     *
     * @throws SettingsException naming every invalid variable, including those read before
     */
    public static BillingEventSettings read(Settings settings) {
        BillingEventSettings read = new BillingEventSettings(
                settings.bool(GROUP, "ENABLED", false),
                settings.url(GROUP, "ENDPOINT"),
                settings.text(GROUP, "APP_ID", DEFAULT_APP_ID),
                settings.text(GROUP, "NAMESPACE", DEFAULT_NAMESPACE),
                settings.isSet(GROUP, "BATCH_SIZE")
                        ? (Integer) settings.positive(GROUP, "BATCH_SIZE", 1, Integer.MAX_VALUE)
                        : null,
                settings.positive(GROUP, "THREAD_COUNT", 1, MAX_THREADS),
                settings.path(GROUP, OUTBOX_DIR));
        EndpointRule.check(settings, GROUP, read.enabled, read.endpoint);
        read.checkOutbox(settings);
        settings.check();
        return read;
    }

    private void checkOutbox(Settings settings) {
        if (!enabled) {
            return;
        }
        Path folder = outbox;
        if (folder == null) {
            if (!settings.isSet(GROUP, OUTBOX_DIR)) {
                settings.problem(
                        GROUP,
                        OUTBOX_DIR,
                        "is not set, but " + settings.name(GROUP, "ENABLED")
                                + " is true; a billing event is money and must be stored on disk, where it survives the"
                                + " end of the process; expected a folder that only this process uses, such as"
                                + " /var/lib/my-service/billing-outbox");
            }
            return;
        }
        Path others = settings.path(InternalEventSettings.GROUP, OUTBOX_DIR);
        if (others != null && same(others, folder)) {
            settings.problem(
                    GROUP,
                    OUTBOX_DIR,
                    "\"" + folder + "\" is the folder of " + settings.name(InternalEventSettings.GROUP, OUTBOX_DIR)
                            + " too; expected a folder only for billing events");
        }
    }

    private static boolean same(Path one, Path other) {
        return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }
}
