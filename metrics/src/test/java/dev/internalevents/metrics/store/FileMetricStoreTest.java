package dev.internalevents.metrics.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreContract;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.Recount;
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

    @Override
    protected double standardError() {
        return 0.0041;
    }

    @Override
    protected int exactUniques() {
        return UniqueCount.EXACT;
    }

    private Path file() {
        return folder.resolve("counters");
    }

    private Position filled(Dictionary dictionary, int events) {
        Counters counters = Counters.of(dictionary);
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
        Dictionary dictionary = Workload.dictionary(folder.resolve("definitions"));
        Position position = filled(dictionary, 200_000);

        try (MetricStore store = open(Counters.of(dictionary))) {
            assertThat(store.durable()).isEqualTo(position);
            assertEqualsRecount(dictionary, store, Recount.of(dictionary, 200_000, folder));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_file_with_any_byte_changed_or_missing_is_refused() throws IOException {
        Dictionary dictionary = Workload.dictionary(folder.resolve("definitions"));
        filled(dictionary, 2_000);
        byte[] right = Files.readAllBytes(file());
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            byte[] wrong = i % 2 == 0 ? right.clone() : Arrays.copyOf(right, random.nextInt(right.length));
            if (i % 2 == 0) {
                wrong[random.nextInt(wrong.length)] ^= (byte) (1 + random.nextInt(255));
            }
            Files.write(file(), wrong);
            assertThatThrownBy(() -> open(Counters.of(dictionary)))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageStartingWith(file() + ": the counters cannot be read (")
                    .hasMessageEndingWith("); move the file away to count from zero");
        }
    }

    @Test
    void a_folder_that_cannot_be_written_is_tried_again() throws IOException {
        Dictionary dictionary = Workload.dictionary(folder.resolve("definitions"));
        Counters counters = Counters.of(dictionary);
        MetricStore store = open(counters);
        Position position = new Position(UUID.randomUUID(), 1, 1);
        store.apply(new Increments(), position);
        Files.createDirectories(file().resolve("in the way"));

        store.checkpoint();
        assertThat(store.durable()).isNull();

        Files.delete(file().resolve("in the way"));
        Files.delete(file());
        store.checkpoint();
        assertThat(store.durable()).isEqualTo(position);
    }
}
