package dev.internalevents.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "999999999999999999",
                "1000000000000000000",
                "-1000000000000000000",
                "9223372036854775807",
                "-9223372036854775808"
            })
    void a_whole_number_in_the_range_of_long_is_exact(String number) {
        assertThat(Amounts.number(new BigDecimal(number))).isEqualTo(Long.parseLong(number));
        assertThat(Amounts.number(new BigDecimal(number + ".00"))).isEqualTo(Long.parseLong(number));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.5",
                "-0.1",
                "9223372036854775808",
                "-9223372036854775809",
                "10000000000000000000",
                "1E+19",
                "1.7E+308",
                "1E-2000000000"
            })
    void any_other_number_is_the_nearest_double(String number) {
        assertThat(Amounts.number(new BigDecimal(number))).isEqualTo(Double.parseDouble(number));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8E+308", "-1.8E+308", "1E+2000000000", "1E+2147483647"})
    void a_number_beyond_every_double_has_failed(String number) {
        assertThat(Amounts.number(new BigDecimal(number))).isEqualTo((long) Amounts.FAILED);
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "5.0, 5", "5.00, 5", "50, 50", "5E+1, 50", "0.10, 0.1", "0.00, 0", "0E+3, 0", "-2.50, -2.5"})
    void equal_numbers_have_the_same_text(String number, String text) {
        assertThat(Amounts.text(new BigDecimal(number))).isEqualTo(text);
        assertThat(Amounts.plain(new BigDecimal(number))).isEqualTo(text);
    }

    @Test
    void equal_numbers_of_any_type_have_the_same_text() {
        for (Number five : List.of(5, 5L, (short) 5, (byte) 5, 5.0, 5.0f, BigInteger.valueOf(5))) {
            assertThat(Amounts.text(five)).isEqualTo("5");
            assertThat(Amounts.exact(five)).isEqualByComparingTo("5");
        }
        assertThat(Amounts.text(0.1f)).isEqualTo("0.1");
        assertThat(Amounts.exact(0.1)).isEqualTo(new BigDecimal("0.1"));
    }

    @Test
    void what_is_not_a_number_has_no_text() {
        for (Number none : List.of(Double.NaN, Double.POSITIVE_INFINITY, Float.NaN, Float.NEGATIVE_INFINITY)) {
            assertThat(Amounts.exact(none)).isNull();
            assertThat(Amounts.text(none)).isNull();
        }
        assertThat(Amounts.text(null)).isNull();
    }
}
