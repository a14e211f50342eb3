package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder for temporary files, which DuckDB's native library is unpacked to, cannot be used at first. */
class TemporaryFolderTest {

    @Test
    void without_a_folder_for_the_native_library_requests_wait_and_are_stored_once_it_is_there(@TempDir Path folder)
            throws Exception {
        Path temporary = folder.resolve("missing");
        int port = Command.freePort();
        String url = "http://127.0.0.1:" + port;
        try (Command collector = Command.start(
                folder,
                Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary),
                "collector",
                "--data",
                folder.resolve("data").toString(),
                "--port",
                String.valueOf(port))) {
            Web.awaitUp(url + "/health");
            collector.prints("DuckDB's native library needs 100 MB in " + temporary);
            String body = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":["
                    + "{\"e\":\"pv\",\"p\":\"web\",\"tv\":\"t\",\"eid\":\"" + UUID.randomUUID() + "\"}]}";
            assertThat(Web.post(url + "/com.snowplowanalytics.snowplow/tp2", body, Map.of())
                            .statusCode())
                    .isEqualTo(200);

            Files.createDirectory(temporary);

            Stored.awaitAll(url);
            assertThat(Stored.ids(url)).hasSize(1);
            assertThat(collector.output()).doesNotContain("\tat ");
        }
    }
}
