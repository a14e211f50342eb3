package dev.internalevents.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Queue entries: decoding returns what was encoded, and any bytes yield an event or an exception. */
class EventFramePropertiesTest {

    @Property
    void an_event_comes_out_as_it_went_in(
            @ForAll long time, @ForAll String name, @ForAll String label, @ForAll double value, @ForAll String text)
            throws IOException {
        Workload.Event event = new Workload.Event(
                name,
                time,
                text,
                "project",
                "namespace",
                label,
                "property",
                Double.isFinite(value) ? value : null,
                Map.of("k", text, "n", 7, "unused", "x"));
        EventFrames frames = new EventFrames();
        frames.add(new EventFrame(event, new String[] {"k", "n", "absent"}));
        frames.add(new EventFrame(event, new String[0]));
        assertThat(frames.count()).isEqualTo(2);

        List<byte[]> split = EventFrames.split(Arrays.copyOf(frames.bytes(), frames.length()));
        assertThat(split).hasSize(2);
        for (byte[] frame : split) {
            CountedEvent read = EventFrame.decode(frame);

            assertThat(read.name()).isEqualTo(utf8(name));
            assertThat(read.epochMillis()).isEqualTo(time);
            assertThat(read.user()).isEqualTo(utf8(text));
            assertThat(read.project()).isEqualTo("project");
            assertThat(read.namespace()).isEqualTo("namespace");
            assertThat(read.label()).isEqualTo(utf8(label));
            assertThat(read.property()).isEqualTo("property");
            assertThat(read.additional("absent")).isNull();
            assertThat(read.additional("unused")).isNull();
            if (Double.isFinite(value)) {
                assertThat(Amounts.exact(read.value())).isEqualByComparingTo(Amounts.exact(value));
            } else {
                assertThat(read.value()).isNull();
            }
        }
        assertThat(EventFrame.decode(split.get(0)).additional("k")).isEqualTo(utf8(text));
        assertThat(EventFrame.decode(split.get(0)).additional("n")).hasToString("7");
        assertThat(EventFrame.decode(split.get(1)).additional("k")).isNull();
    }

    @Test
    void what_an_event_lacks_is_still_missing_when_it_is_read() throws IOException {
        EventFrame frame = new EventFrame(
                new Workload.Event("opened", 1, null, null, null, null, null, null, Map.of()), new String[] {"k"});

        CountedEvent read = EventFrame.decode(Arrays.copyOf(frame.bytes(), frame.length()));

        assertThat(read.name()).isEqualTo("opened");
        assertThat(Arrays.asList(read.user(), read.project(), read.namespace(), read.label(), read.property()))
                .containsOnlyNulls();
        assertThat(read.value()).isNull();
        assertThat(read.additional("k")).isNull();
    }

    @Test
    void a_batch_may_be_longer_than_its_first_buffer_and_is_empty_after_it_is_cleared() throws IOException {
        EventFrames frames = new EventFrames();
        for (int i = 0; i < 200; i++) {
            frames.add(new EventFrame(
                    new Workload.Event("event " + "x".repeat(i), i, null, null, null, null, null, null, Map.of()),
                    new String[0]));
        }
        List<byte[]> split = EventFrames.split(Arrays.copyOf(frames.bytes(), frames.length()));
        assertThat(split).hasSize(200);
        for (int i = 0; i < 200; i++) {
            assertThat(EventFrame.decode(split.get(i)).name()).isEqualTo("event " + "x".repeat(i));
        }

        frames.clear();

        assertThat(frames.count()).isZero();
        assertThat(EventFrames.split(Arrays.copyOf(frames.bytes(), frames.length())))
                .isEmpty();
    }

    @Test
    void an_entry_that_is_cut_anywhere_is_an_exception_or_has_the_events_before_the_cut() throws IOException {
        EventFrames frames = new EventFrames();
        int[] ends = new int[2];
        for (int i = 0; i < 2; i++) {
            frames.add(new EventFrame(
                    new Workload.Event("event " + i, i, "u", null, null, null, null, null, Map.of()), new String[0]));
            ends[i] = frames.length();
        }
        byte[] whole = Arrays.copyOf(frames.bytes(), frames.length());

        for (int length = 2; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (length == ends[0]) {
                assertThat(EventFrames.split(cut)).hasSize(1);
            } else {
                assertThatThrownBy(() -> EventFrames.split(cut)).hasMessage("a batch that ends within an event");
            }
        }
    }

    /** An unpaired surrogate is not a character; it is stored as a question mark. */
    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    @Property(tries = 20_000)
    void whatever_bytes_come_an_event_or_an_exception(@ForAll byte[] bytes) {
        try {
            for (byte[] frame : EventFrames.split(bytes)) {
                assertThat(EventFrame.decode(frame).name()).isNotNull();
            }
        } catch (IOException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }
}
