package dev.internalevents.spring;

import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.SettingHints;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

/**
 * Defaults for an application that sets no properties of internal events: its name as app id and source, and the
 * environment derived from its profiles.
 *
 * @param name {@code spring.application.name}; null if the application has none
 * @param profile the profile that determines the environment; null if none does
 * @param environment {@value InternalEventSettings#DEFAULT_ENVIRONMENT} if no profile determines it
 */
record ApplicationDefaults(@Nullable String name, @Nullable String profile, String environment) {

    /** The limit of {@code source} in the schema {@code gitlab_standard}. */
    static final int MAX_SOURCE = 32;

    /** The limit of {@code app_id} in Snowplow's atomic schema. */
    static final int MAX_APP_ID = 255;

    private static final Logger LOG = LoggerFactory.getLogger(ApplicationDefaults.class);

    private static final Map<String, String> ENVIRONMENTS = Map.of(
            "local", "development",
            "dev", "development",
            "development", "development",
            "test", "test",
            "staging", "staging",
            "prod", "production",
            "production", "production");

    /** Returns the defaults. The last profile with an environment wins, as the last profile does for properties. */
    static ApplicationDefaults of(Environment spring) {
        String name = spring.getProperty("spring.application.name");
        String[] active = spring.getActiveProfiles();
        String deciding = null;
        for (String profile : active.length == 0 ? spring.getDefaultProfiles() : active) {
            deciding = ENVIRONMENTS.containsKey(profile) ? profile : deciding;
        }
        return new ApplicationDefaults(
                name == null || name.isBlank() ? null : name.strip(),
                deciding,
                deciding == null
                        ? InternalEventSettings.DEFAULT_ENVIRONMENT
                        : ENVIRONMENTS.getOrDefault(deciding, InternalEventSettings.DEFAULT_ENVIRONMENT));
    }

    String appId() {
        return name == null ? InternalEventSettings.DEFAULT_APP_ID : cut(name, MAX_APP_ID);
    }

    /** Returns the source, cut to the schema's limit: a longer one would make every event invalid. */
    static @Nullable String source(@Nullable String name) {
        if (name == null || name.codePointCount(0, name.length()) <= MAX_SOURCE) {
            return name;
        }
        String source = cut(name, MAX_SOURCE);
        LOG.warn(
                "the source \"{}\" of internal events is longer than {} characters and was cut to \"{}\"; set"
                        + " internal-events.source to a shorter one",
                name,
                MAX_SOURCE,
                source);
        return source;
    }

    /** Returns the same hints, in the terms of a Spring application. */
    SettingHints hints(SettingHints read, String prefix) {
        return new SettingHints(
                "set internal-events.enabled=true and internal-events.endpoint to the collector's URL (or " + prefix
                        + "_INTERNAL_EVENT__ENABLED and " + prefix + "_INTERNAL_EVENT__ENDPOINT)",
                read.appId() == null
                        ? null
                        : name == null
                                ? "the default; set spring.application.name or internal-events.app-id"
                                : "spring.application.name",
                read.environment() == null
                        ? null
                        : profile == null
                                ? "the default, because no profile of "
                                        + String.join(", ", List.of("local", "dev", "development", "test", "staging"))
                                        + " is active; set internal-events.environment or " + prefix + "_ENVIRONMENT"
                                : "profile " + profile);
    }

    /** Cuts by code points, because the schemas count those. */
    private static String cut(String text, int max) {
        return text.codePointCount(0, text.length()) <= max
                ? text
                : text.substring(0, text.offsetByCodePoints(0, max)).strip();
    }
}
