package dev.internalevents.collector.processing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IdFilterTest {

    private static final int IDS = 1_500_000;

    /** Random ids, and those of senders that count. */
    static Stream<LongFunction<UUID>> ids() {
        Random random = new Random(1);
        return Stream.of(
                n -> new UUID(random.nextLong(), random.nextLong()),
                n -> new UUID(0x12345678_0000_4000L, 0x8000_0000_0000_0000L + n),
                n -> new UUID(n << 32 | 0x4000, 0x8000_0000_0000_0000L));
    }

    @ParameterizedTest
    @MethodSource("ids")
    void knows_what_it_was_given_and_takes_nearly_nothing_else_for_it(LongFunction<UUID> ids) {
        IdFilter filter = new IdFilter();
        long mistaken = 0;
        for (long n = 0; n < IDS; n++) {
            UUID id = ids.apply(n);
            mistaken += filter.mayHave(id) ? 1 : 0;
            filter.add(id, Instant.EPOCH.plusSeconds(n));
            assertThat(filter.mayHave(id)).isTrue();
        }
        // One of a million, when a part is full.
        assertThat(mistaken).isLessThan(20);
    }

    @ParameterizedTest
    @MethodSource("ids")
    void forgets_what_is_old(LongFunction<UUID> ids) {
        IdFilter filter = new IdFilter();
        UUID old = ids.apply(-1);
        filter.add(old, Instant.EPOCH);
        LongStream.range(0, 1 << 20).forEach(n -> filter.add(ids.apply(n), Instant.EPOCH));
        UUID young = ids.apply(IDS);
        filter.add(young, Instant.EPOCH.plusSeconds(9));

        filter.forgetBefore(Instant.EPOCH.plusSeconds(5));

        assertThat(filter.mayHave(old)).isFalse();
        assertThat(filter.mayHave(young)).isTrue();
    }
}
