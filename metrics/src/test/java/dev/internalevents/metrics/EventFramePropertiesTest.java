package dev.internalevents.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

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
                null,
                "n",
                label,
                null,
                Double.isFinite(value) ? value : null,
                Map.of("k", text, "n", 7));
        EventFrames frames = new EventFrames();
        frames.add(new EventFrame(event, new String[] {"k", "n", "absent"}));
        frames.add(new EventFrame(event, new String[0]));

        CountedEvent read = EventFrame.decode(EventFrames.split(Arrays.copyOf(frames.bytes(), frames.length()))
                .get(0));

        assertThat(read.name()).isEqualTo(utf8(name));
        assertThat(read.epochMillis()).isEqualTo(time);
        assertThat(read.user()).isEqualTo(utf8(text));
        assertThat(read.project()).isNull();
        assertThat(read.label()).isEqualTo(utf8(label));
        assertThat(read.additional("k")).isEqualTo(utf8(text));
        assertThat(read.additional("n")).hasToString("7");
        assertThat(read.additional("absent")).isNull();
        if (Double.isFinite(value)) {
            assertThat(Amounts.exact(read.value())).isEqualByComparingTo(Amounts.exact(value));
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
