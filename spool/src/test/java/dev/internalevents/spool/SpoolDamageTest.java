package dev.internalevents.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that were truncated, deleted or replaced: the spool opens, reads complete frames, and reports what is lost. */
class SpoolDamageTest {

    private static final SpoolSettings SMALL = new SpoolSettings(4096, 1 << 20, Durability.disk());

    @TempDir
    private Path folder;

    /** Appends three more segments; the reader stays at the start. */
    private void fill() throws IOException {
        try (Spool spool = Spool.open(folder, SMALL)) {
            for (int i = 0; i < 500; i++) {
                SpoolTest.append(spool, "frame number " + i);
            }
            assertThat(spool.safe()).isEqualTo(spool.held()).isPositive();
        }
    }

    private Path segment(long number) {
        return Segment.path(folder, number);
    }

    @Test
    void a_truncated_segment_is_reported_with_what_may_be_lost() throws IOException {
        fill();
        cut(segment(2), 1000);

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery().whole()).isBetween(360L, 450L);
            assertThat(spool.recovery().damages()).singleElement().satisfies(damage -> {
                assertThat(damage.file()).isEqualTo(segment(2));
                assertThat(damage.lostBytes()).isBetween(3000L, 4096L);
                assertThat(damage.describe())
                        .contains("is 1000 bytes long, but was created with 4096", "bytes of frames are lost");
            });
            assertThat(SpoolTest.readAll(spool)).contains("frame number 0", "frame number 499");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 63, 64, 71})
    void a_segment_truncated_to_almost_nothing_is_reported(int bytes) throws IOException {
        fill();
        cut(segment(3), bytes);

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery().damages()).extracting(Damage::file).containsExactly(segment(3));
            assertThat(spool.recovery().damages().get(0).lostBytes()).isPositive();
        }
    }

    @Test
    void truncation_after_the_last_frame_loses_nothing_and_is_reported_as_such() throws IOException {
        try (Spool spool = Spool.open(folder, SMALL)) {
            SpoolTest.append(spool, "kept");
        }
        cut(segment(1), 2048);

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(SpoolTest.readAll(spool)).containsExactly("kept");
            assertThat(spool.recovery().damages()).singleElement().satisfies(damage -> {
                assertThat(damage.lostBytes()).isZero();
                assertThat(damage.describe()).contains("no frames were lost");
            });
        }
    }

    @Test
    void missing_segments_between_others_are_reported() throws IOException {
        fill();
        fill();
        Files.delete(segment(2));
        Files.delete(segment(3));

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery().damages()).singleElement().satisfies(damage -> {
                assertThat(damage.file()).isEqualTo(segment(2));
                assertThat(damage.lostBytes()).isEqualTo(2 * (4096 - 64));
                assertThat(damage.cause()).contains("0000000000000003.segment", "missing");
            });
            assertThat(SpoolTest.readAll(spool)).contains("frame number 0", "frame number 499");
        }
    }

    @Test
    void segments_that_were_read_and_deleted_are_not_a_loss() throws IOException {
        for (int start = 0; start < 4; start++) {
            try (Spool spool = Spool.open(folder, SMALL)) {
                assertThat(spool.recovery().damages()).isEmpty();
                for (int i = 0; i < 300; i++) {
                    SpoolTest.append(spool, "frame number " + i);
                }
                for (int i = 0; i < 250; i++) {
                    spool.reader().next();
                }
                spool.reader().commit(spool.reader().mark());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000000000000002.segment", "id", "lock", "7.prepared", "id.new"})
    void a_folder_in_the_place_of_a_file_is_moved_out_of_the_way(String name) throws IOException {
        fill();
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        Files.createDirectories(file.resolve("something in it"));
        if (name.equals("id.new")) {
            Files.delete(folder.resolve("id"));
        }

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(SpoolTest.append(spool, "new")).isEqualTo(Appended.YES);
            assertThat(SpoolTest.readAll(spool)).contains("frame number 0", "frame number 499", "new");
            if (name.endsWith(".segment") || name.equals("id")) {
                assertThat(spool.recovery().damages()).extracting(Damage::file).containsExactly(file);
            }
        }
        assertThat(folder.resolve(name + ".damaged/something in it")).isDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no UUID", "\u0000\u0001\u0002"})
    void a_damaged_id_is_set_aside_and_loses_no_frame(String content) throws IOException {
        fill();
        Files.writeString(folder.resolve("id"), content);

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery().whole()).isEqualTo(500);
            assertThat(spool.recovery().damages()).singleElement().satisfies(damage -> {
                assertThat(damage.describe()).contains("does not contain a UUID", "no frames were lost", "id.damaged");
            });
        }
        assertThat(folder.resolve("id.damaged")).hasContent(content);
    }

    @Test
    void files_that_their_owner_cannot_read_are_made_readable_again() throws IOException {
        fill();
        for (Path file : List.of(segment(2), folder.resolve("id"), folder.resolve("lock"))) {
            Files.setPosixFilePermissions(file, Set.of());
        }

        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery()).isEqualTo(new Recovery(500, 0, 0, List.of()));
        }
        // Root can read files regardless of their permissions, so they are not changed.
        if (!"root".equals(System.getProperty("user.name"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(segment(2))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void a_second_damaged_file_does_not_replace_the_first() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "1");
        assertThat(SetAside.move(file)).hasFileName("x.damaged");
        Files.writeString(file, "2");
        Path second = SetAside.move(file);

        assertThat(second).hasFileName("x.damaged-2").hasContent("2");
        assertThat(SetAside.isSetAside(second)).isTrue();
        assertThat(SetAside.isSetAside(file)).isFalse();
    }

    private static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }
}
