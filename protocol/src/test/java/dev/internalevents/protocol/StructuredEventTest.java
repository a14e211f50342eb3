package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.WithNull;
import org.junit.jupiter.api.Test;

class StructuredEventTest {

    private static final Tracker TRACKER = new Tracker("n\"", "ä", "srv", "v");
    private static final SchemaKey SCHEMA = SchemaKey.of("com.acme", "more", "1-0-0");

    private static StructuredEvent event(StructuredEvent.Fields fields, Contexts contexts) {
        return new StructuredEvent(new UUID(1, 2), Instant.ofEpochMilli(1_700_000_000_000L), fields, contexts);
    }

    private static int written(StructuredEvent event) {
        JsonWriter out = new JsonWriter();
        event.writeOpenTo(out, TRACKER);
        return out.length();
    }

    @Property(tries = 500)
    void its_size_is_known_before_it_is_written(
            @ForAll @StringLength(max = 20) String category,
            @ForAll @WithNull @StringLength(max = 20) String label,
            @ForAll @WithNull @StringLength(max = 20) String property,
            @ForAll @WithNull Double value,
            @ForAll @IntRange(max = 5) int contexts,
            @ForAll @WithNull @StringLength(max = 20) String data) {
        Double number = value != null && Double.isFinite(value) ? value : null;
        StructuredEvent event = event(
                new StructuredEvent.Fields(category, category, label, property, number),
                new Contexts(Collections.nCopies(contexts, new SelfDescribingJson(SCHEMA, data))));
        int written = written(event);

        for (long limit = written - 2L; limit <= written + 2L; limit++) {
            assertThat(event.openSize(TRACKER, limit) > limit).isEqualTo(written > limit);
        }
        assertThat(event.openSize(TRACKER, Integer.MAX_VALUE)).isEqualTo(written);
    }

    @Test
    void what_exceeds_the_limit_is_not_counted() {
        SelfDescribingJson large = new SelfDescribingJson(SCHEMA, List.of("x".repeat(10_000), "y".repeat(10_000)));
        StructuredEvent event = event(
                new StructuredEvent.Fields("c", "a", null, null, null), new Contexts(Collections.nCopies(100, large)));

        assertThat(event.openSize(TRACKER, 1_000)).isBetween(1_001L, 2_000L);
    }
}
