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
 * What an application that sets nothing of internal events sends: its name as app id and source, and the environment that
 * its profiles stand for.
 *
 * @param name {@code spring.application.name}; null if the application has none
 * @param profile the profile that decides the environment; null if none does
 * @param environment {@value InternalEventSettings#DEFAULT_ENVIRONMENT} if no profile decides it
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

    /** The last profile that stands for an environment decides, as the last one decides about properties. */
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

    /** The source, cut to what the schema allows: a longer one would make every event a bad one. */
    static @Nullable String source(@Nullable String name) {
        if (name == null || name.codePointCount(0, name.length()) <= MAX_SOURCE) {
            return name;
        }
        String source = cut(name, MAX_SOURCE);
        LOG.warn(
                "the source \"{}\" of internal events is longer than {} characters and cut to \"{}\"; set"
                        + " internal-events.source to a shorter one",
                name,
                MAX_SOURCE,
                source);
        return source;
    }

    /** The hints of settings that were read, in the words of a Spring application. */
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

    /** Cut by code points, as the schemas count. */
    private static String cut(String text, int most) {
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most)).strip();
    }
}
