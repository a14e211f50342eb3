package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The temporary folder, to which DuckDB's native library is unpacked, is not usable at first. */
class TemporaryFolderTest {

    @Test
    void without_room_for_the_native_library_requests_wait_and_are_stored_once_there_is(@TempDir Path folder)
            throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("small"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", temporary.toString()), "mounting needs root");
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
            collector.prints("DuckDB's native library needs 100 MB in " + temporary + ", which has 20 MB free");
            String body = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":["
                    + "{\"e\":\"pv\",\"p\":\"web\",\"tv\":\"t\",\"eid\":\"" + UUID.randomUUID() + "\"}]}";
            assertThat(Web.post(url + "/com.snowplowanalytics.snowplow/tp2", body, Map.of())
                            .statusCode())
                    .isEqualTo(200);

            assertThat(run("mount", "-o", "remount,size=400m", temporary.toString()))
                    .isTrue();

            Stored.awaitAll(url);
            assertThat(Stored.ids(url)).hasSize(1);
            assertThat(collector.output()).doesNotContain("\tat ");
        } finally {
            run("umount", "-l", temporary.toString());
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    }
}
