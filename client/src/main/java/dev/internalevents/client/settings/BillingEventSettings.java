package dev.internalevents.client.settings;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The variables {@code AIGW_BILLING_EVENT__…}, with the AI Gateway's names and defaults.
 *
 * @param delivery where events are sent; default app id: {@value #DEFAULT_APP_ID}, default namespace:
 *     {@value #DEFAULT_NAMESPACE}; the outbox is not null if enabled
 */
public record BillingEventSettings(DeliverySettings delivery) implements ClientSettings {

    /** The default app id: {@value}. */
    public static final String DEFAULT_APP_ID = "gitlab_ai_gateway-billing";

    /** The default name of the tracker: {@value}. */
    public static final String DEFAULT_NAMESPACE = "gl";

    /** The group of the variables: {@value}. */
    public static final String GROUP = "BILLING_EVENT";

    /** Settings of a client that does nothing. */
    public static final BillingEventSettings DISABLED =
            new BillingEventSettings(DeliverySettings.disabled(DEFAULT_APP_ID, DEFAULT_NAMESPACE));

    private static final Logger LOG = LoggerFactory.getLogger(BillingEventSettings.class);
    private static final String OUTBOX_DIR = DeliverySettings.OUTBOX_DIR;

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
                DeliverySettings.read(settings, GROUP, DEFAULT_APP_ID, DEFAULT_NAMESPACE));
        EndpointRule.check(settings, GROUP, read.delivery);
        read.checkOutbox(settings);
        settings.check();
        return read;
    }

    private void checkOutbox(Settings settings) {
        if (!enabled()) {
            return;
        }
        Path folder = outbox();
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
