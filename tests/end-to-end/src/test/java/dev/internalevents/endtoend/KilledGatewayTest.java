package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The example service is killed while the collector is down; its next start sends the events left in its outbox. */
class KilledGatewayTest {

    @TempDir
    private Path folder;

    @Test
    void what_a_killed_service_held_arrives_after_its_next_start() throws Exception {
        int micro = Command.freePort();
        int port = Command.freePort();
        String gateway = "http://127.0.0.1:" + port;
        String collector = "http://127.0.0.1:" + micro;
        Files.writeString(folder.resolve(".env"), """
                AIGW_INTERNAL_EVENT__ENABLED=true
                AIGW_INTERNAL_EVENT__ENDPOINT=%s
                AIGW_INTERNAL_EVENT__OUTBOX_DIR=events
                """.formatted(collector));

        try (Command first = Command.start(folder, "gateway", "--port", String.valueOf(port))) {
            Web.awaitUp(gateway + "/monitoring/healthz");
            for (int i = 0; i < 3; i++) {
                assertThat(Web.post(gateway + "/v1/awesome_feature", "", Map.of("X-Request-ID", "before-" + i))
                                .statusCode())
                        .isEqualTo(200);
            }
            assertThat(folder.resolve("events")).isDirectoryContaining("glob:**.segment");
            first.kill();
        }
        try (Command microCommand = Command.start(folder, "micro", "--port", String.valueOf(micro));
                Command second = Command.start(folder, "gateway", "--port", String.valueOf(port))) {
            Web.awaitUp(collector + "/health");
            JsonNode good = Web.awaitGood(collector, 3);
            assertThat(StreamSupport.stream(good.spliterator(), false)
                            .map(event -> event.at("/event/contexts/data/0/data/correlation_id")
                                    .asString()))
                    .containsExactlyInAnyOrder("before-0", "before-1", "before-2");
            assertThat(second.output()).contains("3 event(s) of an earlier start are sent now");
        }
    }
}
