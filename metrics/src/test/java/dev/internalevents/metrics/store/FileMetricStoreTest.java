package dev.internalevents.metrics.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreContract;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FileMetricStoreTest extends MetricStoreContract {

    @Override
    protected MetricStore open(Counters counters) {
        return FileMetricStore.open(counters, file());
    }

    private Path file() {
        return folder.resolve("counters");
    }

    private Position filled(int events) {
        Position position = new Position(UUID.randomUUID(), 3, 14);
        try (MetricStore store = open(counters)) {
            Increments all = new Increments();
            Workload.events(events, event -> counters.count(event, all));
            store.apply(all, position);
            assertThat(store.durable()).isNull();
        }
        return position;
    }

    @Test
    void has_everything_after_it_was_opened_again() throws IOException {
        Position position = filled(200_000);

        try (MetricStore store = open(counters)) {
            assertThat(store.durable()).isEqualTo(position);
            assertEqualsRecount(store, 200_000);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void counters_that_the_dictionary_no_longer_has_are_skipped() throws IOException {
        Position position = filled(2_000);

        try (FileMetricStore store = FileMetricStore.open(Counters.of(Dictionary.EMPTY), file())) {
            assertThat(store.applied()).isEqualTo(position);
        }
        assertThat(folder.resolve("counters.damaged")).doesNotExist();
    }

    @Test
    void a_file_with_any_byte_changed_or_missing_is_set_aside_and_counts_nothing() throws IOException {
        filled(2_000);
        byte[] right = Files.readAllBytes(file());
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            byte[] wrong = i % 2 == 0 ? right.clone() : Arrays.copyOf(right, random.nextInt(right.length));
            if (i % 2 == 0) {
                wrong[random.nextInt(wrong.length)] ^= (byte) (1 + random.nextInt(255));
            }
            Files.write(file(), wrong);
            try (FileMetricStore store = FileMetricStore.open(counters, file())) {
                assertThat(store.applied()).isNull();
                assertThat(store.durable()).isNull();
            }
            Path aside = folder.resolve("counters.damaged");
            assertThat(aside).hasBinaryContent(wrong);
            Files.delete(aside);
        }
    }

    @Test
    void a_folder_that_cannot_be_written_is_tried_again() throws IOException {
        Path parent = folder.resolve("parent");
        MetricStore store = FileMetricStore.open(counters, parent.resolve("counters"));
        Position position = new Position(UUID.randomUUID(), 1, 1);
        store.apply(new Increments(), position);
        Files.createFile(parent);

        store.checkpoint();
        assertThat(store.durable()).isNull();

        Files.delete(parent);
        store.checkpoint();
        assertThat(store.durable()).isEqualTo(position);
    }

    @Test
    void folders_in_the_place_of_its_files_are_set_aside() throws IOException {
        Files.createDirectories(file().resolve("something"));
        Files.createDirectories(folder.resolve("counters.new/something"));

        Position position = filled(2_000);

        try (FileMetricStore store = FileMetricStore.open(counters, file())) {
            assertThat(store.durable()).isEqualTo(position);
        }
        assertThat(folder.resolve("counters.damaged/something")).isDirectory();
        assertThat(folder.resolve("counters.new.damaged/something")).isDirectory();
    }

    @Test
    void a_file_of_version_1_opens_and_is_written_in_version_2() throws IOException {
        try (InputStream first =
                Objects.requireNonNull(FileMetricStoreTest.class.getResourceAsStream("counters-version-1"))) {
            Files.copy(first, file());
        }
        Position position = new Position(UUID.fromString("7f3c1f0e-1111-4222-8333-944455556666"), 3, 14);
        Position next = new Position(position.sequence(), 3, 15);

        try (MetricStore store = open(counters)) {
            assertThat(store.durable()).isEqualTo(position);
            assertEqualsRecount(store, 6_000);
            store.apply(new Increments(), next);
        }
        try (MetricStore store = open(counters)) {
            assertThat(store.durable()).isEqualTo(next);
            assertEqualsRecount(store, 6_000);
        }
        assertThat(Files.readAllBytes(file())).startsWith('I', 'E', 'M', 'S', 0, 0, 0, 2);
    }

    @Test
    void a_file_contains_the_batches_up_to_its_position_and_no_others() throws Exception {
        int batches = 400;
        List<Increments> all = Stream.generate(Increments::new).limit(batches).toList();
        int[] event = {0};
        Workload.events(100_000, one -> counters.count(one, all.get(event[0]++ * batches / 100_000)));
        UUID queue = UUID.randomUUID();
        Map<Long, Path> copies = new TreeMap<>();
        try (FileMetricStore store = FileMetricStore.open(counters, file())) {
            for (int i = 0; i < batches; i++) {
                store.apply(all.get(i), Position.ofEvent(queue, i + 1));
                Position before = store.durable();
                store.beginCheckpoint();
                if (i % 20 == 0) {
                    while (i > 0 && Objects.equals(store.durable(), before)) {
                        Thread.onSpinWait();
                    }
                    continue;
                }
                Path copy = folder.resolve("copy-" + i);
                if (i % 20 == 1 && i > 1) {
                    // While the next file is written, as a crash leaves it.
                    Files.copy(file(), copy);
                    try (FileMetricStore opened = FileMetricStore.open(counters, copy)) {
                        copies.put(Objects.requireNonNull(opened.applied()).number(), copy);
                    }
                }
            }
        }
        assertThat(copies).hasSizeGreaterThan(10);
        copies.put((long) batches, file());
        try (MemoryMetricStore expected = new MemoryMetricStore(counters)) {
            int applied = 0;
            for (Map.Entry<Long, Path> copy : copies.entrySet()) {
                while (applied < copy.getKey()) {
                    expected.apply(all.get(applied++), null);
                }
                try (FileMetricStore opened = FileMetricStore.open(counters, copy.getValue())) {
                    assertThat(values(opened)).as("batch %s", copy.getKey()).isEqualTo(values(expected));
                }
            }
        }
    }

    private List<String> values(MetricStore store) {
        return new Metrics(dictionary, counters, store, Clock.fixed(Workload.NOW, ZoneOffset.UTC))
                .values().stream()
                        .map(value -> value.keyPath() + " " + value.value() + " " + value.json())
                        .toList();
    }

    @Test
    void counts_that_did_not_change_are_still_there_whatever_became_of_the_last_file() throws IOException {
        UUID queue = UUID.randomUUID();
        Increments most = new Increments();
        Workload.events(6_000, event -> counters.count(event, most));
        for (int damage = 0; damage < 4; damage++) {
            Files.deleteIfExists(file());
            List<String> expected;
            try (FileMetricStore store = FileMetricStore.open(counters, file())) {
                store.apply(most, new Position(queue, 1, 1));
                store.checkpoint();
                switch (damage) {
                    case 0 -> Files.delete(file());
                    case 1 -> Files.write(file(), new byte[(int) Files.size(file())]);
                    case 2 -> Files.write(file(), Arrays.copyOf(Files.readAllBytes(file()), 5_000));
                    default -> assertThat(file()).exists();
                }
                Increments one = new Increments();
                counters.count(
                        new Workload.Event(
                                "closed", Workload.NOW.toEpochMilli(), "x", null, null, null, null, 1L, Map.of()),
                        one);
                store.apply(one, new Position(queue, 1, 2));
                store.checkpoint();
                expected = values(store);
            }
            try (FileMetricStore store = FileMetricStore.open(counters, file())) {
                assertThat(store.applied()).isEqualTo(new Position(queue, 1, 2));
                assertThat(values(store)).isEqualTo(expected);
            }
        }
    }

    @Test
    void a_reset_during_a_checkpoint_leaves_zeros() {
        Position position = new Position(UUID.randomUUID(), 1, 1);
        Increments all = new Increments();
        Workload.events(50_000, event -> counters.count(event, all));
        List<String> zeros = values(new MemoryMetricStore(counters));
        for (int i = 1; i < 20; i++) {
            try (FileMetricStore store = FileMetricStore.open(counters, file())) {
                store.apply(all, new Position(position.sequence(), 1, i));
                store.beginCheckpoint();
                store.reset();
            }
            try (FileMetricStore store = FileMetricStore.open(counters, file())) {
                assertThat(values(store)).isEqualTo(zeros);
                assertThat(store.durable()).isEqualTo(new Position(position.sequence(), 1, i));
            }
        }
    }

    @Test
    void what_a_killed_process_left_of_a_new_file_is_ignored() throws IOException {
        Position position = filled(2_000);
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length += 97) {
            Files.write(folder.resolve("counters.new"), Arrays.copyOf(whole, length));
            try (FileMetricStore store = FileMetricStore.open(counters, file())) {
                assertThat(store.applied()).isEqualTo(position);
            }
        }
        assertThat(folder.resolve("counters.damaged")).doesNotExist();
    }
}
