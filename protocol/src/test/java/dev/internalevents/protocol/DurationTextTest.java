package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.1S, 100ms",
        "PT1.5S, 1500ms",
        "PT1S, 1s",
        "PT1M30S, 90s",
        "PT5M, 5m",
        "PT36H, 36h",
        "PT24H, 1d",
        "P90D, 90d",
        "PT0.00025S, 250us",
        "PT0.0000001S, 100ns",
        "PT-1S, -1s",
        "PT-0.1S, -100ms"
    })
    void a_duration_has_the_largest_unit_that_divides_it(Duration duration, String text) {
        assertThat(DurationText.of(duration)).isEqualTo(text);
    }

    @Test
    void the_longest_durations_have_a_text_too() {
        assertThat(DurationText.of(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE + "s");
        assertThat(DurationText.of(Duration.ofSeconds(Long.MIN_VALUE, 1))).isEqualTo("-9223372036854775807999999999ns");
    }
}
