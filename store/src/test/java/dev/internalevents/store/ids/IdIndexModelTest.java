package dev.internalevents.store.ids;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.pipeline.EventKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/**
 * Compares the index with a list of all events, through crashes and damage: the index finds every event in the list.
 */
@Tag("slow")
class IdIndexModelTest {

    private static final IdIndex.Settings TINY = new IdIndex.Settings(20, 1 << 17);
    private static final int STEPS = 25;

    private final List<EventKey> added = new ArrayList<>();
    private long forgotten;

    @Property(tries = 15)
    void finds_every_event_through_crashes_and_damage(@ForAll long seed, @ForAll @IntRange(min = 1, max = 500) int ids)
            throws Exception {
        Path temporary = Files.createTempDirectory("ids");
        Random random = new Random(seed);
        added.clear();
        forgotten = 0;
        IdIndex index = IdIndex.open(temporary.resolve("0"), TINY);
        try {
            for (int step = 1; step <= STEPS; step++) {
                add(index, random, ids);
                check(index, random, ids);
                int what = random.nextInt(10);
                if (what < 3) {
                    Path next = temporary.resolve(String.valueOf(step));
                    if (what == 0) {
                        index.close();
                        copy(temporary, next);
                    } else {
                        // A crash loses what is in memory.
                        copy(temporary, next);
                        index.close();
                    }
                    if (what == 2) {
                        damage(next, random);
                    }
                    delete(temporary, next);
                    index = IdIndex.open(next, TINY);
                    refill(index);
                } else if (what == 3) {
                    forgotten = Math.max(forgotten, random.nextInt(added.size() + 1));
                    index.forgetBefore(Instant.ofEpochMilli(forgotten));
                }
            }
            assertThat(index.awaitIdle(60_000_000_000L)).isTrue();
            check(index, random, ids);
        } finally {
            index.close();
            delete(temporary, temporary.resolve("none"));
            Files.delete(temporary);
        }
    }

    private void add(IdIndex index, Random random, int ids) {
        for (int i = random.nextInt(120); i >= 0; i--) {
            added.add(new EventKey(new UUID(4, random.nextInt(ids)), random.nextInt(5), 0));
            index.makeRoom();
            index.add(added.get(added.size() - 1), added.size(), Instant.ofEpochMilli(added.size()));
        }
    }

    /** Adds the stored events missing in the index again, as a collector does when it starts. */
    private void refill(IdIndex index) {
        assertThat(index.reached()).isLessThanOrEqualTo(added.size());
        for (long number = index.reached() + 1; number <= added.size(); number++) {
            index.makeRoom();
            index.add(added.get((int) number - 1), number, Instant.ofEpochMilli(number));
        }
    }

    private void check(IdIndex index, Random random, int ids) {
        EventKey key = new EventKey(new UUID(4, random.nextInt(ids)), random.nextInt(5), 0);
        Set<Long> same = new HashSet<>();
        Set<Long> withId = new HashSet<>();
        Set<Long> old = new HashSet<>();
        for (int i = 0; i < added.size(); i++) {
            if (added.get(i).id().equals(key.id())) {
                (i + 1 < forgotten ? old : withId).add(i + 1L);
                if (added.get(i).equals(key) && i + 1 >= forgotten) {
                    same.add(i + 1L);
                }
            }
        }
        Set<Long> some = new HashSet<>();
        index.find(List.of(key), false).forEach((query, number) -> some.add(number));
        Set<Long> all = new HashSet<>();
        index.find(List.of(key), true).forEach((query, number) -> all.add(number));
        assertThat(some).containsAll(same);
        assertThat(some.isEmpty()).as("some of %s", withId).isEqualTo(all.isEmpty());
        assertThat(all).containsAll(withId);
        all.removeAll(withId);
        assertThat(old).containsAll(all);
    }

    private static void copy(Path temporary, Path to) throws IOException {
        Files.createDirectories(to);
        Path from = current(temporary, to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                try {
                    Files.copy(file, to.resolve(file.getFileName()));
                } catch (NoSuchFileException e) {
                    // The file was merged meanwhile.
                }
            }
        }
    }

    private static Path current(Path temporary, Path other) throws IOException {
        try (Stream<Path> folders = Files.list(temporary)) {
            return folders.filter(folder -> !folder.equals(other)).findFirst().orElseThrow();
        }
    }

    private static void damage(Path folder, Random random) throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.sorted(Comparator.comparing(Path::toString)).toList();
        }
        Path file = files.get(random.nextInt(files.size()));
        if (random.nextBoolean()) {
            Files.delete(file);
        } else {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(random.nextLong(channel.size() + 1));
            }
        }
    }

    private static void delete(Path temporary, Path except) throws IOException {
        try (Stream<Path> all = Files.walk(temporary)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(temporary) && !path.startsWith(except)) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
