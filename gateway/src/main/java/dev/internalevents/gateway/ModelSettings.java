package dev.internalevents.gateway;

import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The variables {@code AIGW_MODEL__…} and {@code AIGW_MOCK_MODEL_RESPONSES}.
 *
 * @param endpoint a server that speaks OpenAI's protocol, or null
 * @param name the model's name on that server
 * @param apiKey empty if there is none
 * @param mock use the echo model even if an endpoint is set
 */
record ModelSettings(@Nullable URI endpoint, String name, String apiKey, boolean mock) {

    /**
     * Reads the group.
     *
     * @throws SettingsException if any variable is invalid; names all of them, including those read before
     */
    static ModelSettings read(Settings settings) {
        ModelSettings read = new ModelSettings(
                settings.url("MODEL", "ENDPOINT"),
                settings.text("MODEL", "NAME", "default"),
                settings.text("MODEL", "API_KEY", ""),
                settings.bool(null, "MOCK_MODEL_RESPONSES", false));
        settings.check();
        return read;
    }

    /** Leaves out the key. */
    @Override
    public String toString() {
        return "ModelSettings[" + endpoint + ", " + name + "]";
    }
}
