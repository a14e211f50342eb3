package dev.internalevents.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text, true);

    @Test
    void columns_are_as_wide_as_their_widest_cell_and_numbers_are_right_aligned() {
        new TextTable(List.of(List.of("METRIC", "VALUE"), List.of("a", "12"), List.of("longer_than_the_head", "7.5")))
                .print(out);

        assertThat(text.toString().lines())
                .containsExactly("METRIC                VALUE", "a                        12", "longer_than_the_head    7.5");
    }

    @Test
    void a_column_with_a_text_is_left_aligned() {
        new TextTable(List.of(List.of("A", "B"), List.of("1", "x"), List.of("n/a", "y"))).print(out);

        assertThat(text.toString().lines()).containsExactly("A    B", "1    x", "n/a  y");
    }

    @Test
    void a_ruled_table_has_a_line_below_its_head_and_no_spaces_at_the_end() {
        new TextTable(List.of(List.of("name", "n"), List.of("asked", "1"), List.of("", "20"))).printRuled(out);

        assertThat(text.toString().lines()).containsExactly("name   n", "-----  --", "asked  1", "       20");
    }

    @Test
    void a_head_without_rows_is_a_table() {
        new TextTable(List.of(List.of("name"))).printRuled(out);

        assertThat(text.toString().lines()).containsExactly("name", "----");
    }
}
