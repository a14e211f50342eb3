package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk with spool and store fills up, and has free space again. */
class FullDiskTest {

    private static final int MAX_REQUESTS = 2_000;

    @Test
    void on_a_full_disk_senders_are_refused_and_what_was_acknowledged_is_stored_when_there_is_room(@TempDir Path folder)
            throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", disk.toString()), "mounting needs root");
        try {
            Path ballast = Files.write(disk.resolve("ballast"), new byte[208 << 20]);
            int port = Command.freePort();
            String url = "http://127.0.0.1:" + port;
            try (Command collector = Command.start(
                    folder, "collector", "--data", disk.resolve("data").toString(), "--port", String.valueOf(port))) {
                Web.awaitUp(url + "/health");
                Set<String> acknowledged = new HashSet<>();
                Random random = new Random(4);
                while (isTaken(url, acknowledged, random)) {
                    assertThat(acknowledged.size())
                            .as("requests on a disk of 48 MB")
                            .isLessThan(MAX_REQUESTS);
                }
                assertThat(acknowledged).isNotEmpty();
                assertThat(collector.output())
                        .containsIgnoringCase("no space left")
                        .doesNotContain("could not be created", "could not be removed", "no transaction is active");

                Files.delete(ballast);

                Stored.awaitAll(url);
                await().atMost(Duration.ofMinutes(1)).until(() -> isTaken(url, acknowledged, random));
                Stored.awaitAll(url);
                Map<String, Integer> stored = Stored.ids(url);
                assertThat(stored.keySet()).containsAll(acknowledged);
                assertThat(stored.values()).containsOnly(1);
            }
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    /** Sends an incompressible event and returns whether it was acknowledged. */
    private static boolean isTaken(String url, Set<String> acknowledged, Random random)
            throws IOException, InterruptedException {
        byte[] noise = new byte[150_000];
        random.nextBytes(noise);
        String id = UUID.randomUUID().toString();
        String body = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":["
                + "{\"e\":\"pv\",\"p\":\"web\",\"tv\":\"t\",\"eid\":\"" + id + "\",\"page\":\""
                + Base64.getEncoder().encodeToString(noise) + "\"}]}";
        int status = Web.post(url + "/com.snowplowanalytics.snowplow/tp2", body, Map.of())
                .statusCode();
        if (status == 200) {
            acknowledged.add(id);
        } else {
            assertThat(status).isEqualTo(503);
        }
        return status == 200;
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    }
}
