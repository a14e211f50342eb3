package dev.internalevents.client.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.settings.SnowplowSettings;
import dev.internalevents.testkit.FakeCollector;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class LegacyLimitsTest {

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @Test
    @SuppressWarnings("deprecation")
    void keeps_the_limits_of_the_wire() {
        try (SnowplowInstrumentator instrumentator =
                SnowplowInstrumentator.fromSettings(new SnowplowSettings(true, sink.url(), 1, 1))) {
            instrumentator.watch(new SnowplowEvent(null, "c".repeat(1_001), "asked", "l".repeat(4_097), null));
            instrumentator.watch(new SnowplowEvent(null, "c", " ", null, null));
            instrumentator.watch(new SnowplowEvent(null, "c", "n".repeat(1_001), null, null));
            assertThat(instrumentator.flush(Duration.ofSeconds(20))).isTrue();

            assertThat(sink.taken()).singleElement().satisfies(event -> {
                assertThat(event.get("se_ca")).isEqualTo("c".repeat(997) + "...");
                assertThat(event.get("se_la")).isEqualTo("l".repeat(4_093) + "...");
            });
        }
    }
}
