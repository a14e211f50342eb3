package dev.internalevents.store.ids;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.pipeline.EventKey;
import dev.internalevents.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdIndexTest {

    private static final long WAIT_NANOS = 60_000_000_000L;
    private static final IdIndex.Settings SMALL = new IdIndex.Settings(100, 1 << 20);

    @TempDir
    Path temporary;

    private Path folder;
    private IdIndex index;

    @BeforeEach
    void open() {
        folder = temporary.resolve("ids");
        index = IdIndex.open(folder, SMALL);
    }

    @AfterEach
    void close() {
        index.close();
    }

    private static void add(IdIndex to, long first, long last) {
        for (long number = first; number <= last; number++) {
            to.makeRoom();
            to.add(IdIndexScale.key(number), number, Instant.ofEpochMilli(number));
        }
    }

    /** Adds events and waits until every full table is on the disk. */
    private void addAndWait(long first, long last) throws InterruptedException {
        add(index, first, last);
        index.makeRoom();
        assertThat(index.awaitIdle(WAIT_NANOS)).isTrue();
    }

    private static Set<Long> find(IdIndex in, EventKey key) {
        Set<Long> numbers = new HashSet<>();
        in.find(List.of(key), false).forEach((query, number) -> numbers.add(number));
        return numbers;
    }

    private static void assertHas(IdIndex in, long first, long last) {
        for (long number = first; number <= last; number++) {
            assertThat(find(in, IdIndexScale.key(number))).as("%d", number).contains(number);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.sorted(Comparator.comparing(Path::toString)).toList();
        }
    }

    private Path run(long after) throws IOException {
        return files().stream()
                .filter(file -> file.getFileName().toString().startsWith(after + "-"))
                .findFirst()
                .orElseThrow();
    }

    private void reopen() {
        index.close();
        index = IdIndex.open(folder, SMALL);
    }

    /** Runs of several sizes are merged while the index is in use, and the next open finds them. */
    @ParameterizedTest
    @ValueSource(longs = {1 << 20, 1 << 16, 0})
    void what_was_added_is_found_whatever_memory_filters_have(long filterBytes) throws Exception {
        index.close();
        index = IdIndex.open(folder, new IdIndex.Settings(100, filterBytes));
        add(index, 1, 5_000);
        assertHas(index, 1, 5_000);
        assertThat(index.awaitIdle(WAIT_NANOS)).isTrue();
        assertHas(index, 1, 5_000);
        assertThat(index.sizes().runs()).isLessThan(16);
        assertThat(index.sizes().filterBytes()).isLessThanOrEqualTo(filterBytes);
        assertThat(find(index, IdIndexScale.key(5_001))).isEmpty();

        reopen();

        assertThat(index.last()).isEqualTo(5_000);
        assertThat(index.reached()).isEqualTo(5_000);
        assertHas(index, 1, 5_000);
    }

    @Test
    void indexes_with_different_seeds_find_the_same() throws Exception {
        try (IdIndex other = IdIndex.open(temporary.resolve("other"), SMALL)) {
            assertThat(Files.readAllBytes(folder.resolve("seed")))
                    .isNotEqualTo(Files.readAllBytes(temporary.resolve("other/seed")));
            add(index, 1, 3_000);
            add(other, 1, 3_000);
            for (long number = 1; number <= 6_000; number++) {
                assertThat(find(index, IdIndexScale.key(number)))
                        .isEqualTo(find(other, IdIndexScale.key(number)))
                        .hasSize(number <= 3_000 ? 1 : 0);
            }
        }
    }

    @Test
    void a_killed_process_leaves_an_index_that_says_how_far_it_reaches() throws Exception {
        addAndWait(1, 250);
        // Copy what a process that ends now would leave on the disk.
        Path copy = temporary.resolve("copy");
        Files.createDirectories(copy);
        for (Path file : files()) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        Files.writeString(copy.resolve("200-300.run.unfinished"), "half of a file");
        try (IdIndex after = IdIndex.open(copy, SMALL)) {
            assertThat(after.reached()).isEqualTo(200);
            assertHas(after, 1, 200);
            add(after, 201, 1_000);
            assertHas(after, 1, 1_000);
        }
        assertThat(copy.resolve("200-300.run.unfinished")).doesNotExist();
    }

    @Test
    void runs_that_were_merged_before_the_process_ended_are_removed() throws Exception {
        addAndWait(1, 300);
        List<Path> old = files();
        List<byte[]> contents = new ArrayList<>();
        for (Path file : old) {
            contents.add(Files.readAllBytes(file));
        }
        addAndWait(301, 400);
        index.close();
        for (int i = 0; i < old.size(); i++) {
            Files.write(old.get(i), contents.get(i));
        }

        index = IdIndex.open(folder, SMALL);

        assertHas(index, 1, 400);
        assertThat(index.sizes().entries()).isEqualTo(400);
        assertThat(files()).hasSize(2);
    }

    @Test
    void a_damaged_run_takes_those_behind_it_along() throws Exception {
        addAndWait(1, 350);
        index.close();
        Files.write(run(100), new byte[20]);

        index = IdIndex.open(folder, SMALL);

        assertThat(index.reached()).isEqualTo(100);
        assertHas(index, 1, 100);
        add(index, 101, 1_000);
        assertHas(index, 1, 1_000);
    }

    @Test
    void damage_that_is_found_while_the_index_is_open_is_reported_until_it_is_opened_again() throws Exception {
        addAndWait(1, 350);
        index.close();
        Path damaged = run(200);
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length - 1] ^= 1;
        Files.write(damaged, bytes);
        index = IdIndex.open(folder, SMALL);
        assertThat(index.reached()).isEqualTo(350);

        assertThatThrownBy(() -> {
                    for (long number = 351; ; number++) {
                        add(index, number, number);
                    }
                })
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith(damaged + " is damaged: the checksum of its entries is wrong");
        assertThat(index.damage()).isNotNull();
        assertThatThrownBy(() -> index.find(List.of(IdIndexScale.key(1)), false))
                .isInstanceOf(StoreException.class);

        reopen();
        assertThat(index.damage()).isNull();
        assertThat(index.reached()).isEqualTo(200);
        assertHas(index, 1, 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty", "short", "random", "folder", "missing"})
    void a_damaged_seed_begins_a_new_index(String damage) throws Exception {
        add(index, 1, 1_000);
        index.close();
        Path seed = folder.resolve("seed");
        byte[] bytes = Files.readAllBytes(seed);
        Files.delete(seed);
        if (damage.equals("folder")) {
            Files.createDirectories(seed.resolve("sub"));
        } else if (!damage.equals("missing")) {
            byte[] random = new byte[damage.equals("random") ? bytes.length : damage.equals("short") ? 3 : 0];
            new Random(1).nextBytes(random);
            Files.write(seed, random);
        }

        index = IdIndex.open(folder, SMALL);

        assertThat(index.reached()).isZero();
        add(index, 1, 1_000);
        assertHas(index, 1, 1_000);
    }

    @Test
    void a_file_in_the_place_of_the_folder_is_replaced() throws Exception {
        index.close();
        for (Path file : files()) {
            Files.delete(file);
        }
        Files.delete(folder);
        Files.writeString(folder, "a file");

        index = IdIndex.open(folder, SMALL);

        add(index, 1, 1_000);
        assertHas(index, 1, 1_000);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
    }

    @Test
    void a_folder_that_cannot_be_used_is_named_with_what_to_do() {
        assertThatThrownBy(() -> IdIndex.open(Path.of("/proc/ids"), SMALL))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("/proc/ids")
                .hasMessageContaining("Make the folder writable");
    }

    @Test
    void while_a_table_cannot_be_written_what_is_in_memory_is_found_and_the_caller_is_told_when_it_is_full()
            throws Exception {
        // A folder in place of the file makes the write fail.
        Files.createDirectories(folder.resolve("0-100.run.unfinished"));
        add(index, 1, 200);
        assertThatThrownBy(() -> add(index, 201, 201))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot be written")
                .hasMessageContaining("0-100.run.unfinished")
                .hasMessageContaining("make room on the disk");
        assertHas(index, 1, 200);
        assertThat(index.reached()).isEqualTo(200);

        Files.delete(folder.resolve("0-100.run.unfinished"));

        assertThat(index.awaitIdle(WAIT_NANOS)).isTrue();
        add(index, 201, 2_000);
        assertHas(index, 1, 2_000);
    }

    @Test
    void what_is_old_goes_and_the_rest_stays() throws Exception {
        addAndWait(1, 2_000);
        long before = index.sizes().fileBytes();

        index.forgetBefore(Instant.ofEpochMilli(1_800));
        assertThat(index.awaitIdle(WAIT_NANOS)).isTrue();

        assertHas(index, 1_800, 2_000);
        assertThat(index.sizes().entries()).isLessThan(600);
        assertThat(index.sizes().fileBytes()).isLessThan(before / 3);
        assertThat(index.reached()).isEqualTo(2_000);

        index.forgetBefore(Instant.ofEpochMilli(20_000));
        assertThat(index.awaitIdle(WAIT_NANOS)).isTrue();
        assertThat(index.sizes().entries()).isZero();
        reopen();
        assertThat(index.reached()).isEqualTo(2_000);
        add(index, 2_001, 3_000);
        assertHas(index, 2_001, 3_000);
    }

    @Test
    void a_clock_that_was_wrong_for_a_while_keeps_nothing_else_from_being_forgotten() throws Exception {
        add(index, 1, 1_000);
        for (long number = 1_001; number <= 1_200; number++) {
            index.makeRoom();
            index.add(IdIndexScale.key(number), number, Instant.parse("2100-01-01T00:00:00Z"));
        }
        addAndWait(1_201, 2_000);

        index.forgetBefore(Instant.ofEpochMilli(20_000));
        assertThat(index.awaitIdle(WAIT_NANOS)).isTrue();

        assertHas(index, 1_001, 1_200);
        assertThat(index.sizes().entries()).isLessThan(500);
    }

    @Test
    void a_cleared_index_is_empty_and_goes_on() throws Exception {
        add(index, 1, 2_050);
        index.clear();
        assertThat(find(index, IdIndexScale.key(1))).isEmpty();
        assertThat(find(index, IdIndexScale.key(2_050))).isEmpty();

        addAndWait(2_051, 4_000);
        reopen();

        assertHas(index, 2_051, 4_000);
        assertThat(find(index, IdIndexScale.key(1))).isEmpty();
    }
}
