package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collector with its index of event ids, across restarts and damage. */
@Tag("slow")
class EventIdsTest {

    @TempDir
    Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    private void start() throws IOException {
        collector.start(CollectorSettings.collector(folder).readYourWrites(true));
    }

    private void send(List<UUID> ids) throws Exception {
        List<String> events =
                ids.stream().map(id -> "{\"e\":\"pv\",\"eid\":\"" + id + "\"}").toList();
        collector.track(events.toArray(String[]::new));
    }

    private int good() throws Exception {
        return collector.json("/micro/all").path("good").asInt();
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
            assertThat(collector.get("/metrics").body()).contains("internal_events_events_duplicate_total 500.0");
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
        collector.post("/micro/reset", "{}");
        send(ids);
        send(ids);

        assertThat(good()).isEqualTo(2);
    }
}
