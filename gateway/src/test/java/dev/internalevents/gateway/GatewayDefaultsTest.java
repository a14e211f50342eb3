package dev.internalevents.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.settings.Settings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayDefaultsTest {

    @TempDir
    private Path folder;

    @Test
    void events_have_the_names_of_the_ai_gateway() {
        assertThat(GatewayApplication.defaults(Settings.load("AIGW", Map.of(), folder)))
                .containsEntry("internal-events.app-id", "gitlab_ai_gateway")
                .containsEntry("internal-events.namespace", "gl");
    }

    @Test
    void variables_go_before_these_names() {
        Map<String, String> variables =
                Map.of("AIGW_INTERNAL_EVENT__APP_ID", "mine", "AIGW_INTERNAL_EVENT__NAMESPACE", "other");
        assertThat(GatewayApplication.defaults(Settings.load("AIGW", variables, folder)))
                .containsEntry("internal-events.app-id", "mine")
                .containsEntry("internal-events.namespace", "other");
    }
}
