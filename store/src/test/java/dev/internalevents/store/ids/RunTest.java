package dev.internalevents.store.ids;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.pipeline.EventKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {

    private static final IdHash HASH = new IdHash(1, 2);
    private static final long SEED_CHECK = 42;

    @TempDir
    Path folder;

    private Path write(List<EventKey> keys) throws IOException {
        IdTable table = new IdTable();
        for (int i = 0; i < keys.size(); i++) {
            table.add(HASH.of(keys.get(i)), i + 1, i);
        }
        IdTable.Sorted sorted = table.sorted();
        RunHeader header = new RunHeader(
                SEED_CHECK,
                0,
                keys.size(),
                keys.size(),
                new RunHeader.Checksums(0, 0, 0),
                List.of(new RunHeader.Mark(keys.size(), keys.size() - 1, keys.size())));
        try (RunWriter writer = new RunWriter(folder, header)) {
            for (int i = 0; i < sorted.size(); i++) {
                writer.add(sorted.key(i), sorted.number(i));
            }
            return writer.finish();
        }
    }

    private static Set<Long> find(Run run, EventKey key, int others) throws IOException {
        Candidates found = new Candidates();
        run.find(new Queries(List.of(key), HASH), others, new Run.Windows(), found);
        Set<Long> numbers = new HashSet<>();
        found.forEach((query, number) -> numbers.add(number));
        return numbers;
    }

    private static List<EventKey> keys(int count) {
        List<EventKey> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(IdIndexScale.key(i));
        }
        return keys;
    }

    @Test
    void each_entry_is_found_with_its_filter_in_memory_and_without() throws Exception {
        List<EventKey> keys = keys(20_000);
        try (Run run = Run.open(write(keys), SEED_CHECK)) {
            for (int i = 0; i < keys.size(); i++) {
                assertThat(find(run, keys.get(i), 4)).containsExactly(i + 1L);
            }
            run.setFilter(
                    new FilterMemory(1 << 20).load(run.file(), run.header(), (int) FilterMemory.pagesOf(run.header())));
            int mistaken = 0;
            for (int i = 0; i < keys.size(); i++) {
                assertThat(find(run, keys.get(i), 4)).containsExactly(i + 1L);
                mistaken += run.filter().mayHave(HASH.of(IdIndexScale.key(1_000_000 + i))) ? 1 : 0;
                assertThat(find(run, IdIndexScale.key(1_000_000 + i), 4)).isEmpty();
            }
            // Half a percent.
            assertThat(mistaken).isLessThan(400);
        }
    }

    @Test
    void an_id_with_very_many_events_is_found_by_its_key_and_by_a_few_others() throws Exception {
        UUID id = UUID.randomUUID();
        List<EventKey> keys = keys(1_000);
        for (int i = 0; i < 20_000; i++) {
            keys.add(new EventKey(id, i, i));
        }
        try (Run run = Run.open(write(keys), SEED_CHECK)) {
            for (int i = 0; i < keys.size(); i += 7) {
                Set<Long> found = find(run, keys.get(i), 4);
                assertThat(found).contains(i + 1L).hasSizeLessThan(20);
            }
            assertThat(find(run, new EventKey(id, -1, -1), 4)).hasSizeBetween(4, 20);
            assertThat(find(run, new EventKey(id, -1, -1), Integer.MAX_VALUE)).hasSize(20_000);
        }
    }

    @Test
    void a_file_that_was_cut_anywhere_is_not_opened() throws Exception {
        byte[] whole = Files.readAllBytes(write(keys(20)));
        for (int length = 0; length < whole.length; length++) {
            Path cut = folder.resolve("cut");
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Run.open(cut, SEED_CHECK))
                    .as("cut after %d bytes", length)
                    .isInstanceOf(DamagedRunException.class)
                    .hasMessageStartingWith(cut.toString());
        }
        Path longer = folder.resolve("longer");
        Files.write(longer, Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> Run.open(longer, SEED_CHECK)).isInstanceOf(DamagedRunException.class);
    }

    @Test
    void a_changed_byte_is_found_when_its_part_is_read_as_a_whole() throws Exception {
        byte[] whole = Files.readAllBytes(write(keys(20)));
        for (int at = 0; at < whole.length; at++) {
            Path changed = folder.resolve("changed");
            byte[] bytes = whole.clone();
            bytes[at] ^= 1;
            Files.write(changed, bytes);
            assertThatThrownBy(() -> {
                        try (Run run = Run.open(changed, SEED_CHECK)) {
                            new FilterMemory(1 << 20)
                                    .load(run.file(), run.header(), (int) FilterMemory.pagesOf(run.header()));
                            Merge merge = new Merge(List.of(run), Long.MIN_VALUE, 1);
                            try (RunWriter writer = new RunWriter(folder.resolve("."), merge.header())) {
                                merge.write(writer, () -> {});
                            }
                        }
                    })
                    .as("byte %d", at)
                    .isInstanceOf(DamagedRunException.class);
        }
    }

    @Test
    void a_run_of_another_index_is_not_opened() throws Exception {
        Path file = write(keys(20));

        assertThatThrownBy(() -> Run.open(file, SEED_CHECK + 1))
                .isInstanceOf(DamagedRunException.class)
                .hasMessage(file + " is damaged: it belongs to another index");
    }

    @Test
    void only_its_owner_may_read_a_run() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(write(keys(1)))))
                .isEqualTo("rw-------");
    }
}
