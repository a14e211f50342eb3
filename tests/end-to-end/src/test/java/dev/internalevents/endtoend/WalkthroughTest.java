package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Follows the steps of the original's documentation: settings in a file, collector, service, one request. */
class WalkthroughTest {

    @TempDir
    Path folder;

    @Test
    void each_header_arrives_in_its_field_with_its_type() throws Exception {
        int micro = Command.freePort();
        int gateway = Command.freePort();
        String collector = "http://127.0.0.1:" + micro;
        Files.writeString(folder.resolve(".env"), """
                AIGW_INTERNAL_EVENT__ENABLED=true
                AIGW_INTERNAL_EVENT__ENDPOINT=%s
                AIGW_INTERNAL_EVENT__BATCH_SIZE=1
                AIGW_INTERNAL_EVENT__THREAD_COUNT=1
                """.formatted(collector));
        Map<String, String> headers = headers("""
                X-Gitlab-Realm: saas
                X-Gitlab-Instance-Id: ea8bf810-1d6f-4a6a-b4fd-93e8cbd8b57f
                X-Gitlab-Host-Name: gitlab.com
                X-Gitlab-Version: 18.1.0
                X-Gitlab-Global-User-Id: XsZf/L6X0=
                X-Gitlab-User-Id: 7
                X-Gitlab-Is-Team-Member: yes
                X-Gitlab-Feature-Enabled-By-Namespace-Ids: 9970, 42
                X-Gitlab-Feature-Enablement-Type: duo_pro
                X-Gitlab-Root-Namespace-Id: 9970
                X-Gitlab-Client-Type: ide
                X-Gitlab-Client-Name: vscode
                X-Gitlab-Client-Version: 1.2
                X-Gitlab-Interface: chat
                X-Request-ID: 01JPHRC3K30KDDV165EWTCFJ02
                """);

        try (Command microCommand = Command.start(folder, "micro", "--port", String.valueOf(micro));
                Command gatewayCommand = Command.start(folder, "gateway", "--port", String.valueOf(gateway))) {
            Web.awaitUp(collector + "/health");
            Web.awaitUp("http://127.0.0.1:" + gateway + "/monitoring/healthz");
            assertThat(Web.post("http://127.0.0.1:" + gateway + "/v1/awesome_feature", "", headers)
                            .statusCode())
                    .isEqualTo(200);

            JsonNode good = Web.awaitGood(collector, 1);
            assertThat(good.size()).isEqualTo(1);
            assertThat(good.get(0).at("/event/se_action").asString()).isEqualTo("request_awesome_feature");
            JsonNode context = good.get(0).at("/event/contexts/data/0/data");
            assertThat(context.path("context_generated_at").asString()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
            ((tools.jackson.databind.node.ObjectNode) context).remove("context_generated_at");
            assertThat(context.toString())
                    .isEqualTo("{\"environment\":\"production\",\"source\":\"ai-gateway-java\",\"realm\":\"saas\","
                            + "\"instance_id\":\"ea8bf810-1d6f-4a6a-b4fd-93e8cbd8b57f\",\"host_name\":\"gitlab.com\","
                            + "\"instance_version\":\"18.1.0\",\"global_user_id\":\"XsZf/L6X0=\","
                            + "\"is_gitlab_team_member\":true,\"feature_enabled_by_namespace_ids\":[9970,42],"
                            + "\"feature_enablement_type\":\"duo_pro\",\"ultimate_parent_namespace_id\":9970,"
                            + "\"client_type\":\"ide\",\"client_name\":\"vscode\",\"client_version\":\"1.2\","
                            + "\"interface\":\"chat\",\"correlation_id\":\"01JPHRC3K30KDDV165EWTCFJ02\"}");
            assertThat(Web.json(collector + "/micro/all").path("bad").asInt()).isZero();
            assertThat(gatewayCommand.output()).contains("\"tracked_internal_events\":[\"request_awesome_feature\"]");
        }
    }

    private static Map<String, String> headers(String lines) {
        return lines.lines()
                .map(line -> line.split(": ", 2))
                .collect(Collectors.toMap(header -> header[0], header -> header[1]));
    }
}
