package dev.internalevents.metrics.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UniquePartsTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1_000})
    void counts_exactly_up_to_a_thousand(int values) {
        assertThat(countOf(values)).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(ints = {3_000, 50_000, 300_000})
    void estimates_beyond_it(int values) {
        assertThat((double) countOf(values)).isCloseTo(values, within(3 * 0.0041 * values));
    }

    @Test
    void parts_with_hashes_and_parts_with_registers_add_up() {
        Map<Integer, byte[]> many = parts(0, 100_000);
        Map<Integer, byte[]> few = parts(100_000, 500);
        Map<Integer, byte[]> some = parts(0, 500);
        UniqueParts union = new UniqueParts();
        few.forEach(union::add);
        many.forEach(union::add);
        some.forEach(union::add);

        assertThat((double) union.count()).isCloseTo(100_500, within(3 * 0.0041 * 100_500));
    }

    @Test
    void the_same_values_change_nothing() {
        for (int values : new int[] {500, 100_000}) {
            Map<Integer, byte[]> parts = parts(0, values);
            IntStream.range(0, values).forEach(i -> {
                long hash = UniqueParts.hash("v" + i);
                assertThat(UniqueParts.merge(parts.get(UniqueParts.partOf(hash)), new long[] {hash, hash}))
                        .isNull();
            });
        }
    }

    @Test
    void content_is_checked() {
        long[] hashes = {1};
        byte[] register = new byte[1_025];
        register[0] = 2;
        register[7] = 50;
        for (byte[] wrong : new byte[][] {{3}, {0}, {1, 2}, {2, 3}, new byte[1_025], register}) {
            assertThatThrownBy(() -> UniqueParts.merge(wrong, hashes)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new UniqueParts().add(0, wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new UniqueParts().add(64, new byte[] {1}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static long countOf(int values) {
        UniqueParts all = new UniqueParts();
        parts(0, values).forEach(all::add);
        return all.count();
    }

    private static Map<Integer, byte[]> parts(int from, int values) {
        Map<Integer, byte[]> parts = new HashMap<>();
        for (int i = from; i < from + values; i++) {
            long hash = UniqueParts.hash("v" + i);
            int part = UniqueParts.partOf(hash);
            byte[] merged = UniqueParts.merge(parts.getOrDefault(part, new byte[0]), new long[] {hash});
            if (merged != null) {
                parts.put(part, merged);
            }
        }
        return parts;
    }
}
