package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that were handed on twice, without ids, to a collector that is killed while it processes them. */
class HandedOnTest {

    private static final int REQUESTS = 1_000;
    private static final int EVENTS = 20;
    private static final int KILLS = Integer.getInteger("collector.kills", 6);

    @Test
    void each_event_is_in_the_store_once(@TempDir Path folder) throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        UUID origin = UUID.randomUUID();
        Random random = new Random(20261127);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            // Every tenth request cannot be read.
            frames.add(PayloadFrame.withOrigin(frame(i % 10 == 9 ? "{" : body(i)), origin + "/1/" + i));
        }
        List<byte[]> twice = new ArrayList<>(frames);
        twice.addAll(frames);
        Collections.shuffle(twice, random);
        int port = Command.freePort();
        String url = "http://127.0.0.1:" + port;
        String[] command = {"collector", "--data", data.toString(), "--port", String.valueOf(port)};
        int part = twice.size() / (KILLS + 1) + 1;
        for (int kill = 0; kill <= KILLS; kill++) {
            List<byte[]> next = twice.subList(kill * part, Math.min(twice.size(), (kill + 1) * part));
            try (Spool spool = Spool.open(data.resolve("spool"), SpoolSettings.DEFAULTS)) {
                next.forEach(frame -> spool.append(frame, 0, frame.length));
            }
            try (Command collector = Command.start(folder, command)) {
                if (kill == KILLS) {
                    Stored.awaitAll(url);
                    Map<String, Integer> stored = Stored.ids(url);
                    assertThat(stored).hasSize(REQUESTS * 9 / 10 * EVENTS + REQUESTS / 10);
                    assertThat(stored.values()).containsOnly(1);
                    assertThat(collector.output()).doesNotContain("damaged");
                } else {
                    await().atMost(Duration.ofMinutes(2))
                            .ignoreExceptions()
                            .until(() -> Web.json(url + "/ready")
                                            .path("waitingRequests")
                                            .asLong(-1)
                                    >= 0);
                    collector.kill();
                }
            }
        }
    }

    private static String body(int request) {
        return IntStream.range(0, EVENTS)
                .mapToObj(event -> "{\"e\":\"pv\",\"page\":\"" + request % 7 + "\"}")
                .collect(Collectors.joining(
                        ",",
                        "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":[",
                        "]}"));
    }

    private static byte[] frame(String body) {
        return PayloadFrame.encode(new CollectorPayload(
                new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp2"),
                null,
                "application/json",
                null,
                RequestBody.of(body.getBytes(StandardCharsets.UTF_8)),
                new CollectorPayload.Source("test", "UTF-8", "localhost"),
                new CollectorPayload.Context(Instant.now(), null, null, null, List.of(), null)));
    }
}
