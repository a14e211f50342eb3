package dev.internalevents.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds of settings, places, frames and counts. */
class SpoolLimitsTest {

    private static final UUID ID = UUID.fromString("00000000-0000-4000-8000-000000000001");

    @TempDir
    private Path folder;

    // Settings

    @ParameterizedTest
    @ValueSource(ints = {4096, 8192, 1 << 30})
    void a_segment_has_a_multiple_of_4096_bytes_up_to_one_gibibyte(int bytes) {
        SpoolSettings smallest = new SpoolSettings(bytes, 2L * bytes, Durability.process());

        assertThat(smallest.segmentBytes()).isEqualTo(bytes);
        assertThatThrownBy(() -> smallest.withMaxBytes(2L * bytes - 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxBytes: " + (2L * bytes - 1) + " is less than two segments of " + bytes + " bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -4096, 0, 4095, 4097, 6000, (1 << 30) + 4096})
    void other_sizes_of_a_segment_are_rejected(int bytes) {
        assertThatThrownBy(() -> SpoolSettings.DEFAULTS.withSegmentBytes(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("segmentBytes: " + bytes + " is not a multiple of 4096 from 4096 to 1073741824");
    }

    @Test
    void a_copy_of_settings_changes_one_of_them() {
        SpoolSettings settings = new SpoolSettings(4096, 1 << 20, Durability.process(), true);

        assertThat(settings.withMaxBytes(1 << 21))
                .isEqualTo(new SpoolSettings(4096, 1 << 21, Durability.process(), true));
        assertThat(settings.withSegmentBytes(8192))
                .isEqualTo(new SpoolSettings(8192, 1 << 20, Durability.process(), true));
        assertThat(settings.withWipe(false)).isEqualTo(new SpoolSettings(4096, 1 << 20, Durability.process()));
        assertThat(settings.withDurability(Durability.disk()))
                .isEqualTo(new SpoolSettings(4096, 1 << 20, Durability.disk(), true));
    }

    // Places

    @ParameterizedTest
    @CsvSource({
        "1,64,1,64,false",
        "1,65,1,64,true",
        "1,64,1,65,false",
        "2,64,1,4000,true",
        "1,4000,2,64,false",
        "1,64,0,0,true"
    })
    void places_are_ordered_by_segment_and_then_by_offset(
            long segment, int offset, long otherSegment, int otherOffset, boolean after) {
        assertThat(new Place(ID, segment, offset).isAfter(new Place(ID, otherSegment, otherOffset)))
                .isEqualTo(after);
    }

    @Test
    void a_place_is_after_every_place_in_another_spool_and_after_none() {
        Place place = Place.start(ID);

        assertThat(place.isAfter(null)).isTrue();
        assertThat(place.isAfter(new Place(UUID.randomUUID(), 9, 9))).isTrue();
        assertThat(place.isAfter(place)).isFalse();
        assertThat(place).hasToString(ID + "/0/0");
    }

    @Test
    void a_spool_is_older_than_a_place_beyond_what_it_contained_when_it_was_opened() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            SpoolTest.append(spool, "frame");
        }
        int end = Segment.HEADER_BYTES + Segment.frameSize("frame".length());
        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.isOlderThan(new Place(spool.id(), 1, end))).isFalse();
            assertThat(spool.isOlderThan(new Place(spool.id(), 1, end + 8))).isTrue();
            assertThat(spool.isOlderThan(new Place(spool.id(), 2, 0))).isTrue();
            assertThat(spool.isOlderThan(new Place(UUID.randomUUID(), 2, 0))).isFalse();
            // New frames do not change what the spool contained.
            SpoolTest.append(spool, "another");
            assertThat(spool.isOlderThan(new Place(spool.id(), 1, end + 8))).isTrue();

            Place old = new Place(spool.id(), 2, 0);
            spool.rename();
            assertThat(spool.isOlderThan(old)).isFalse();
            assertThat(spool.isOlderThan(new Place(spool.id(), 2, 0))).isFalse();
        }
    }

    // Frames

    private static final SpoolSettings SMALL = new SpoolSettings(4096, 1 << 20, Durability.process());

    @Test
    void a_frame_that_fills_the_rest_of_a_segment_exactly_stays_in_it() throws Exception {
        int room = 4096 - Segment.HEADER_BYTES;
        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.maxFrameBytes()).isEqualTo(room - Segment.FRAME_HEADER_BYTES);
            SpoolTest.append(spool, "x".repeat(1000));
            int rest = room - Segment.frameSize(1000) - Segment.FRAME_HEADER_BYTES;
            SpoolTest.append(spool, "y".repeat(rest));

            assertThat(spool.extents())
                    .singleElement()
                    .satisfies(one -> assertThat(one.bytes()).isEqualTo(4096));
            SpoolTest.append(spool, "z");
            assertThat(spool.extents()).hasSize(2);
            assertThat(SpoolTest.readAll(spool)).extracting(String::length).containsExactly(1000, rest, 1);
        }
    }

    @Test
    void a_frame_that_is_one_byte_longer_goes_into_the_next_segment() throws Exception {
        int room = 4096 - Segment.HEADER_BYTES;
        try (Spool spool = Spool.open(folder, SMALL)) {
            SpoolTest.append(spool, "x".repeat(1000));
            int tooLong = room - Segment.frameSize(1000) - Segment.FRAME_HEADER_BYTES + 1;
            SpoolTest.append(spool, "y".repeat(tooLong));

            assertThat(spool.extents()).hasSize(2);
            assertThat(SpoolTest.readAll(spool)).extracting(String::length).containsExactly(1000, tooLong);
        }
    }

    @Test
    void the_reader_has_no_frame_to_give_after_the_last() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThatThrownBy(() -> spool.reader().next(new byte[10], 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("there is no next frame; call nextLength first");
            SpoolTest.append(spool, "frame");
            byte[] into = new byte[9];
            spool.reader().next(into, 4);
            assertThat(into).isEqualTo(new byte[] {0, 0, 0, 0, 'f', 'r', 'a', 'm', 'e'});
        }
    }

    // Counts and sizes

    @Test
    void frames_are_held_from_the_append_to_the_commit_also_those_of_an_earlier_process() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL)) {
            SpoolTest.append(spool, "a");
            SpoolTest.append(spool, "b");
            SpoolTest.append(spool, "c");
            spool.reader().next();
            spool.reader().commit(spool.reader().mark());
            assertThat(spool.held()).isEqualTo(2);
            assertThat(spool.safe()).isEqualTo(2);
        }
        try (Spool spool = Spool.open(folder, SMALL)) {
            assertThat(spool.recovery().whole()).isEqualTo(2);
            assertThat(spool.held()).isEqualTo(2);
            SpoolTest.append(spool, "d");
            assertThat(spool.held()).isEqualTo(3);
            assertThat(SpoolTest.readAll(spool)).containsExactly("b", "c", "d");
            spool.reader().commit(spool.reader().mark());
            assertThat(spool.held()).isZero();
        }
    }

    @Test
    void the_fill_is_the_share_of_the_maximum_that_the_files_take() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL.withMaxBytes(2 * 4096))) {
            assertThat(spool.sizeOnDisk()).isEqualTo(4096);
            assertThat(spool.fill()).isEqualTo(0.5);
            assertThat(spool.canGrow()).isTrue();
            SpoolTest.append(spool, "x".repeat(4000));
            SpoolTest.append(spool, "x".repeat(4000));
            assertThat(spool.fill()).isEqualTo(1);
            assertThat(spool.canGrow()).isFalse();
            assertThat(SpoolTest.append(spool, "x".repeat(4000))).isEqualTo(Appended.FULL);
        }
    }

    @Test
    void a_limit_that_is_not_a_multiple_of_a_segment_is_not_exceeded() throws Exception {
        try (Spool spool = Spool.open(folder, SMALL.withMaxBytes(3 * 4096 - 1))) {
            while (SpoolTest.append(spool, "x".repeat(4000)) == Appended.YES) {
                assertThat(spool.sizeOnDisk()).isLessThan(3 * 4096);
            }
            assertThat(SpoolTest.readAll(spool)).hasSize(2);
        }
    }
}
