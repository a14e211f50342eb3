package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ValueCopyTest {

    @Test
    void every_number_is_a_number() {
        assertThat(Json.copyOf(new AtomicInteger(5))).isEqualTo(5L);
        assertThat(Json.copyOf(new AtomicLong(6))).isEqualTo(6L);
        assertThat(Json.copyOf(0.1f)).isEqualTo(0.1);
        assertThat(Json.copyOf(Double.NaN)).isNull();
        assertThat(Json.copyOf(new BigDecimal("1.50"))).isEqualTo(new BigDecimal("1.50"));
        assertThat(Json.copyOf(new BigInteger("9".repeat(398)))).isEqualTo(new BigInteger("9".repeat(398)));
    }

    @Test
    void a_number_that_readers_reject_becomes_a_string() {
        BigInteger long500 = BigInteger.TEN.pow(500);

        assertThat(Json.copyOf(long500)).isEqualTo(long500.toString());
        assertThat(Json.copyOf(new BigDecimal("1E+1000000000"))).isEqualTo("1E+1000000000");
        assertThat(Json.copyOf(BigInteger.ONE.shiftLeft(10_000_000))).isEqualTo("(a number of 10000001 bits)");
    }

    @Test
    void optionals_become_their_content_and_dates_become_iso() {
        assertThat(Json.copyOf(Optional.of("x"))).isEqualTo("x");
        assertThat(Json.copyOf(Optional.empty())).isNull();
        assertThat(Json.copyOf(OptionalLong.of(7))).isEqualTo(7L);
        assertThat(Json.copyOf(new Date(0))).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(Json.copyOf(new GregorianCalendar(TimeZone.getTimeZone("Asia/Tokyo")) {
                    private static final long serialVersionUID = 1;

                    {
                        setTimeInMillis(0);
                    }
                }))
                .isEqualTo("1970-01-01T00:00:00Z");
        assertThat(Json.copyOf(Arrays.asList(Optional.empty(), Optional.of(1)))).isEqualTo(Arrays.asList(null, 1L));
    }

    @Test
    void an_object_without_a_to_string_is_named_by_its_class_without_an_address() {
        assertThat((String) Json.copyOf(new Object())).isEqualTo("(a java.lang.Object without a toString())");
        Runnable lambda = () -> {};
        assertThat((String) Json.copyOf(lambda)).contains("Lambda").doesNotContain("@", "0x");
    }

    @Test
    void a_cycle_ends_at_its_first_repetition() {
        Map<String, Object> map = new HashMap<>();
        map.put("self", map);
        map.put("list", List.of("x", map));

        assertThat(Json.copyOf(map)).isEqualTo(Map.of("self", "(a cycle)", "list", List.of("x", "(a cycle)")));
    }

    @Test
    void shared_values_are_copied_as_often_as_the_limit_allows() {
        Object shared = "x";
        for (int i = 0; i < 30; i++) {
            shared = List.of(shared, shared);
        }

        assertThat(ValueCopy.values(Json.copyOf(shared))).isEqualTo(ValueCopy.DEFAULT_MAX_VALUES);
        assertThat(Json.write(Json.copyOf(shared))).contains("(more values than are copied)");
    }

    @Test
    void a_list_at_the_limit_of_values_is_copied_in_full() {
        List<Integer> whole = Collections.nCopies(ValueCopy.DEFAULT_MAX_VALUES - 2, 1);

        assertThat(Json.copyOf(whole)).isEqualTo(Collections.nCopies(whole.size(), 1L));
        assertThat((List<?>) Json.copyOf(Collections.nCopies(20_000, 1))).hasSize(ValueCopy.DEFAULT_MAX_VALUES - 1);
    }

    @Test
    void exceeding_the_limit_of_bytes_is_reported() {
        ValueCopy copy = new ValueCopy(100, 1_000);

        assertThat(copy.of("x".repeat(900))).isEqualTo("x".repeat(900));
        assertThat(copy.isTooLarge()).isFalse();
        assertThat(copy.of(List.of("y".repeat(200), "z"))).isEqualTo(List.of("(too large)"));
        assertThat(copy.isTooLarge()).isTrue();
    }

    @Test
    void a_copy_is_not_copied_again_and_still_counts() {
        Object copy = Json.copyOf(List.of("x".repeat(600)));
        ValueCopy copies = new ValueCopy(100, 1_000);

        assertThat(copies.of(copy)).isSameAs(copy);
        assertThat(copies.isTooLarge()).isFalse();
        assertThat(copies.of(copy)).isNotSameAs(copy);
        assertThat(copies.isTooLarge()).isTrue();
    }

    @Test
    void errors_of_application_code_become_a_text_and_an_exhausted_heap_does_not() {
        assertThat(Json.copyOf(throwing(new StackOverflowError()))).asString().endsWith(": StackOverflowError)");
        assertThat(Json.copyOf(throwing(new NoSuchMethodError()))).asString().endsWith(": NoSuchMethodError)");
        assertThat(Json.copyOf(throwing(new OutOfMemoryError()))).asString().endsWith(": OutOfMemoryError)");
        assertThatThrownBy(() -> Json.copyOf(throwing(new OutOfMemoryError("Java heap space"))))
                .isInstanceOf(OutOfMemoryError.class);
    }

    private static Object throwing(Error error) {
        return new Object() {
            @Override
            public String toString() {
                throw error;
            }
        };
    }

    @Property(tries = 200)
    void the_size_of_a_text_is_known_before_it_is_written(@ForAll String text) {
        List<Object> tree = new ArrayList<>(
                List.of(text, 1L, 0.1f, Double.NaN, -2.5e300, Map.of(text, true), Map.of(), List.of(List.of(1), 2)));
        tree.add(null);
        int written = Json.write(tree).getBytes(StandardCharsets.UTF_8).length;

        assertThat(JsonWriter.size(text, Long.MAX_VALUE))
                .isEqualTo(Json.write(text).getBytes(StandardCharsets.UTF_8).length);
        assertThat(JsonWriter.size(tree, Long.MAX_VALUE)).isEqualTo(written);
    }

    @Property(tries = 500)
    void a_number_of_any_length_is_formatted_as_its_to_string_does(
            @ForAll @Size(max = 200) byte[] bytes, @ForAll @IntRange(min = -300, max = 900) int scale) {
        BigInteger whole = bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
        BigDecimal decimal = new BigDecimal(whole, scale);
        BigDecimal extreme = new BigDecimal(whole, scale * 2_000_000);

        assertThat(Digits.of(whole)).isEqualTo(whole.toString());
        assertThat(Digits.of(decimal)).isEqualTo(decimal.toString());
        assertThat(Digits.of(extreme)).isEqualTo(extreme.toString());
        assertThat(Digits.count(whole) - whole.toString().length()).isBetween(0L, 3L);
        assertThat(Digits.count(decimal) - decimal.toString().length()).isBetween(0L, 18L);
        assertThat(Digits.count(extreme) - extreme.toString().length()).isBetween(0L, 18L);
        assertThat(Digits.length(whole)).isEqualTo(whole.toString().length());
        assertThat(Digits.length(decimal)).isEqualTo(decimal.toString().length());
        assertThat(Digits.length(extreme)).isEqualTo(extreme.toString().length());
    }

    @Test
    void powers_of_ten_and_of_two_are_formatted_as_their_to_string_does() {
        for (int i = 0; i < 400; i++) {
            for (BigInteger number : List.of(BigInteger.TEN.pow(i), BigInteger.TWO.pow(i))) {
                for (BigInteger near : List.of(number, number.subtract(BigInteger.ONE), number.negate())) {
                    assertThat(Digits.of(near)).isEqualTo(near.toString());
                    assertThat(Digits.length(near)).isEqualTo(near.toString().length());
                    assertThat(Digits.count(near))
                            .isGreaterThanOrEqualTo(near.toString().length());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource
    void numbers_take_no_more_memory_than_other_values(List<? extends Number> numbers) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        ValueCopy copies = new ValueCopy(ValueCopy.DEFAULT_MAX_VALUES, ValueCopy.DEFAULT_MAX_BYTES);
        copies.of(numbers);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated).isLessThan(4L * ValueCopy.DEFAULT_MAX_BYTES);
    }

    static Stream<List<? extends Number>> numbers_take_no_more_memory_than_other_values() {
        BigDecimal third = new BigDecimal(BigInteger.TEN.pow(5_900).divide(BigInteger.valueOf(3)), 5_000);
        return Stream.of(
                Collections.nCopies(33, BigInteger.TWO.pow(99_000)),
                Collections.nCopies(9_000, BigInteger.TWO.pow(19_999)),
                Collections.nCopies(9_000, BigInteger.TWO.pow(1_400)),
                Collections.nCopies(9_000, BigInteger.TWO.pow(1_300)),
                Collections.nCopies(9_000, third),
                Collections.nCopies(9_000, third.setScale(370, RoundingMode.DOWN)),
                Collections.nCopies(9_000, new BigDecimal("-1E-2000000000")));
    }

    @Test
    void a_long_text_takes_about_its_own_length_in_memory() {
        JsonWriter out = new JsonWriter().string("x".repeat(20 << 20));

        assertThat(out.array()).hasSizeLessThan((20 << 20) + 100);
    }

    @Test
    void printable_text_is_one_line_without_direction_changes_and_not_too_long() {
        assertThat(Printable.of("request_awesome_feature")).isEqualTo("request_awesome_feature");
        assertThat(Printable.of("late\r\nINFO forged\u001b[2J\u202e\u2028x\ud83d"))
                .isEqualTo("late\\r\\nINFO forged\\u001b[2J\\u202e\\u2028x\\ud83d");
        assertThat(Printable.of("grün 😀")).isEqualTo("grün 😀");
        assertThat(Printable.of("n".repeat(5_000))).isEqualTo("n".repeat(200) + "… (5000 characters)");
    }
}
