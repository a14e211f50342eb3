package dev.internalevents.collector.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitsTest {

    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(-SECOND);
    private final RateLimits limits = new RateLimits(5, now::get);

    @Test
    void a_source_may_send_twice_its_rate_at_once_and_its_rate_afterwards() {
        assertThat(allowed("a", 100)).isEqualTo(10);
        assertThat(allowed("b", 100)).isEqualTo(10);
        for (int second = 0; second < 5; second++) {
            now.addAndGet(SECOND);
            assertThat(allowed("a", 100)).isEqualTo(5);
        }
        now.addAndGet(10 * SECOND);
        assertThat(allowed("a", 100)).isEqualTo(10);
    }

    @Test
    void invented_sources_do_not_take_the_limit_from_one_that_goes_on_sending() {
        assertThat(allowed("busy", 100)).isEqualTo(10);
        for (int i = 0; i < 3 * RateLimits.MAX_SOURCES; i++) {
            limits.allow("invented " + i);
            if (i % 10 == 0) {
                assertThat(limits.allow("busy")).isFalse();
            }
        }
        assertThat(limits.sources()).isLessThanOrEqualTo(RateLimits.MAX_SOURCES);
        now.addAndGet(10 * SECOND);
        for (int i = 0; i < RateLimits.MAX_SOURCES && limits.sources() > 0; i++) {
            // Each call evicts some of the expired sources.
            limits.allow("another");
            now.addAndGet(10 * SECOND);
        }
        assertThat(limits.sources()).isZero();
    }

    private long allowed(String source, int tries) {
        return IntStream.range(0, tries).filter(i -> limits.allow(source)).count();
    }
}
