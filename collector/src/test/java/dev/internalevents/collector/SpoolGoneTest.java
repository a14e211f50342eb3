package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * A collector starts with a spool that is missing, or older than the store: all requests accepted afterwards are
 * stored, at whatever position they get in the new files.
 */
@Tag("slow")
class SpoolGoneTest {

    @TempDir
    Path temporary;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    private enum Spool {
        NO_SEGMENTS,
        NO_LAST_SEGMENT,
        SEGMENTS_ARE_FOLDERS,
        EMPTY_SEGMENTS,
        NO_FILES,
        NO_FOLDER,
        OLDER_COPY,
        OLDER_COPY_OF_EARLIER_START
    }

    private enum Notes {
        THERE,
        GONE
    }

    static Stream<Arguments> cases() {
        return Stream.of(Spool.values())
                .flatMap(spool -> Stream.of(Notes.values()).map(notes -> Arguments.of(spool, notes)));
    }

    private void start() throws IOException {
        collector.start(CollectorSettings.collector(folder()).readYourWrites(true));
    }

    private Path folder() {
        return temporary.resolve("data");
    }

    private Path spool() {
        return folder().resolve("spool");
    }

    private List<String> send(int requests) throws Exception {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            List<String> events = new ArrayList<>();
            for (int j = 0; j < 10; j++) {
                String id = UUID.randomUUID().toString();
                sent.add(id);
                events.add("{\"e\":\"pv\",\"eid\":\"" + id + "\",\"page\":\"" + "p".repeat(200) + "\"}");
            }
            collector.track(events.toArray(String[]::new));
        }
        return sent;
    }

    private List<String> stored() throws Exception {
        List<String> ids = new ArrayList<>();
        JsonNode rows = collector
                .json("/micro/sql", "{\"sql\":\"SELECT event_id FROM events\"}")
                .path("rows");
        rows.forEach(row -> ids.add(row.get(0).asString()));
        return ids;
    }

    @ParameterizedTest(name = "{0}, notes {1}")
    @MethodSource("cases")
    void what_is_taken_after_the_spool_is_gone_is_stored_once(Spool what, Notes notes) throws Exception {
        Path copy = temporary.resolve("copy");
        Set<String> sent = new HashSet<>();
        start();
        sent.addAll(send(20));
        settle();
        if (what == Spool.OLDER_COPY) {
            collector.close();
            Folders.copy(spool(), copy);
            start();
        }
        sent.addAll(send(40));
        settle();
        collector.close();
        if (what == Spool.OLDER_COPY_OF_EARLIER_START) {
            Folders.copy(spool(), copy);
            for (int i = 0; i < 3; i++) {
                start();
                sent.addAll(send(20));
                settle();
                collector.close();
            }
        }
        damage(what, copy);
        if (notes == Notes.GONE) {
            Files.delete(folder().resolve("last-known"));
        }

        for (int i = 0; i < 3; i++) {
            start();
            sent.addAll(send(5));
            sent.addAll(send(30));
            settle();
            assertThat(stored()).as("after start %d", i).hasSize(sent.size()).containsAll(sent);
            collector.close();
        }
    }

    private void settle() throws Exception {
        // A collector with read-your-writes answers only after everything is stored.
        assertThat(collector.get("/micro/all").statusCode()).isEqualTo(200);
    }

    private void damage(Spool what, Path copy) throws IOException {
        List<Path> segments;
        try (Stream<Path> files = Files.list(spool())) {
            segments = files.filter(file -> file.toString().endsWith(".segment"))
                    .sorted()
                    .toList();
        }
        assertThat(segments).isNotEmpty();
        switch (what) {
            case NO_SEGMENTS -> delete(segments);
            case NO_LAST_SEGMENT -> delete(segments.subList(segments.size() - 1, segments.size()));
            case SEGMENTS_ARE_FOLDERS -> {
                delete(segments);
                for (Path segment : segments) {
                    Files.createDirectory(segment);
                }
            }
            case EMPTY_SEGMENTS -> {
                for (Path segment : segments) {
                    Files.write(segment, new byte[0]);
                }
            }
            case NO_FILES -> {
                try (Stream<Path> files = Files.list(spool())) {
                    delete(files.toList());
                }
            }
            case NO_FOLDER -> deleteFolder(spool());
            case OLDER_COPY, OLDER_COPY_OF_EARLIER_START -> {
                deleteFolder(spool());
                Folders.copy(copy, spool());
            }
        }
    }

    private static void delete(List<Path> files) throws IOException {
        for (Path file : files) {
            Files.delete(file);
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            delete(files.sorted(Comparator.reverseOrder()).toList());
        }
    }
}
