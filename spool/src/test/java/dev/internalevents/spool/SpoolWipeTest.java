package dev.internalevents.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wiping removes committed frames from the files, and nothing else. */
class SpoolWipeTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int COPIES = Integer.getInteger("spool.wipe.copies", 15);
    private static final String SECRET = "203.0.113.9";

    @TempDir
    private Path folder;

    private int opened;

    static Stream<Durability> durabilities() {
        return Stream.of(Durability.process(), Durability.interval(Duration.ofMillis(1)), Durability.disk());
    }

    private static SpoolSettings wiping(Durability durability) {
        return new SpoolSettings(4096, 1 << 20, durability, true);
    }

    @ParameterizedTest
    @MethodSource("durabilities")
    void committed_frames_are_removed_from_every_file_while_the_spool_is_open(Durability durability) throws Exception {
        try (Spool spool = Spool.open(folder, wiping(durability))) {
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 60; i++) {
                    SpoolTest.append(spool, "committed " + round + " " + i + " " + SECRET + "-".repeat(i));
                }
                SpoolTest.readAll(spool);
                spool.reader().commit(spool.reader().mark());
                SpoolTest.append(spool, "waiting " + round);

                await().atMost(LONG).until(() -> !isAnywhere(folder, SECRET));
                assertThat(SpoolTest.readAll(spool)).containsExactly("waiting " + round);
            }
            assertThat(spool.state()).isInstanceOf(SpoolState.Ready.class);
        }
    }

    @ParameterizedTest
    @MethodSource("durabilities")
    void closing_wipes_committed_frames_and_keeps_the_rest(Durability durability) throws Exception {
        for (int round = 0; round < 3; round++) {
            try (Spool spool = Spool.open(folder, wiping(durability))) {
                IntStream.range(0, 20).forEach(i -> SpoolTest.append(spool, i + " " + SECRET));
                SpoolTest.readAll(spool);
                spool.reader().commit(spool.reader().mark());
                SpoolTest.append(spool, "waits for the next start");
            }
            assertThat(isAnywhere(folder, SECRET)).isFalse();
            try (Spool spool = Spool.open(folder, wiping(durability))) {
                assertThat(spool.recovery().damaged()).isZero();
                assertThat(spool.recovery().torn()).isZero();
                assertThat(SpoolTest.readAll(spool)).containsExactly("waits for the next start");
                spool.reader().commit(spool.reader().mark());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("durabilities")
    void a_single_frame_can_enable_wiping_and_the_next_start_continues_it(Durability durability) throws Exception {
        SpoolSettings settings = wiping(durability).withWipe(false);
        try (Spool spool = Spool.open(folder, settings)) {
            byte[] frame = SECRET.getBytes(StandardCharsets.UTF_8);
            assertThat(spool.append(frame, 0, frame.length, safe -> {}, true)).isEqualTo(Appended.YES);
            SpoolTest.append(spool, "another");
        }
        assertThat(isAnywhere(folder, SECRET)).isTrue();
        try (Spool spool = Spool.open(folder, settings)) {
            assertThat(spool.reader().next()).isEqualTo(SECRET.getBytes(StandardCharsets.UTF_8));
            spool.reader().commit(spool.reader().mark());

            await().atMost(LONG).until(() -> !isAnywhere(folder, SECRET));
            assertThat(SpoolTest.readAll(spool)).containsExactly("another");
        }
    }

    @ParameterizedTest
    @MethodSource("durabilities")
    void frames_committed_without_wiping_can_be_wiped_at_once(Durability durability) throws Exception {
        try (Spool spool = Spool.open(folder, wiping(durability).withWipe(false))) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 60; i++) {
                    SpoolTest.append(spool, "committed " + round + " " + i + " " + SECRET + "-".repeat(i));
                }
                SpoolTest.readAll(spool);
                spool.reader().commit(spool.reader().mark());
                SpoolTest.append(spool, "waiting " + round);
                assertThat(isAnywhere(folder, SECRET)).isTrue();

                spool.wipeCommitted().get(30, TimeUnit.SECONDS);

                assertThat(isAnywhere(folder, SECRET)).isFalse();
                assertThat(SpoolTest.readAll(spool)).containsExactly("waiting " + round);
            }
            assertThat(spool.state()).isInstanceOf(SpoolState.Ready.class);
        }
    }

    @Test
    void a_closed_spool_wipes_nothing_more_and_blocks_no_caller() throws Exception {
        Spool spool = Spool.open(folder, wiping(Durability.disk()).withWipe(false));
        spool.close();

        spool.wipeCommitted().get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @MethodSource("durabilities")
    void frames_committed_without_wiping_are_wiped_by_the_next_start(Durability durability) throws Exception {
        try (Spool spool = Spool.open(folder, wiping(durability).withWipe(false))) {
            SpoolTest.append(spool, SECRET);
            assertThat(SpoolTest.readAll(spool)).hasSize(1);
            spool.reader().commit(spool.reader().mark());
            SpoolTest.append(spool, "waits");
        }
        assertThat(isAnywhere(folder, SECRET)).isTrue();
        try (Spool spool = Spool.open(folder, wiping(durability))) {
            await().atMost(LONG).until(() -> !isAnywhere(folder, SECRET));
            assertThat(SpoolTest.readAll(spool)).containsExactly("waits");
        }
    }

    /** Wiping starts at the first byte, but pages reach a disk in any order. */
    @Tag("slow")
    @Test
    void a_wipe_interrupted_at_any_byte_loses_and_duplicates_nothing() throws Exception {
        Written written = written(12, 8);
        for (int cut = Segment.HEADER_BYTES; cut <= written.committed(); cut++) {
            byte[] image = written.image().clone();
            java.util.Arrays.fill(image, Segment.HEADER_BYTES, cut, (byte) 0);
            assertOpens(image, written, "wiped to " + cut);

            byte[] backwards = written.image().clone();
            java.util.Arrays.fill(backwards, cut, written.committed(), (byte) 0);
            assertOpens(backwards, written, "wiped from " + cut);
        }
    }

    @Property(tries = 100)
    void a_wipe_of_which_any_bytes_reached_the_disk_loses_and_duplicates_nothing(
            @ForAll @IntRange(min = 1, max = 40) int frames,
            @ForAll @IntRange(min = 0, max = 40) int committed,
            @ForAll long seed)
            throws Exception {
        Path own = Files.createTempDirectory("spool-wipe");
        try {
            folder = own;
            Written written = written(frames, Math.min(frames, committed));
            Random random = new Random(seed);
            byte[] image = written.image().clone();
            int page = 1 << random.nextInt(3, 10);
            for (int at = Segment.HEADER_BYTES; at < written.committed(); at += page) {
                if (random.nextBoolean()) {
                    java.util.Arrays.fill(image, at, Math.min(at + page, written.committed()), (byte) 0);
                }
            }
            assertOpens(image, written, "pages of " + page);
        } finally {
            clear(own);
            Files.delete(own);
        }
    }

    /** After a crash of the machine, the commit position in a mapped file may be older than what was wiped. */
    @Test
    void with_an_older_commit_position_every_uncommitted_frame_is_present() throws Exception {
        Written written = written(30, 20);
        for (int older = 0; older < 20; older++) {
            byte[] image = written.image().clone();
            java.util.Arrays.fill(image, Segment.HEADER_BYTES, written.committed(), (byte) 0);
            ByteBuffer.wrap(image)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(Segment.COMMITTED_AT, written.places().get(older));
            assertOpens(image, written, "committed to frame " + older);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("durabilities")
    void files_copied_at_any_moment_contain_every_uncommitted_frame(Durability durability) throws Exception {
        AtomicInteger appended = new AtomicInteger();
        AtomicInteger committed = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        SpoolSettings settings = new SpoolSettings(16 << 10, 4 << 20, durability, true);
        Path live = folder.resolve("live");
        try (Spool spool = Spool.open(live, settings)) {
            Thread writer = new Thread(() -> {
                while (!done.get()) {
                    String frame = appended.get() + ":" + "-".repeat(appended.get() % 200);
                    if (SpoolTest.append(spool, frame) == Appended.YES) {
                        appended.incrementAndGet();
                    }
                }
            });
            Thread reader = new Thread(() -> {
                while (!done.get()) {
                    int read = 0;
                    for (; read < 50 && spool.reader().next() != null; read++) {
                        // Continue with the next frame.
                    }
                    spool.reader().commit(spool.reader().mark());
                    committed.addAndGet(read);
                }
            });
            writer.start();
            reader.start();
            for (int copy = 0; copy < COPIES; copy++) {
                int enough = appended.get() + 200;
                await().atMost(LONG).until(() -> appended.get() >= enough);
                int before = appended.get();
                Path files = copy(live, folder.resolve("copy" + copy));
                int after = committed.get() + 50;
                List<Integer> found = numbers(files, settings);
                assertThat(found)
                        .as("from %d to %d", after, before)
                        .containsAll(IntStream.range(after, before).boxed().toList())
                        .isSorted()
                        .doesNotHaveDuplicates();
            }
            done.set(true);
            writer.join();
            reader.join();
        }
    }

    private static List<Integer> numbers(Path files, SpoolSettings settings) throws IOException {
        try (Spool spool = Spool.open(files, settings)) {
            return SpoolTest.readAll(spool).stream()
                    .map(frame -> Integer.parseInt(frame.substring(0, frame.indexOf(':'))))
                    .toList();
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.sorted().toList()) {
                if (Segment.number(file) >= 0) {
                    try {
                        Files.copy(file, to.resolve(file.getFileName()));
                    } catch (NoSuchFileException e) {
                        // All of its frames are committed.
                    }
                }
            }
        }
        return to;
    }

    private record Written(byte[] image, List<Integer> places, int committed, List<String> waiting) {}

    /** A segment of which some frames are committed and none are wiped. */
    private Written written(int frames, int committed) throws IOException {
        clear(folder);
        List<String> texts = new ArrayList<>();
        List<Integer> places = new ArrayList<>(List.of(Segment.HEADER_BYTES));
        try (Spool spool = Spool.open(folder, wiping(Durability.process()).withWipe(false))) {
            for (int i = 0; i < frames; i++) {
                texts.add("frame " + i + "-".repeat(i * 2));
                SpoolTest.append(spool, texts.get(i));
                places.add(places.get(i) + Segment.frameSize(texts.get(i).length()));
            }
            for (int i = 0; i < committed; i++) {
                spool.reader().next();
            }
            spool.reader().commit(spool.reader().mark());
        }
        return new Written(
                Files.readAllBytes(Segment.path(folder, 1)),
                places,
                places.get(committed),
                texts.subList(committed, frames));
    }

    private void assertOpens(byte[] image, Written written, String what) throws IOException {
        for (Durability durability : List.of(Durability.process(), Durability.disk())) {
            if (durability instanceof Durability.Disk && opened++ % 8 != 0) {
                continue; // Reads the same way, but waits for the disk.
            }
            clear(folder);
            Files.write(Segment.path(folder, 1), image);
            try (Spool spool = Spool.open(folder, wiping(durability))) {
                assertThat(spool.recovery().damaged()).as(what).isZero();
                assertThat(spool.recovery().whole())
                        .as(what)
                        .isEqualTo(written.waiting().size());
                SpoolTest.append(spool, "new");
                assertThat(SpoolTest.readAll(spool))
                        .as(what)
                        .isEqualTo(Stream.concat(written.waiting().stream(), Stream.of("new"))
                                .toList());
            }
        }
    }

    private static boolean isAnywhere(Path folder, String text) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
                if (new String(bytes, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static void clear(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
