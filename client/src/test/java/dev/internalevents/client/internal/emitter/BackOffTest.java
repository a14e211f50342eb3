package dev.internalevents.client.internal.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BackOffTest {

    private static final BackOff BACK_OFF = EmitterSettings.DEFAULT_BACK_OFF;

    @Test
    void the_bound_doubles_up_to_a_minute() {
        assertThat(BACK_OFF.boundMillis(1)).isEqualTo(100);
        assertThat(BACK_OFF.boundMillis(2)).isEqualTo(200);
        assertThat(BACK_OFF.boundMillis(10)).isEqualTo(51_200);
        assertThat(BACK_OFF.boundMillis(11)).isEqualTo(60_000);
        assertThat(BACK_OFF.boundMillis(Integer.MAX_VALUE)).isEqualTo(60_000);
    }

    @Property
    void a_wait_is_within_its_bound(@ForAll @IntRange(min = 1) int failures) {
        assertThat(BACK_OFF.nextMillis(failures)).isBetween(0L, BACK_OFF.boundMillis(failures));
    }

    @Test
    void retry_after_is_seconds_or_a_date_and_ten_minutes_at_most() {
        assertThat(Collector.retryAfter("3")).isEqualTo(3_000);
        assertThat(Collector.retryAfter("999999999999")).isEqualTo(600_000);
        assertThat(Collector.retryAfter("9223372036854775807")).isEqualTo(600_000);
        assertThat(Collector.retryAfter("9223372036854775808")).isEqualTo(600_000);
        assertThat(Collector.retryAfter("9".repeat(1_000))).isEqualTo(600_000);
        assertThat(Collector.retryAfter("0".repeat(1_000) + "3")).isEqualTo(3_000);
        assertThat(Collector.retryAfter("-9223372036854775809")).isZero();
        assertThat(Collector.retryAfter("Wed, 21 Oct 2015 07:28:00 GMT")).isZero();
        assertThat(Collector.retryAfter("Fri, 31 Dec 9999 23:59:59 GMT")).isEqualTo(600_000);
        assertThat(Collector.retryAfter("soon")).isZero();
        assertThat(Collector.retryAfter("")).isZero();
    }

    @Test
    void a_back_off_without_sense_is_refused() {
        assertThatThrownBy(() -> new BackOff(Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageStartingWith("backOff: the first wait of 0s");
    }
}
