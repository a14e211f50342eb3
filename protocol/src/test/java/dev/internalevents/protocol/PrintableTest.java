package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

    @ParameterizedTest
    @ValueSource(
            chars = {
                0x00, 0x07, '\t', '\n', '\r', 0x1b, 0x7f, 0x80, 0x85, 0x90, 0x9b, 0x9c, 0x9f, 0x200e, 0x2028, 0x2029,
                0x202e, 0x2066, 0xd800
            })
    void terminal_control_characters_are_replaced(char command) {
        assertThat(Printable.of("a" + command + "2J", "?")).isEqualTo("a?2J");
        assertThat(Printable.of("a" + command + "2J")).startsWith("a\\").endsWith("2J");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "çé ß 日本 👩 $1 \\", "a b"})
    void everything_else_is_unchanged(String text) {
        assertThat(Printable.of(text, "?")).isEqualTo(text);
        assertThat(Printable.of(text)).isEqualTo(text);
    }
}
