package dev.internalevents.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpoolTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final SpoolSettings SMALL = new SpoolSettings(4096, 1 << 20, Durability.process());

    @TempDir
    private Path folder;

    @Test
    void returns_appended_frames_in_order_across_many_segments() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            List<String> frames =
                    IntStream.range(0, 1000).mapToObj(i -> "frame " + i).toList();
            frames.forEach(frame -> assertThat(append(spool, frame)).isEqualTo(Appended.YES));

            assertThat(spool.held()).isEqualTo(1000);
            assertThat(readAll(spool)).isEqualTo(frames);
            assertThat(spool.reader().nextLength()).isEqualTo(-1);
        }
    }

    @Test
    void a_reader_that_rewinds_reads_uncommitted_frames_again() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            List<String> frames =
                    IntStream.range(0, 500).mapToObj(i -> "frame " + i).toList();
            frames.forEach(frame -> append(spool, frame));
            IntStream.range(0, 200).forEach(i -> spool.reader().next());
            spool.reader().commit(spool.reader().mark());
            IntStream.range(0, 250).forEach(i -> spool.reader().next());

            spool.reader().rewind();

            assertThat(readAll(spool)).isEqualTo(frames.subList(200, 500));
            spool.reader().commit(spool.reader().mark());
            assertThat(spool.held()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("durabilities")
    void reports_once_that_a_frame_is_safe_without_blocking_the_appender(Durability durability) throws Exception {
        Queue<Boolean> outcomes = new ConcurrentLinkedQueue<>();
        try (Spool spool = Spool.open(folder, SMALL.withDurability(durability))) {
            for (int i = 0; i < 500; i++) {
                byte[] frame = {1, 2, 3};
                assertThat(spool.append(frame, 0, frame.length, outcomes::add)).isEqualTo(Appended.YES);
            }
            await().atMost(LONG).until(() -> outcomes.size() == 500);
        }
        assertThat(outcomes).hasSize(500).containsOnly(true);
    }

    @Test
    void calls_back_each_of_many_threads_once_while_writing() throws Exception {
        int threads = 4;
        int each = 5_000;
        AtomicLong safe = new AtomicLong();
        AtomicLong others = new AtomicLong();
        try (Spool spool = Spool.open(folder, SMALL.withMaxBytes(64 << 20).withDurability(Durability.disk()))) {
            List<Thread> all = IntStream.range(0, threads)
                    .mapToObj(number -> new Thread(() -> {
                        byte[] frame = new byte[40];
                        for (int i = 0; i < each; i++) {
                            Appended appended = spool.append(
                                    frame, 0, frame.length, kept -> (kept ? safe : others).incrementAndGet());
                            if (appended != Appended.YES) {
                                others.incrementAndGet();
                            }
                        }
                    }))
                    .toList();
            all.forEach(Thread::start);
            for (Thread thread : all) {
                thread.join();
            }
            await().atMost(LONG).until(() -> safe.get() + others.get() == threads * each);
            assertThat(spool.state()).isInstanceOf(SpoolState.Ready.class);
        }
        assertThat(safe).hasValue(threads * each);
        assertThat(others).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource("durabilities")
    void continues_where_the_last_process_ended_without_using_more_space(Durability durability) throws Exception {
        SpoolSettings settings = SMALL.withDurability(durability);
        List<String> expected = new ArrayList<>();
        for (int start = 0; start < 6; start++) {
            try (Spool spool = Spool.open(folder, settings)) {
                assertThat(spool.recovery().whole()).isEqualTo(expected.size());
                assertThat(append(spool, "frame " + start)).isEqualTo(Appended.YES);
                expected.add("frame " + start);
            }
            // Opens and closes without appending.
            Spool.open(folder, settings).close();
        }
        try (Spool spool = Spool.open(folder, settings)) {
            await().atMost(LONG).untilAsserted(() -> {
                spool.reader().rewind();
                assertThat(readAll(spool)).isEqualTo(expected);
            });
            spool.reader().commit(spool.reader().mark());
        }
        for (int start = 0; start < 6; start++) {
            try (Spool spool = Spool.open(folder, settings)) {
                assertThat(spool.held()).isZero();
                assertThat(spool.sizeOnDisk()).isLessThanOrEqualTo(2L * settings.segmentBytes());
            }
        }
    }

    @Test
    void a_frame_is_not_read_before_it_is_on_the_disk() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL.withDurability(Durability.disk()))) {
            for (int i = 0; i < 200; i++) {
                AtomicBoolean isSafe = new AtomicBoolean();
                byte[] frame = ("frame " + i).getBytes(StandardCharsets.UTF_8);
                assertThat(spool.append(frame, 0, frame.length, safe -> isSafe.set(safe)))
                        .isEqualTo(Appended.YES);
                await().atMost(LONG).pollInterval(Duration.ofMillis(1)).until(isSafe::get);
                assertThat(readAll(spool)).containsExactly("frame " + i);
                spool.reader().commit(spool.reader().mark());
            }
        }
    }

    @Test
    void a_file_that_was_about_to_be_reused_returns_no_committed_frames() throws Exception {
        SpoolSettings settings = SMALL.withDurability(Durability.disk());
        Path segment;
        try (Spool spool = Spool.open(folder, settings)) {
            assertThat(append(spool, "committed")).isEqualTo(Appended.YES);
            try (Stream<Path> files = Files.list(folder)) {
                segment = files.filter(one -> one.toString().endsWith(".segment"))
                        .findFirst()
                        .orElseThrow();
            }
        }
        // The state after a loss of power between writing the mark and renaming.
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(Long.BYTES).order(Segment.ORDER).putLong(0, Segment.SPARE), 0);
        }
        try (Spool spool = Spool.open(folder, settings)) {
            assertThat(spool.recovery()).isEqualTo(new Recovery(0, 0, 0, List.of()));
            assertThat(append(spool, "next")).isEqualTo(Appended.YES);
            assertThat(readAll(spool)).containsExactly("next");
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("durabilities")
    void a_reused_file_shows_none_of_its_old_frames(Durability durability) throws Exception {
        SpoolSettings settings = SMALL.withDurability(durability);
        Path copy = Files.createDirectory(folder.resolve("copy"));
        Path live = folder.resolve("live");
        List<String> held = new ArrayList<>();
        try (Spool spool = Spool.open(live, settings)) {
            for (int i = 0; i < 2_000; i++) {
                assertThat(append(spool, "old " + i + "x".repeat(200))).isEqualTo(Appended.YES);
                await().atMost(LONG)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> readAll(spool).size() == 1);
                spool.reader().commit(spool.reader().mark());
            }
            for (int i = 0; i < 10; i++) {
                assertThat(append(spool, "new " + i)).isEqualTo(Appended.YES);
                held.add("new " + i);
            }
            try (Stream<Path> files = Files.list(live)) {
                for (Path file :
                        files.filter(one -> one.toString().endsWith(".segment")).toList()) {
                    try {
                        Files.copy(file, copy.resolve(file.getFileName()));
                    } catch (NoSuchFileException e) {
                        // Reused in the meantime, because all of its frames are committed.
                    }
                }
            }
        }
        try (Spool spool = Spool.open(copy, settings)) {
            assertThat(spool.recovery()).isEqualTo(new Recovery(held.size(), 0, 0, List.of()));
            assertThat(readAll(spool)).isEqualTo(held);
        }
    }

    @Test
    void leaves_no_thread_waiting_when_it_is_closed() throws Exception {
        Queue<Boolean> outcomes = new ConcurrentLinkedQueue<>();
        Spool spool = Spool.open(folder, SMALL.withDurability(Durability.disk()));
        int taken = 0;
        for (int i = 0; i < 200; i++) {
            taken += spool.append(new byte[] {1}, 0, 1, outcomes::add) == Appended.YES ? 1 : 0;
        }
        spool.close();
        assertThat(outcomes).hasSize(taken);
        assertThat(spool.append(new byte[] {1}, 0, 1, outcomes::add)).isEqualTo(Appended.CLOSED);
        assertThat(outcomes).hasSize(taken);
    }

    @Test
    void keeps_its_id_until_its_folder_is_emptied() throws Exception {
        UUID first = idOf(folder.resolve("a"));
        assertThat(idOf(folder.resolve("a"))).isEqualTo(first);
        assertThat(idOf(folder.resolve("b"))).isNotEqualTo(first);
    }

    @Test
    void a_mark_of_an_earlier_start_still_tells_which_positions_are_after_it() throws Exception {
        Mark handled;
        try (Spool spool = Spool.open(folder, SMALL)) {
            IntStream.range(0, 300).forEach(i -> append(spool, "frame " + i));
            IntStream.range(0, 200).forEach(i -> spool.reader().next());
            handled = spool.reader().mark();
        }
        try (Spool spool = Spool.open(folder, SMALL)) {
            int before = 0;
            while (spool.reader().next() != null
                    && !spool.reader().mark().place().isAfter(handled.place())) {
                before++;
            }
            assertThat(before).isEqualTo(200);
        }
    }

    private static UUID idOf(Path folder) throws IOException {
        try (Spool spool = Spool.open(folder, SMALL)) {
            return spool.id();
        }
    }

    @Test
    void uncommitted_frames_are_read_again_after_the_next_open() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            IntStream.range(0, 500).forEach(i -> append(spool, "frame " + i));
            IntStream.range(0, 300).forEach(i -> spool.reader().next());
            spool.reader().commit(spool.reader().mark());
            IntStream.range(300, 400).forEach(i -> spool.reader().next());
            assertThat(spool.held()).isEqualTo(200);
        }
        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery()).isEqualTo(new Recovery(200, 0, 0, List.of()));
            assertThat(spool.held()).isEqualTo(200);
            append(spool, "new");

            assertThat(readAll(spool))
                    .startsWith("frame 300", "frame 301")
                    .endsWith("frame 499", "new")
                    .hasSize(201);
        }
    }

    @Test
    void continues_in_the_segment_it_left() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (Spool spool = Spool.open(folder, SMALL)) {
                append(spool, "start " + i);
            }
        }
        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.sizeOnDisk()).isEqualTo(4096);
            assertThat(readAll(spool)).hasSize(20);
        }
    }

    @Test
    void committed_segments_make_room_and_disk_use_stays_within_the_limit() throws Exception {
        SpoolSettings tiny = SMALL.withMaxBytes(3 * 4096);
        try (Spool spool = Spool.open(folder, tiny)) {
            List<String> read = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                while (append(spool, "frame " + i) == Appended.FULL) {
                    read.addAll(readAll(spool));
                    spool.reader().commit(spool.reader().mark());
                    assertThat(spool.awaitRoom(TimeUnit.SECONDS.toNanos(30))).isTrue();
                }
                assertThat(spool.sizeOnDisk()).isLessThanOrEqualTo(3 * 4096);
            }
            read.addAll(readAll(spool));
            assertThat(read)
                    .isEqualTo(
                            IntStream.range(0, 5000).mapToObj(i -> "frame " + i).toList());
        }
    }

    @Test
    void a_full_spool_reports_it_and_keeps_its_frames() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL.withMaxBytes(2 * 4096))) {
            int taken = 0;
            while (append(spool, "frame " + taken) == Appended.YES) {
                taken++;
            }
            assertThat(append(spool, "more")).isEqualTo(Appended.FULL);
            assertThat(spool.state()).isEqualTo(new SpoolState.Full(2 * 4096));
            assertThat(spool.awaitRoom(0)).isFalse();
            assertThat(readAll(spool)).hasSize(taken);
        }
    }

    @Test
    void is_full_only_when_every_file_is_full_even_while_the_last_one_is_being_created() throws Exception {
        int inTwo = framesUntilFull(folder.resolve("two"), 2);
        int inThree = framesUntilFull(folder.resolve("three"), 3);
        for (int i = 0; i < 200; i++) {
            assertThat(framesUntilFull(folder.resolve("again-" + i), 3))
                    .isEqualTo(inThree)
                    .isGreaterThan(inTwo);
        }
    }

    private static int framesUntilFull(Path folder, int segments) throws IOException {
        try (Spool spool = Spool.open(folder, SMALL.withMaxBytes(segments * 4096L))) {
            int taken = 0;
            while (append(spool, "a frame of the same length") == Appended.YES) {
                taken++;
            }
            return taken;
        }
    }

    @Test
    void rejects_frames_that_can_never_fit() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            byte[] largest = new byte[spool.maxFrameBytes()];
            assertThat(spool.append(largest, 0, largest.length)).isEqualTo(Appended.YES);
            assertThat(spool.append(new byte[largest.length + 1], 0, largest.length + 1))
                    .isEqualTo(Appended.TOO_LARGE);
            assertThat(spool.reader().nextLength()).isEqualTo(largest.length);
            assertThatThrownBy(() -> spool.append(new byte[1], 0, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> spool.append(new byte[1], 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void a_closed_spool_accepts_nothing() throws Exception {
        Spool spool = Spool.open(folder, SMALL);
        spool.close();
        spool.close();

        assertThat(append(spool, "late")).isEqualTo(Appended.CLOSED);
        assertThat(spool.state()).isEqualTo(new SpoolState.Closed());
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().matches("internal-events-spool-.*" + folder.getFileName()));
    }

    static Stream<Durability> durabilities() {
        return Stream.of(Durability.process(), Durability.interval(Duration.ofMillis(1)), Durability.disk());
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("durabilities")
    void many_threads_append_while_one_reads_and_commits(Durability durability) throws Exception {
        int threads = 8;
        int each = durability instanceof Durability.Disk ? 3_000 : 20_000;
        Map<Integer, Integer> last = new HashMap<>();
        Queue<Appended> wrong = new ConcurrentLinkedQueue<>();
        SpoolSettings settings = new SpoolSettings(64 << 10, 1 << 20, durability);
        try (Spool spool = Spool.open(folder, settings)) {
            List<Thread> writers = IntStream.range(0, threads)
                    .mapToObj(t -> new Thread(() -> {
                        for (int i = 0; i < each; ) {
                            Appended appended = append(spool, t + ":" + i + ":" + "x".repeat(i % 97));
                            if (appended == Appended.YES) {
                                i++;
                            } else if (appended == Appended.FULL) {
                                Thread.yield();
                            } else {
                                wrong.add(appended);
                                return;
                            }
                        }
                    }))
                    .toList();
            writers.forEach(Thread::start);
            for (int read = 0; read < threads * each; ) {
                byte[] frame = spool.reader().next();
                if (frame == null) {
                    assertThat(wrong).isEmpty();
                    Thread.onSpinWait();
                    continue;
                }
                String[] parts = new String(frame, StandardCharsets.UTF_8).split(":", -1);
                int thread = Integer.parseInt(parts[0]);
                int number = Integer.parseInt(parts[1]);
                assertThat(number).isEqualTo(last.getOrDefault(thread, -1) + 1);
                assertThat(parts[2]).hasSize(number % 97);
                last.put(thread, number);
                if (++read % 100 == 0) {
                    spool.reader().commit(spool.reader().mark());
                }
            }
            for (Thread writer : writers) {
                writer.join();
            }
            spool.reader().commit(spool.reader().mark());
            assertThat(spool.held()).isZero();
            assertThat(spool.reader().nextLength()).isEqualTo(-1);
        }
        try (Spool spool = Spool.open(folder, settings)) {
            assertThat(spool.recovery()).isEqualTo(new Recovery(0, 0, 0, List.of()));
        }
    }

    @Test
    void a_file_in_the_place_of_the_folder_is_named_with_what_was_expected() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        Path below = file.resolve("a/b");

        assertThatThrownBy(() -> Spool.open(file, SMALL)).hasMessage(file + ": is a file; expected a folder");
        assertThatThrownBy(() -> Spool.open(below, SMALL))
                .hasMessage(below + ": cannot be created, because " + file + " is a file; expected a folder");
    }

    @Test
    void a_folder_that_the_system_does_not_create_is_reported() {
        Path folder = Path.of("/proc/no-such-folder");
        assumeTrue(Files.isDirectory(folder.getParent()), "there is no /proc, where no folder can be created");

        assertThatThrownBy(() -> Spool.open(folder, SMALL))
                .hasMessage(folder + ": cannot be created; expected a folder in which this process can create files");
    }

    @Test
    void a_second_owner_is_rejected_with_the_pid_of_the_first() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThatThrownBy(() -> Spool.open(folder, SMALL))
                    .isInstanceOf(SpoolInUseException.class)
                    .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()));

            Process second = appender(folder);
            String output = new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(second.waitFor()).isNotZero();
            assertThat(output)
                    .contains("is in use by process " + ProcessHandle.current().pid());
            append(spool, "still works");
            assertThat(readAll(spool)).containsExactly("still works");
        }
        Spool.open(folder, SMALL).close();
    }

    @Test
    void keeps_what_a_killed_process_appended() throws Exception {
        Process child = appender(folder);
        Map<Integer, Integer> acknowledged = new HashMap<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < 5_000; i++) {
                acknowledge(acknowledged, out.readLine());
            }
            // Not Process.destroyForcibly, which would also close the stream.
            child.toHandle().destroyForcibly();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.endsWith(".")) {
                    acknowledge(acknowledged, line);
                }
            }
        }
        child.waitFor();

        try (Spool spool = Spool.open(folder, SpoolSettings.DEFAULTS)) {
            Set<String> found = new HashSet<>(readAll(spool));
            acknowledged.forEach((thread, last) -> {
                for (int i = 0; i <= last; i++) {
                    assertThat(found).contains(thread + ":" + i);
                }
            });
            assertThat(spool.recovery().damaged()).isZero();
        }
    }

    @Test
    void a_folder_that_cannot_be_created_is_named() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "in the way");

        assertThatThrownBy(() -> Spool.open(file.resolve("spool"), SMALL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
        assertThatThrownBy(() -> Spool.open(file, SMALL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void a_folder_that_was_deleted_is_detected_and_created_again() throws Exception {
        Path inner = folder.resolve("inner");
        try (Spool spool = Spool.open(inner, SMALL)) {
            append(spool, "before");
            try (Stream<Path> files = Files.list(inner)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(inner);

            await().atMost(LONG).until(() -> Files.exists(inner) && append(spool, "after") == Appended.YES);
            assertThat(readAll(spool)).contains("before", "after");
        }
        try (Spool spool = Spool.open(inner, SMALL)) {
            assertThat(readAll(spool)).contains("after");
        }
    }

    @Test
    void a_full_disk_is_a_temporary_state() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", disk.toString())
                .redirectErrorStream(true)
                .start();
        assumeTrue(mount.waitFor() == 0, "mounting a small tmpfs needs root");
        try (Spool spool = Spool.open(disk.resolve("spool"), SMALL.withSegmentBytes(16 << 10))) {
            int taken = 0;
            while (append(spool, "frame " + taken) == Appended.YES) {
                taken++;
            }
            assertThat(append(spool, "more")).isEqualTo(Appended.UNAVAILABLE);
            assertThat(spool.state())
                    .isInstanceOfSatisfying(
                            SpoolState.Unavailable.class,
                            state -> assertThat(state.reason())
                                    .contains(disk.toString())
                                    .containsIgnoringCase("space"));

            assertThat(readAll(spool)).hasSize(taken);
            spool.reader().commit(spool.reader().mark());
            await().atMost(LONG).until(() -> append(spool, "again") == Appended.YES);
            assertThat(readAll(spool)).containsExactly("again");
        } finally {
            new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
        }
    }

    @Test
    void only_the_owner_can_read_the_files() throws Exception {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Path inner = folder.resolve("inner");
        try (Spool spool = Spool.open(inner, SMALL);
                Stream<Path> files = Files.list(inner)) {
            assertThat(Files.getPosixFilePermissions(inner)).hasSize(3);
            assertThat(files)
                    .allSatisfy(file ->
                            assertThat(Files.getPosixFilePermissions(file)).hasSize(2));
        }
    }

    private static void acknowledge(Map<Integer, Integer> acknowledged, String line) {
        String[] parts = line.substring(0, line.length() - 1).split(":", -1);
        acknowledged.merge(Integer.valueOf(parts[0]), Integer.valueOf(parts[1]), Math::max);
    }

    private static Process appender(Path folder) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Appender.class.getName(),
                        folder.toString())
                .start();
    }

    static Appended append(Spool spool, String frame) {
        byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
        return spool.append(bytes, 0, bytes.length);
    }

    static List<String> readAll(Spool spool) {
        List<String> frames = new ArrayList<>();
        for (byte[] frame = spool.reader().next();
                frame != null;
                frame = spool.reader().next()) {
            frames.add(new String(frame, StandardCharsets.UTF_8));
        }
        return frames;
    }

    /**
     * Appends from four threads until it is killed, and prints a line for each frame that the spool reported as safe.
     */
    static final class Appender {
        public static void main(String[] arguments) throws Exception {
            Spool spool = Spool.open(Path.of(arguments[0]), SpoolSettings.DEFAULTS);
            for (int t = 0; t < 4; t++) {
                int thread = t;
                new Thread(() -> {
                            for (int i = 0; ; i++) {
                                String frame = thread + ":" + i;
                                if (append(spool, frame) != Appended.YES) {
                                    return;
                                }
                                System.out.println(frame + ".");
                            }
                        })
                        .start();
            }
        }
    }
}
