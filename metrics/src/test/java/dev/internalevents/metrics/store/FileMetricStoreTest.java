package dev.internalevents.metrics.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreContract;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
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
}
