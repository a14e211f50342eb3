package dev.internalevents.definitions.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any text yields a value, or an exception with a line of the text. */
class YamlFilePropertiesTest {

    @Provide
    Arbitrary<String> yamlish() {
        Arbitrary<String> pieces = Arbitraries.of(
                "a", "b: ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "'", "\"", "&x", "*x", "!t ", "|", ">", "---\n",
                "...\n", "#", "%", "? ", ": ", "\t", "\r\n", "<<: ", "1.5", "0x1", ".inf", "null", "~", "true", "\\u",
                "\u0000", "\ud800", "\u2028", "é");
        return pieces.list().ofMaxSize(40).map(list -> String.join("", list));
    }

    @Property(tries = 20_000)
    void gives_a_value_or_says_which_line_is_wrong(@ForAll("yamlish") String text) {
        try {
            assertThat(YamlFile.parse(text)).isNotNull();
        } catch (YamlSyntaxException e) {
            assertThat(e.line()).isBetween(1, text.length() + 2);
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
