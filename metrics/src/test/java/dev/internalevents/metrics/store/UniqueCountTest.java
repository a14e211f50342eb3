package dev.internalevents.metrics.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UniqueCountTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 999, 1_000})
    void is_exact_up_to_a_thousand(int values) {
        UniqueCount count = new UniqueCount();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < values; i++) {
                count.add(Hash.of("user " + i));
            }
        }
        assertThat(count.count()).isEqualTo(values);
    }

    @Test
    void a_union_counts_what_both_have_once() {
        UniqueCount union = new UniqueCount();
        for (int part = 0; part < 4; part++) {
            UniqueCount count = new UniqueCount();
            for (int i = 0; i < 300; i++) {
                count.add(Hash.of("user " + (100 * part + i)));
            }
            union.addAll(count);
        }
        assertThat(union.count()).isEqualTo(600);
    }

    /** Checks the mean squared error of 45 to 140 sketches of each size. */
    @ParameterizedTest
    @ValueSource(ints = {1_500, 20_000, 200_000})
    void the_standard_error_is_half_a_percent_at_most(int values) {
        int sketches = 400_000 / Math.max(1_000, values / 10) / 4 + 40;
        Random random = new Random(42);
        double squares = 0;
        double sum = 0;
        for (int i = 0; i < sketches; i++) {
            UniqueCount count = new UniqueCount();
            String prefix = Long.toHexString(random.nextLong()) + "-";
            for (int v = 0; v < values; v++) {
                count.add(Hash.of(prefix + v));
            }
            double error = (double) count.count() / values - 1;
            squares += error * error;
            sum += error;
        }
        assertThat(Math.sqrt(squares / sketches)).isLessThan(0.005);
        assertThat(Math.abs(sum / sketches)).isLessThan(0.002);
    }

    @Test
    void numbers_hash_as_well_as_random_texts() {
        UniqueCount count = new UniqueCount();
        for (int i = 1; i <= 1_000_000; i++) {
            count.add(Hash.of(String.valueOf(i)));
        }
        assertThat((double) count.count()).isBetween(1_000_000 * (1 - 0.0123), 1_000_000 * (1 + 0.0123));
    }
}
