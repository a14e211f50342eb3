package dev.internalevents.client.settings;

import org.jspecify.annotations.Nullable;

/**
 * How to set values that were left at their defaults, as text for the line that a client logs when it starts.
 *
 * @param enable how to enable sending, for example {@code set AIGW_INTERNAL_EVENT__ENABLED=true}
 * @param appId where the app id comes from and how to set it; null if it was set
 * @param environment where the environment comes from and how to set it; null if it was set
 */
public record SettingHints(
        String enable, @Nullable String appId, @Nullable String environment) {

    /** For settings that all come from code. */
    public static final SettingHints NONE = new SettingHints("enabled is false in its settings", null, null);
}
