package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormsTest {

    private static boolean isFound(String text) {
        return TextForms.anyMatch(text, form -> form.contains("sœcret"));
    }

    private static String escaped(int levels) {
        String text = "s\\u0153cret";
        for (int level = 1; level < levels; level++) {
            text = text.replace("\\", "\\\\");
        }
        return text;
    }

    @ParameterizedTest
    @CsvSource({"1,true", "2,true", "3,true", "4,false"})
    void three_levels_of_escapes_are_read(int levels, boolean found) {
        assertThat(isFound(escaped(levels))).isEqualTo(found);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\\u0041 | A",
                "x\\u0041 | xA",
                "\\u004 | \\u004",
                "\\u | \\u",
                "\\uzzzz | \\uzzzz",
                "\\u00g1 | \\u00g1",
                "\\u00e9\\u00E9 | éé",
                "\\u004\u0661 | \\u004\u0661",
                "\\/\\\"\\\\ | /\"\\",
                "\\q | \\q",
                "a\\ | a\\"
            })
    void an_escape_is_decoded_and_an_incomplete_one_stays(String text, String plain) {
        assertThat(TextForms.unescaped(text)).isEqualTo(plain);
    }

    @Test
    void control_characters_are_decoded() {
        assertThat(TextForms.unescaped("\\b\\f\\n\\r\\t")).isEqualTo("\b\f\n\r\t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%41 | A",
                "x%41%42 | xAB",
                "a+b | a b",
                "%4 | %4",
                "% | %",
                "%%41 | %A",
                "%4g%41 | %4gA",
                "%g4%41 | %g4A",
                "%c5%93 | œ",
                "%C5%93 | œ",
                "%é1 | %é1"
            })
    void percent_encoding_is_decoded_and_an_invalid_one_stays(String text, String plain) {
        List<String> forms = new ArrayList<>();
        TextForms.anyMatch(text, form -> !forms.add(form));

        assertThat(forms.get(0)).isEqualTo(text);
        assertThat(forms.get(forms.size() - 1)).isEqualTo(plain);
    }

    @Test
    void a_text_without_an_encoding_has_one_form() {
        List<String> forms = new ArrayList<>();

        assertThat(TextForms.anyMatch("plain text", form -> !forms.add(form))).isFalse();

        assertThat(forms).containsExactly("plain text");
    }

    @ParameterizedTest
    @CsvSource({"11,false", "12,true", "13,true", "14,true"})
    void base64_counts_from_16_characters_on(int bytes, boolean found) {
        String plain = "x".repeat(bytes - 1) + "!";
        String base64 = Base64.getEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));

        assertThat(TextForms.anyMatch("{\"cx\":\"" + base64 + "\"}", form -> form.contains("x!")))
                .isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a>>>?????~~~~", "ÿÿÿÿÿÿÿÿÿÿÿÿ", "00000000zzzzAAAAZZ99"})
    void base64_of_both_alphabets_is_decoded(String plain) {
        byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
        for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            assertThat(TextForms.anyMatch("=" + encoder.encodeToString(bytes), form -> form.contains(plain)))
                    .isTrue();
        }
    }

    @Test
    void base64_inside_of_base64_is_not_decoded() {
        String once = Base64.getEncoder().encodeToString("a secret that is long".getBytes(StandardCharsets.UTF_8));
        String twice = Base64.getEncoder().encodeToString(once.getBytes(StandardCharsets.UTF_8));

        assertThat(TextForms.anyMatch(once, form -> form.contains("secret"))).isTrue();
        assertThat(TextForms.anyMatch(twice, form -> form.contains("secret"))).isFalse();
    }
}
