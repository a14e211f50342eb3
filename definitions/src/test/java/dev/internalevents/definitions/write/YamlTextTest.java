package dev.internalevents.definitions.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.yaml.YamlFile;
import dev.internalevents.definitions.yaml.YamlSyntaxException;
import dev.internalevents.definitions.yaml.YamlValue;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class YamlTextTest {

    /** Returns what is written behind {@code ---} and a line end. */
    private static String written(String key, String value) {
        return new YamlText().text(key, value).toString().substring("---\n".length());
    }

    private static String read(String yaml) throws YamlSyntaxException {
        YamlValue.Mapping map = (YamlValue.Mapping) YamlFile.parse(yaml);
        return ((YamlValue.Text) map.entries().get("key").value()).value();
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> special = Arbitraries.of(
                " ",
                "  ",
                "\t",
                "\n",
                "'",
                "\"",
                "\\",
                ":",
                ": ",
                "#",
                " #",
                "-",
                "- ",
                "?",
                "&",
                "*",
                "!",
                "|",
                ">",
                "%",
                "@",
                "`",
                "[",
                "]",
                "{",
                "}",
                ",",
                "~",
                "null",
                "yes",
                "0x1",
                "1_000",
                "1:30",
                ".inf",
                "2026-11-30",
                "\u0001",
                "\u007f",
                "\u0080",
                "\u009f",
                "\u00a0",
                "\u00ff",
                "\u0100",
                "\u2028",
                "\ufeff",
                "\ud7ff",
                "\ue000",
                "\uffff",
                "😀");
        Arbitrary<String> words = Arbitraries.strings().withCharRange('a', 'z').ofMaxLength(40);
        return Arbitraries.oneOf(special, words, words, Arbitraries.of(" "))
                .list()
                .ofMaxSize(40)
                .map(all -> String.join("", all));
    }

    @Property(tries = 3_000)
    void every_text_is_read_as_it_was_written(@ForAll("texts") String text) throws YamlSyntaxException {
        assertThat(read(written("key", text))).isEqualTo(text);
    }

    @Example
    void a_line_is_wrapped_at_the_first_single_space_after_column_150() {
        String x147 = "x".repeat(147);

        assertThat(written("k", x147 + " y")).isEqualTo("k: " + x147 + " y\n");
        assertThat(written("k", x147 + "x y")).isEqualTo("k: " + x147 + "x\n  y\n");
        assertThat(written("description", "x".repeat(140) + "  y z"))
                .isEqualTo("description: " + "x".repeat(140) + "  y\n  z\n");
        assertThat(written("k", "x ".repeat(76) + "x y"))
                .as("a text of more than 150 characters")
                .isEqualTo("k: >-\n  " + "x ".repeat(74) + "x\n  x x y\n");
    }

    @Example
    void lines_after_the_first_begin_at_the_indentation() {
        String words = "a".repeat(149) + " " + "b".repeat(149) + " c";

        assertThat(new YamlText().text(4, "key", words).toString())
                .isEqualTo("---\n    key: >-\n      " + "a".repeat(149) + "\n      " + "b".repeat(149) + "\n      c\n");
    }

    @Example
    void characters_that_are_not_printable_are_escaped_and_others_are_not() {
        assertThat(written("k", "é\u0001")).isEqualTo("k: \"é\\x01\"\n");
        assertThat(written("k", "\u001f~\u007f")).isEqualTo("k: \"\\x1F~\\x7F\"\n");
        assertThat(written("k", "a\u0080\u009f\u00a0")).isEqualTo("k: \"a\\x80\\x9F\u00a0\"\n");
        assertThat(written("k", "\u00ff\u0100\u0001")).isEqualTo("k: \"\u00ff\u0100\\x01\"\n");
        assertThat(written("k", "a\u00a0\u00ff\u0100")).isEqualTo("k: a\u00a0\u00ff\u0100\n");
        assertThat(written("k", "\ufeffa\u2028\u2029")).isEqualTo("k: \"\\uFEFFa\\u2028\\u2029\"\n");
        assertThat(written("k", "a\ufffd")).isEqualTo("k: a\ufffd\n");
        assertThat(written("k", "a\ufffe\uffff")).isEqualTo("k: \"a\\uFFFE\\uFFFF\"\n");
        assertThat(written("k", "a😀\ud800\udc00")).isEqualTo("k: \"a\\U0001F600\\U00010000\"\n");
        assertThat(written("k", "a\"\\\t\n")).isEqualTo("k: \"a\\\"\\\\\\t\\n\"\n");
    }

    @Example
    void texts_that_ruby_reads_as_something_else_are_quoted() {
        for (String text : List.of("no", "2026-11-30", "1_000", "0x1f", "1:30", "it's: so")) {
            assertThat(written("k", text)).isEqualTo("k: '" + text.replace("'", "''") + "'\n");
        }
        for (String text : List.of("~", ".5", "<<", "y", "N")) {
            assertThat(written("k", text)).isEqualTo("k: \"" + text + "\"\n");
        }
    }
}
