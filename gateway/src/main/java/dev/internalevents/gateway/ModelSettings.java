package dev.internalevents.gateway;

import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The variables {@code AIGW_MODEL__…} and {@code AIGW_MOCK_MODEL_RESPONSES}.
 *
 * @param endpoint a server that speaks OpenAI's protocol, or null
 * @param name the model's name there
 * @param apiKey empty for none
 * @param mock answer with the echo whatever the endpoint
 */
record ModelSettings(@Nullable URI endpoint, String name, String apiKey, boolean mock) {

    /**
     * Reads the group.
     *
     * @throws SettingsException naming every variable that is wrong, also those that were read before
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

    /** Without the key. */
    @Override
    public String toString() {
        return "ModelSettings[" + endpoint + ", " + name + "]";
    }
}
