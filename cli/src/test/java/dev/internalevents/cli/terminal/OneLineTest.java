package dev.internalevents.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneLineTest {

    @ParameterizedTest
    @ValueSource(strings = {"\u001b", "\n", "\r", "\t", "\u0000", "\u007f", "\u0085", "\u009b", "\u2028"})
    void what_a_terminal_would_execute_becomes_a_space(String control) {
        assertThat(OneLine.of("a" + control + "b")).isEqualTo("a b");
    }

    @Test
    void other_text_is_unchanged() {
        assertThat(OneLine.of("naïve 漢字 😀")).isEqualTo("naïve 漢字 😀");
    }

    @Test
    void long_text_ends_with_an_ellipsis_within_the_maximum() {
        assertThat(OneLine.of("abcdef", 6)).isEqualTo("abcdef");
        assertThat(OneLine.of("abcdefg", 6)).isEqualTo("abcde…");
    }
}
