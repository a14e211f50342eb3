package dev.internalevents.client.settings;

import dev.internalevents.protocol.FieldLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The variables {@code AIGW_INTERNAL_EVENT__…} and {@code AIGW_ENVIRONMENT}.
 *
 * @param delivery where events are sent; default app id: {@value #DEFAULT_APP_ID}, default namespace:
 *     {@value #DEFAULT_NAMESPACE}; without an outbox, events are queued in memory
 * @param sendUserId {@code SEND_USER_ID}: whether the user id of a request is sent; default: false
 * @param environment {@code AIGW_ENVIRONMENT}; default: {@value #DEFAULT_ENVIRONMENT}
 * @param reportMissingFields {@code REPORT_MISSING_FIELDS}: whether fields missing from the context of a request are
 *     logged, once for each path; default: false
 * @param options which events are sent and what is added to them
 * @param hints how to set values that were left at their defaults
 */
public record InternalEventSettings(
        DeliverySettings delivery,
        boolean sendUserId,
        String environment,
        boolean reportMissingFields,
        EventOptions options,
        SettingHints hints)
        implements ClientSettings {

    /** The default app id: {@value}. */
    public static final String DEFAULT_APP_ID = "unknown_service";

    /** The default name of the tracker: {@value}. */
    public static final String DEFAULT_NAMESPACE = "internal-events";

    /** The default environment: {@value}. */
    public static final String DEFAULT_ENVIRONMENT = "production";

    /** The group of the variables: {@value}. */
    public static final String GROUP = "INTERNAL_EVENT";

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventSettings.class);
    private static final int MAX_ENVIRONMENT = 32;

    /** Creates settings from code, with the default {@link EventOptions} and no hints. */
    public InternalEventSettings(DeliverySettings delivery, boolean sendUserId, String environment) {
        this(delivery, sendUserId, environment, false, EventOptions.DEFAULT, SettingHints.NONE);
    }

    /**
     * Reads the environment and the file {@code .env} in the working directory, and logs a warning for each variable
     * that starts with the prefix and group but is not a known setting.
     *
     * @param prefix for example {@code AIGW}
     * @throws SettingsException naming every invalid variable
     */
    public static InternalEventSettings fromEnvironment(String prefix) {
        Settings settings = Settings.load(prefix);
        InternalEventSettings read = read(settings);
        settings.unknown(GROUP).forEach(LOG::warn);
        settings.warnings().forEach(LOG::warn);
        return read;
    }

    /**
     * Reads the group.
     *
     * @throws SettingsException naming every invalid variable, including those read before
     */
    public static InternalEventSettings read(Settings settings) {
        return read(settings, DEFAULT_APP_ID, DEFAULT_ENVIRONMENT);
    }

    /**
     * Reads the group, with defaults provided by the application.
     *
     * @param appId the app id if {@code APP_ID} is not set
     * @param environment the environment if {@code ENVIRONMENT} is not set
     * @throws SettingsException naming every invalid variable, including those read before
     */
    public static InternalEventSettings read(Settings settings, String appId, String environment) {
        InternalEventSettings read = new InternalEventSettings(
                DeliverySettings.read(settings, GROUP, appId, DEFAULT_NAMESPACE),
                settings.bool(GROUP, "SEND_USER_ID", false),
                environment(settings, environment),
                settings.bool(GROUP, "REPORT_MISSING_FIELDS", false),
                EventOptions.read(settings, GROUP),
                hints(settings));
        EndpointRule.check(settings, GROUP, read.delivery);
        settings.check();
        return read;
    }

    /** Cuts an environment that is too long here, where the name of the variable is known for the warning. */
    private static String environment(Settings settings, String defaultValue) {
        String environment = settings.text(null, "ENVIRONMENT", defaultValue);
        if (FieldLimits.fits(environment, MAX_ENVIRONMENT)) {
            return environment;
        }
        settings.warn(
                null,
                "ENVIRONMENT",
                "is longer than " + MAX_ENVIRONMENT + " characters, so it is cut to that in events");
        return FieldLimits.cut(environment, MAX_ENVIRONMENT);
    }

    private static SettingHints hints(Settings settings) {
        return new SettingHints(
                "set " + settings.name(GROUP, "ENABLED") + "=true and " + settings.name(GROUP, "ENDPOINT")
                        + " to the collector's URL",
                settings.isSet(GROUP, "APP_ID") ? null : "the default; set " + settings.name(GROUP, "APP_ID"),
                settings.isSet(null, "ENVIRONMENT") ? null : "the default; set " + settings.name(null, "ENVIRONMENT"));
    }

    /** Returns the same settings with other hints. */
    public InternalEventSettings withHints(SettingHints others) {
        return new InternalEventSettings(delivery, sendUserId, environment, reportMissingFields, options, others);
    }
}
