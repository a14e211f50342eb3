package dev.internalevents.client.settings;

import org.jspecify.annotations.Nullable;

/**
 * How to set what was left at its default, in words for the line that a client logs when it starts.
 *
 * @param enable what to set so that events are sent, for example {@code set AIGW_INTERNAL_EVENT__ENABLED=true}
 * @param appId where the app id comes from and how to set it; null if it was set
 * @param environment where the environment comes from and how to set it; null if it was set
 */
public record SettingHints(
        String enable, @Nullable String appId, @Nullable String environment) {

    /** For settings that are all chosen by code. */
    public static final SettingHints NONE = new SettingHints("enabled is false in its settings", null, null);
}
