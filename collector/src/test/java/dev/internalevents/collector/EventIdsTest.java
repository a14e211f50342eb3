package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collector with its index of event ids, across restarts and damage. */
class EventIdsTest {

    private static final String PAYLOAD =
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":[%s]}";

    @TempDir
    Path folder;

    private Collector collector;
    private Http http;

    @AfterEach
    void stop() {
        collector.close();
    }

    private void start() throws IOException {
        collector = Collector.start(
                CollectorSettings.collector(folder).port(0).readYourWrites(true).build());
        http = new Http(collector);
    }

    private void send(List<UUID> ids) throws Exception {
        List<String> events =
                ids.stream().map(id -> "{\"e\":\"pv\",\"eid\":\"" + id + "\"}").toList();
        assertThat(http.post(Http.TP2, PAYLOAD.formatted(String.join(",", events)))
                        .statusCode())
                .isEqualTo(200);
    }

    private int good() throws Exception {
        return http.json("/micro/all").path("good").asInt();
    }

    @Test
    void an_event_counts_once_whatever_becomes_of_the_index() throws Exception {
        List<UUID> ids = Stream.generate(UUID::randomUUID).limit(500).toList();
        start();
        send(ids);
        send(ids);
        assertThat(good()).isEqualTo(500);
        for (String damage : List.of("none", "run", "seed", "folder")) {
            collector.close();
            damage(damage);
            start();
            send(ids);
            assertThat(good()).as("after damage: %s", damage).isEqualTo(500);
            assertThat(http.get("/metrics").body()).contains("internal_events_events_duplicate_total 500");
        }
    }

    private void damage(String what) throws IOException {
        Path index = folder.resolve("ids");
        List<Path> files;
        try (Stream<Path> list = Files.list(index)) {
            files = list.toList();
        }
        assertThat(files).hasSize(2);
        for (Path file : files) {
            if (what.equals("folder")) {
                Files.delete(file);
            } else if (file.toString().endsWith(what)) {
                Files.write(file, new byte[20]);
            }
        }
        if (what.equals("folder")) {
            Files.delete(index);
            Files.writeString(index, "a file");
        }
    }

    @Test
    void a_reset_begins_anew() throws Exception {
        List<UUID> ids = List.of(UUID.randomUUID(), UUID.randomUUID());
        start();
        send(ids);
        http.post("/micro/reset", "{}");
        send(ids);
        send(ids);

        assertThat(good()).isEqualTo(2);
    }
}
