package dev.internalevents.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolRecoveryTest {

    private static final SpoolSettings SMALL = new SpoolSettings(4096, 1 << 20, Durability.process());

    @TempDir
    private Path folder;

    @Tag("slow")
    @Test
    void a_last_segment_truncated_at_any_byte_yields_every_complete_frame() throws Exception {
        List<String> frames = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        int end = Segment.HEADER_BYTES;
        try (Spool spool = Spool.open(folder, SMALL)) {
            for (int i = 0; i < 30; i++) {
                String frame = "frame " + i + "-".repeat(i * 3);
                SpoolTest.append(spool, frame);
                frames.add(frame);
                end += Segment.frameSize(frame.length());
                ends.add(end);
            }
        }
        byte[] whole = Files.readAllBytes(Segment.path(folder, 1));
        for (int cut = 0; cut <= end; cut++) {
            Files.write(Segment.path(folder, 1), java.util.Arrays.copyOf(whole, cut));
            int length = cut;
            long expected = cut < Segment.HEADER_BYTES
                    ? 0
                    : java.util.stream.IntStream.range(0, frames.size())
                            // The padding after a frame is not part of it.
                            .filter(i -> (i == 0 ? Segment.HEADER_BYTES : ends.get(i - 1))
                                            + Segment.FRAME_HEADER_BYTES
                                            + frames.get(i).length()
                                    <= length)
                            .count();
            try (Spool spool = Spool.open(folder, SMALL)) {
                assertThat(spool.recovery().whole()).as("cut at %d", cut).isEqualTo(expected);
                assertThat(spool.recovery().torn()).isLessThanOrEqualTo(1);
                assertThat(spool.recovery().damaged()).isZero();
                SpoolTest.append(spool, "new");
                assertThat(SpoolTest.readAll(spool))
                        .isEqualTo(Stream.concat(frames.subList(0, (int) expected).stream(), Stream.of("new"))
                                .toList());
            }
            clear(folder);
        }
    }

    @Test
    void frames_after_an_unfinished_one_are_found() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            SpoolTest.append(spool, "first");
            SpoolTest.append(spool, "unfinished");
            SpoolTest.append(spool, "not even begun");
            SpoolTest.append(spool, "last");
        }
        int second = Segment.HEADER_BYTES + Segment.frameSize("first".length());
        int third = second + Segment.frameSize("unfinished".length());
        change(Segment.path(folder, 1), bytes -> {
            bytes.putInt(second, 0x8000_0000 | Segment.frameSize("unfinished".length()));
            bytes.putLong(third, 0).putLong(third + 8, 0).putLong(third + 16, 0);
        });

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery().torn()).isPositive();
            assertThat(spool.recovery().damaged()).isZero();
            assertThat(SpoolTest.readAll(spool)).containsExactly("first", "last");
        }
    }

    @Test
    void a_damaged_segment_is_set_aside_and_its_complete_frames_are_read() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            for (int i = 0; i < 300; i++) {
                SpoolTest.append(spool, "frame number " + i);
            }
        }
        byte[] before = change(Segment.path(folder, 2), bytes -> bytes.put(1000, (byte) (bytes.get(1000) ^ 1)));

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery().whole()).isEqualTo(299);
            assertThat(spool.recovery().damaged()).isEqualTo(1);
            assertThat(spool.recovery().setAside())
                    .singleElement()
                    .satisfies(file -> assertThat(file).hasBinaryContent(before));
            assertThat(SpoolTest.readAll(spool)).hasSize(299).contains("frame number 0", "frame number 299");
            spool.reader().commit(spool.reader().mark());
        }
        assertThat(folder.resolve("0000000000000002.segment.damaged")).exists();
    }

    @Test
    void a_damaged_header_loses_no_frame() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            SpoolTest.append(spool, "kept");
        }
        change(Segment.path(folder, 1), bytes -> bytes.putLong(0, 1).putLong(32, -1));

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery().setAside()).hasSize(1);
            assertThat(SpoolTest.readAll(spool)).containsExactly("kept");
        }
    }

    @Property(tries = 200)
    void with_any_bytes_changed_the_spool_opens_and_returns_no_wrong_frame(
            @ForAll @Size(min = 1, max = 40) List<@StringLength(min = 1, max = 200) String> texts,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 30) int changes)
            throws Exception {
        Path own = Files.createTempDirectory("spool-fuzz");
        try {
            List<String> frames = texts.stream()
                    .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .toList();
            try (Spool spool = Spool.open(own, SMALL)) {
                frames.forEach(frame -> SpoolTest.append(spool, frame));
            }
            Random random = new Random(seed);
            change(Segment.path(own, 1), bytes -> {
                for (int i = 0; i < changes; i++) {
                    bytes.put(random.nextInt(bytes.capacity()), (byte) random.nextInt());
                }
            });
            try (Spool spool = Spool.open(own, SMALL)) {
                assertThat(frames).containsAll(SpoolTest.readAll(spool));
                assertThat(SpoolTest.append(spool, "goes on")).isEqualTo(Appended.YES);
                assertThat(SpoolTest.readAll(spool)).containsExactly("goes on");
            }
        } finally {
            clear(own);
            Files.delete(own);
        }
    }

    private interface Change {
        void apply(ByteBuffer bytes);
    }

    private static byte[] change(Path file, Change change) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        change.apply(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        Files.write(file, bytes);
        return bytes;
    }

    private static void clear(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
