package dev.internalevents.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Simulates a process that is killed at any moment: its files are copied while many threads append. */
@Tag("slow")
class SpoolStressTest {

    private static final int THREADS = 6;
    private static final int COPIES = Integer.getInteger("spool.stress.copies", 12);
    /** The same number of frames in all, however many copies: they must fit into the spool. */
    private static final int FRAMES_PER_COPY = Math.max(10, 3_600 / COPIES);

    @TempDir
    private Path folder;

    private volatile int limit;
    private volatile boolean done;

    static Stream<Durability> durabilities() {
        return Stream.of(Durability.process(), Durability.disk());
    }

    @ParameterizedTest
    @MethodSource("durabilities")
    void files_copied_at_any_moment_contain_every_frame_appended_before(Durability durability) throws Exception {
        AtomicIntegerArray appended = new AtomicIntegerArray(THREADS);
        SpoolSettings settings = new SpoolSettings(16 << 10, 64 << 20, durability);
        try (Spool spool = Spool.open(folder.resolve("live"), settings)) {
            List<Thread> writers = IntStream.range(0, THREADS)
                    .mapToObj(t -> new Thread(() -> append(spool, t, appended)))
                    .toList();
            writers.forEach(Thread::start);
            SplittableRandom random = new SplittableRandom(7);
            for (int copy = 0; copy < COPIES; copy++) {
                limit += FRAMES_PER_COPY;
                // Somewhere in the middle of the appending.
                int thread = random.nextInt(THREADS);
                int from = limit - random.nextInt(FRAMES_PER_COPY);
                while (appended.get(thread) < from) {
                    Thread.yield();
                }
                int[] before = IntStream.range(0, THREADS).map(appended::get).toArray();
                Path files = copy(folder.resolve("live"), folder.resolve("copy" + copy));
                check(files, settings, before);
                delete(files);
            }
            done = true;
            for (Thread writer : writers) {
                writer.join();
            }
        }
    }

    private void append(Spool spool, int thread, AtomicIntegerArray appended) {
        SplittableRandom random = new SplittableRandom(thread);
        for (int i = 0; !done; ) {
            if (i == limit) {
                Thread.yield();
                continue;
            }
            String frame = thread + ":" + i + ":" + "x".repeat(random.nextInt(300));
            if (SpoolTest.append(spool, frame) == Appended.YES) {
                i++;
                appended.set(thread, i);
            } else {
                Thread.yield();
            }
        }
    }

    /**
     * Checks that each thread's frames are present without a gap, up to at least the last whose append had returned.
     */
    private static void check(Path files, SpoolSettings settings, int[] appendedBefore) throws IOException {
        int[] next = new int[THREADS];
        try (Spool spool = Spool.open(files, settings)) {
            assertThat(spool.recovery().damaged()).isZero();
            for (byte[] frame = spool.reader().next();
                    frame != null;
                    frame = spool.reader().next()) {
                String[] parts = new String(frame, StandardCharsets.UTF_8).split(":", -1);
                int thread = Integer.parseInt(parts[0]);
                int number = Integer.parseInt(parts[1]);
                if (number < appendedBefore[thread]) {
                    assertThat(number).isEqualTo(next[thread]);
                }
                next[thread] = number + 1;
            }
        }
        for (int thread = 0; thread < THREADS; thread++) {
            assertThat(next[thread]).isGreaterThanOrEqualTo(appendedBefore[thread]);
        }
    }

    /** Deletes a copy and what opening it left. */
    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".segment")) {
                    Files.copy(file, to.resolve(name));
                }
            }
        }
        return to;
    }
}
