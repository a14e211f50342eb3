package dev.internalevents.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a spool reports about files that are damaged, truncated or missing. */
class SpoolDamageReportTest {

    private static final SpoolSettings SMALL = new SpoolSettings(4096, 1 << 20, Durability.process());
    private static final int ROOM = 4096 - Segment.HEADER_BYTES;

    @TempDir
    private Path folder;

    /** Appends one frame to each of some segments. */
    private void segments(int count) throws IOException {
        try (Spool spool = Spool.open(folder, SMALL)) {
            for (int i = 1; i <= count; i++) {
                SpoolTest.append(spool, i + "x".repeat(3999));
            }
        }
    }

    private Path file(int number) {
        return Segment.path(folder, number);
    }

    private List<Damage> damages() throws IOException {
        try (Spool spool = Spool.open(folder, SMALL)) {
            return spool.recovery().damages();
        }
    }

    @Test
    void a_missing_file_is_reported_with_what_it_could_contain() throws Exception {
        segments(3);
        Files.delete(file(2));

        assertThat(damages()).containsExactly(new Damage(file(2), "is missing", ROOM, null));
    }

    @Test
    void several_missing_files_are_reported_together() throws Exception {
        segments(5);
        for (int number = 2; number <= 4; number++) {
            Files.delete(file(number));
        }

        assertThat(damages())
                .containsExactly(new Damage(
                        file(2), "and the files up to 0000000000000004.segment are missing", 3 * ROOM, null));
    }

    @Test
    void missing_files_before_the_first_were_committed() throws Exception {
        segments(3);
        Files.delete(file(1));
        Files.delete(file(2));

        assertThat(damages()).isEmpty();
    }

    @Test
    void a_folder_in_the_place_of_a_file_is_reported_once() throws Exception {
        segments(3);
        Files.delete(file(2));
        Files.createDirectory(file(2));

        assertThat(damages())
                .containsExactly(
                        new Damage(file(2), "is a folder", ROOM, folder.resolve("0000000000000002.segment.damaged")));
    }

    @Test
    void a_truncated_file_loses_what_was_behind_its_last_frame() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            SpoolTest.append(spool, "first");
            SpoolTest.append(spool, "second");
        }
        int second = Segment.HEADER_BYTES + Segment.frameSize("first".length());
        Files.write(file(1), Arrays.copyOf(Files.readAllBytes(file(1)), second + 4));

        assertThat(damages())
                .containsExactly(new Damage(
                        file(1), "is " + (second + 4) + " bytes long, but was created with 4096", 4096 - second, null));
    }

    @Test
    void a_file_truncated_in_its_empty_end_loses_no_frame() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            SpoolTest.append(spool, "only");
        }
        int end = Segment.HEADER_BYTES + Segment.frameSize("only".length());
        Files.write(file(1), Arrays.copyOf(Files.readAllBytes(file(1)), end + 8));

        assertThat(damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.lostBytes()).isZero());
    }

    @Test
    void a_damaged_frame_loses_the_bytes_up_to_the_next() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            SpoolTest.append(spool, "first");
            SpoolTest.append(spool, "second");
            SpoolTest.append(spool, "third");
        }
        int second = Segment.HEADER_BYTES + Segment.frameSize("first".length());
        byte[] bytes = Files.readAllBytes(file(1));
        bytes[second + Segment.FRAME_HEADER_BYTES] ^= 1;
        Files.write(file(1), bytes);

        assertThat(damages())
                .containsExactly(new Damage(
                        file(1),
                        "has 1 damaged frame(s)",
                        Segment.frameSize("second".length()),
                        folder.resolve("0000000000000001.segment.damaged")));
    }

    @Test
    void the_sentence_says_what_was_lost_and_where_the_file_is() {
        Path copy = folder.resolve("copy");

        assertThat(new Damage(file(1), "is short", 0, null).describe())
                .isEqualTo(file(1) + " is short; no frames were lost");
        assertThat(new Damage(file(1), "is short", 8, copy).describe())
                .isEqualTo(
                        file(1) + " is short; up to 8 bytes of frames are lost; the damaged file was saved as " + copy);
    }

    @Test
    void an_id_that_cannot_be_read_is_replaced_and_reported() throws Exception {
        segments(1);
        Files.writeString(folder.resolve("id"), "not a UUID");

        assertThat(damages())
                .containsExactly(new Damage(
                        folder.resolve("id"),
                        "does not contain a UUID, so the spool has a new id",
                        0,
                        folder.resolve("id.damaged")));
        Files.delete(folder.resolve("id"));
        Files.createDirectory(folder.resolve("id"));
        assertThat(damages())
                .containsExactly(new Damage(
                        folder.resolve("id"),
                        "is a folder, so the spool has a new id",
                        0,
                        folder.resolve("id.damaged-2")));
        assertThat(damages()).isEmpty();
    }

    @Test
    void files_that_were_set_aside_are_known_by_their_names() {
        assertThat(List.of("a.damaged", "a.damaged-2", "a.damaged-10"))
                .allMatch(name -> SetAside.isSetAside(Path.of(name)));
        assertThat(List.of("a", "a.damaged-", "a.damaged-x", "damaged", "a.damaged.segment"))
                .noneMatch(name -> SetAside.isSetAside(Path.of(name)));
    }

    @Test
    void unfinished_and_damaged_frames_are_counted_over_all_files() throws Exception {
        int size = Segment.frameSize(1300);
        try (Spool spool = Spool.open(folder, SMALL)) {
            for (int i = 0; i < 9; i++) {
                SpoolTest.append(spool, i + "x".repeat(1299));
            }
        }
        change(1, Segment.HEADER_BYTES + size + Segment.FRAME_HEADER_BYTES, 'y');
        change(2, Segment.HEADER_BYTES + Segment.FRAME_HEADER_BYTES, 'y');
        unfinished(2, Segment.HEADER_BYTES + 2 * size, size);
        unfinished(3, Segment.HEADER_BYTES + size, size);

        try (Spool spool = Spool.open(folder, SMALL)) {
            Recovery found = spool.recovery();
            assertThat(found.whole()).isEqualTo(5);
            assertThat(found.damaged()).isEqualTo(2);
            assertThat(found.torn()).isEqualTo(2);
            assertThat(found.setAside())
                    .containsExactly(
                            folder.resolve("0000000000000001.segment.damaged"),
                            folder.resolve("0000000000000002.segment.damaged"));
            assertThat(SpoolTest.readAll(spool))
                    .extracting(frame -> frame.charAt(0))
                    .containsExactly('0', '2', '4', '6', '8');
        }
    }

    @Test
    void an_unfinished_frame_at_the_end_is_counted_once_and_overwritten() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            SpoolTest.append(spool, "first");
        }
        unfinished(1, Segment.HEADER_BYTES + Segment.frameSize("first".length()), 64);

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery()).isEqualTo(new Recovery(1, 1, 0, List.of(), List.of()));
            SpoolTest.append(spool, "second");
            assertThat(SpoolTest.readAll(spool)).containsExactly("first", "second");
        }
    }

    @Test
    void a_missing_file_is_reported_beside_a_damaged_one() throws Exception {
        segments(5);
        change(3, Segment.HEADER_BYTES + Segment.FRAME_HEADER_BYTES, 'y');
        Files.delete(file(4));

        assertThat(damages())
                .extracting(Damage::file, Damage::cause)
                .containsExactly(tuple(file(3), "has 1 damaged frame(s)"), tuple(file(4), "is missing"));
    }

    @Test
    void a_missing_file_is_reported_beside_a_folder_elsewhere() throws Exception {
        segments(5);
        Files.delete(file(2));
        Files.createDirectory(file(2));
        Files.delete(file(4));

        assertThat(damages())
                .extracting(Damage::file, Damage::cause)
                .containsExactly(tuple(file(2), "is a folder"), tuple(file(4), "is missing"));
    }

    private void change(int number, int at, char to) throws IOException {
        byte[] bytes = Files.readAllBytes(file(number));
        bytes[at] = (byte) to;
        Files.write(file(number), bytes);
    }

    /** Leaves a frame as its writer does that is killed before it is complete. */
    private void unfinished(int number, int at, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file(number))).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(at, 0x8000_0000 | size);
        Files.write(file(number), bytes.array());
    }
}
