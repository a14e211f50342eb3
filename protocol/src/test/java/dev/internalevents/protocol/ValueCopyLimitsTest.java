package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a copy counts, and what happens exactly at each limit and one beyond it. */
class ValueCopyLimitsTest {

    private static final String TOO_MANY = "(more values than are copied)";
    private static final String TOO_LARGE = "(too large)";

    // Counting

    @Test
    void each_kind_of_value_has_its_size() {
        BigInteger whole = BigInteger.TEN.pow(100);
        BigDecimal decimal = new BigDecimal(whole, 50);

        assertThat(ValueCopy.bytes("abc")).isEqualTo(3);
        assertThat(ValueCopy.bytes(1L)).isEqualTo(8);
        assertThat(ValueCopy.bytes(true)).isEqualTo(8);
        assertThat(ValueCopy.bytes(0.5)).isEqualTo(8);
        assertThat(ValueCopy.bytes(null)).isEqualTo(8);
        assertThat(ValueCopy.bytes(whole)).isEqualTo(Digits.count(whole)).isBetween(101L, 104L);
        assertThat(ValueCopy.bytes(decimal)).isEqualTo(Digits.count(decimal)).isBetween(102L, 120L);
    }

    @Test
    void a_container_counts_its_brackets_separators_keys_and_values() {
        Object list = Json.copyOf(List.of("abc", 1));
        Object array = Json.copyOf(new Object[] {"abc", 1});
        Object map = Json.copyOf(Map.of("key", "abc"));
        Object nested = Json.copyOf(List.of(List.of("abc", 1), Map.of("key", "abc")));

        assertThat(ValueCopy.bytes(list)).isEqualTo(2 + 1 + 3 + 1 + 8);
        assertThat(ValueCopy.bytes(array)).isEqualTo(2 + 1 + 3 + 1 + 8);
        assertThat(ValueCopy.bytes(map)).isEqualTo(2 + 3 + 4 + 3);
        assertThat(ValueCopy.bytes(nested)).isEqualTo(2 + 1 + 15 + 1 + 12);
        assertThat(ValueCopy.values(list)).isEqualTo(3);
        assertThat(ValueCopy.values(array)).isEqualTo(3);
        assertThat(ValueCopy.values(map)).isEqualTo(2);
        assertThat(ValueCopy.values(nested)).isEqualTo(1 + 3 + 2);
        assertThat(ValueCopy.values("abc")).isEqualTo(1);
    }

    // Copies that are used again

    @Test
    void a_copy_is_used_again_if_it_fits_exactly_and_nothing_fits_after_it() {
        Object copy = Json.copyOf(List.of("abc", 1));

        ValueCopy exact = new ValueCopy(3, 15);
        assertThat(exact.of(copy)).isSameAs(copy);
        assertThat(exact.isCut()).isFalse();
        assertThat(exact.of("x")).isEqualTo(TOO_LARGE);
        assertThat(exact.isTooLarge()).isTrue();

        ValueCopy full = new ValueCopy(3, 1_000);
        assertThat(full.of(copy)).isSameAs(copy);
        assertThat(full.of(List.of())).isEqualTo(TOO_MANY);
        assertThat(full.isTooLarge()).isFalse();
        assertThat(full.isCut()).isTrue();
    }

    @Test
    void a_copy_that_is_one_value_or_one_byte_too_large_is_cut() {
        Object copy = Json.copyOf(List.of("abc", "d"));
        assertThat(ValueCopy.bytes(copy)).isEqualTo(8);

        ValueCopy fewer = new ValueCopy(2, 8);
        assertThat(fewer.of(copy)).isEqualTo(List.of(TOO_MANY));
        assertThat(fewer.isTooLarge()).isFalse();

        ValueCopy shorter = new ValueCopy(10, 7);
        assertThat(shorter.of(copy)).isEqualTo(List.of("abc", TOO_LARGE));
        assertThat(shorter.isTooLarge()).isTrue();
    }

    // Containers

    @Test
    void the_last_value_says_that_there_are_more() {
        Map<String, Integer> map = new LinkedHashMap<>();
        for (String key : List.of("a", "b", "c", "d")) {
            map.put(key, 1);
        }

        assertThat(new ValueCopy(4, 1_000).of(List.of(1, 2, 3, 4))).isEqualTo(List.of(1L, 2L, TOO_MANY));
        assertThat(new ValueCopy(4, 1_000).of(new int[] {1, 2, 3, 4})).isEqualTo(List.of(1L, 2L, TOO_MANY));
        assertThat(new ValueCopy(4, 1_000).of(map)).isEqualTo(Map.of("a", 1L, "b", 1L, "(more)", TOO_MANY));
    }

    @Test
    void a_container_needs_a_value_after_its_own() {
        assertThat(new ValueCopy(2, 1_000).of(List.of())).isEqualTo(List.of());
        assertThat(new ValueCopy(1, 1_000).of(List.of())).isEqualTo(TOO_MANY);
    }

    @Test
    void thirty_two_containers_may_be_nested() {
        Object deepest = "x";
        for (int i = 0; i < 32; i++) {
            deepest = List.of(deepest);
        }
        Object cut = "(nested too deeply)";
        for (int i = 0; i < 32; i++) {
            cut = List.of(cut);
        }

        assertThat(Json.copyOf(deepest)).isEqualTo(deepest);
        assertThat(Json.copyOf(List.of(deepest))).isEqualTo(cut);
    }

    @Test
    void a_synchronized_collection_is_read_under_its_lock() {
        AtomicReference<List<Integer>> outer = new AtomicReference<>();
        AtomicBoolean held = new AtomicBoolean();
        List<Integer> inner = new ArrayList<>(List.of(1, 2)) {
            private static final long serialVersionUID = 1;

            @Override
            public Iterator<Integer> iterator() {
                held.set(Thread.holdsLock(outer.get()));
                return super.iterator();
            }
        };
        outer.set(Collections.synchronizedList(inner));

        assertThat(Json.copyOf(outer.get())).isEqualTo(List.of(1L, 2L));
        assertThat(held).isTrue();
    }

    // Numbers

    @Test
    void a_whole_number_of_up_to_1325_bits_is_a_number_and_one_of_up_to_20000_bits_a_text() {
        BigInteger longest = BigInteger.TWO.pow(1_325).subtract(BigInteger.ONE);
        BigInteger text = BigInteger.TWO.pow(1_325);
        BigInteger longestText = BigInteger.TWO.pow(20_000).subtract(BigInteger.ONE);

        assertThat(Json.copyOf(longest)).isEqualTo(longest);
        assertThat(Json.copyOf(text)).isEqualTo(text.toString());
        assertThat(Json.copyOf(longestText)).isEqualTo(longestText.toString());
        assertThat(Json.copyOf(BigInteger.TWO.pow(20_000))).isEqualTo("(a number of 20001 bits)");
        assertThat(Json.copyOf(new BigDecimal(longestText))).isEqualTo(longestText.toString());
        assertThat(Json.copyOf(new BigDecimal(BigInteger.TWO.pow(20_000)))).isEqualTo("(a number of 20001 bits)");
    }

    @Test
    void a_decimal_of_up_to_400_characters_and_400_places_is_a_number() {
        BigInteger digits = new BigInteger("9".repeat(398));
        BigDecimal longest = new BigDecimal(digits.negate(), 200);
        BigDecimal longer = new BigDecimal(digits, -10);
        assertThat(longest.toString()).hasSize(400);
        assertThat(longer.toString()).hasSize(404);

        assertThat(Json.copyOf(longest)).isEqualTo(longest);
        assertThat(Json.copyOf(longer)).isEqualTo(longer.toString());
        assertThat(Json.copyOf(new BigDecimal("1E-400"))).isEqualTo(new BigDecimal("1E-400"));
        assertThat(Json.copyOf(new BigDecimal("1E-401"))).isEqualTo("1E-401");
        assertThat(Json.copyOf(new BigDecimal("1E+400"))).isEqualTo(new BigDecimal("1E+400"));
        assertThat(Json.copyOf(new BigDecimal("1E+401"))).isEqualTo("1E+401");
    }

    @Test
    void a_number_fits_exactly_and_leaves_no_room() {
        BigInteger whole = BigInteger.TEN.pow(50);
        BigDecimal decimal = new BigDecimal(whole, 20);
        for (Number number : List.of(whole, decimal)) {
            long bytes = ValueCopy.bytes(number);
            ValueCopy exact = new ValueCopy(10, bytes);

            assertThat(exact.of(number)).isEqualTo(number);
            assertThat(exact.isTooLarge()).isFalse();
            assertThat(exact.of("x")).isEqualTo(TOO_LARGE);
            assertThat(new ValueCopy(10, bytes - 1).of(number)).isEqualTo(TOO_LARGE);
        }
    }

    // Other types

    @Test
    void a_text_of_any_type_fits_exactly() {
        assertThat(new ValueCopy(10, 3).of(new StringBuilder("abc"))).isEqualTo("abc");
        assertThat(new ValueCopy(10, 2).of(new StringBuilder("abc"))).isEqualTo(TOO_LARGE);
        assertThat(new ValueCopy(10, 3).of("abc")).isEqualTo("abc");
        assertThat(new ValueCopy(10, 2).of("abc")).isEqualTo(TOO_LARGE);
    }

    @Test
    void optionals_of_primitive_values_and_atomic_booleans_become_their_value() {
        assertThat(Json.copyOf(Arrays.asList(
                        OptionalInt.of(7),
                        OptionalInt.empty(),
                        OptionalLong.of(8),
                        OptionalLong.empty(),
                        OptionalDouble.of(1.5),
                        OptionalDouble.empty(),
                        OptionalDouble.of(Double.NaN),
                        Optional.of(OptionalInt.of(9)),
                        new AtomicBoolean(true),
                        new AtomicBoolean())))
                .isEqualTo(Arrays.asList(7L, null, 8L, null, 1.5, null, null, 9L, true, false));
    }
}
