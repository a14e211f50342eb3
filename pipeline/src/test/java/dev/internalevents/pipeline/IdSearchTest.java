package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searching for many ids at once finds the same as searching for each alone. */
class IdSearchTest {

    private static final String[] PIECES = {"a", "b", "ü", "7", "-", "/", "\"", " ", ".", "😀", "𝒳", "\ud83d"};

    private static String random(Random random, int max) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(max); i >= 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static boolean isIn(String text, String id) {
        for (int at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
            int end = at + id.length();
            if ((at == 0 || !Character.isLetterOrDigit(text.codePointBefore(at)))
                    && (end == text.length() || !Character.isLetterOrDigit(text.codePointAt(end)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHalf(String text) {
        return text.endsWith("\ud83d") || text.contains("\ude00");
    }

    @Test
    void ids_are_found_where_a_search_for_each_alone_finds_them() {
        Random random = new Random(1);
        int found = 0;
        for (int round = 0; round < 20_000; round++) {
            Set<String> ids = new HashSet<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                String id = random(random, 4);
                // An unpaired surrogate may be part of a complete character in the text.
                if (!isHalf(id)) {
                    ids.add(id);
                }
            }
            String text = random(random, 20);
            boolean expected = ids.stream().anyMatch(id -> isIn(text, id));
            boolean byValue = text.contains("7.7") || ids.stream().anyMatch(id -> id.contains("7.7"));
            found += expected ? 1 : 0;
            if (!byValue) {
                assertThat(new IdSearch(ids).isIn(text)).as(ids + " in " + text).isEqualTo(expected);
            }
        }
        assertThat(found).isBetween(2_000, 18_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000", "1e3", "1E+3", "1000.0", "x:1.000e3,", "[10000e-1]", "1e3-5"})
    void numbers_of_the_value_of_an_id_are_found(String text) {
        assertThat(new IdSearch(List.of("1000", "x")).isIn(text.replace("x", "")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1001", "1e4", "1000a", "1e3a", "100.0", "-1e3", "1e", "1.", "1e999999999999", "01e3"})
    void numbers_of_another_value_are_not_found(String text) {
        assertThat(new IdSearch(List.of("1000")).isIn(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"uid\":\"mü/\\\"😀\"}",
                "{\"uid\":\"m\\u00fc\\/\\\"\\ud83d\\ude00\"}",
                "{\"co\":\"{\\\"user_id\\\":\\\"m\\\\u00fc/\\\\\\\"\\\\ud83d\\\\ude00\\\"}\"",
                "uid=m%c3%bc%2F%22%F0%9F%98%80&x=%zz",
                "x=%zz&uid=m%fc/\"😀",
            })
    void an_id_is_found_beneath_its_encodings(String text) {
        IdSearch ids = new IdSearch(List.of("mü/\"😀", text.contains("%fc") ? "mü/\"ð\u009f\u0098\u0080" : "other"));

        assertThat(TextForms.anyMatch(text, ids::isIn)).isTrue();
        String base64 = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        assertThat(TextForms.anyMatch("cx=" + base64, ids::isIn)).isTrue();
        assertThat(TextForms.anyMatch("{\"cx\":\"" + base64.replace("/", "\\/"), ids::isIn))
                .isTrue();
        // A line of 8 characters encodes at most 6 bytes, so the id is split over several lines.
        String lines = base64.replaceAll(".{8}", "$0\r\n");
        assertThat(TextForms.anyMatch("cx\n" + lines + "\nmore", ids::isIn)).isTrue();
        assertThat(TextForms.anyMatch("{\"cx\":\"" + lines.replace("\r\n", "\\r\\n") + "\"}", ids::isIn))
                .isTrue();
        assertThat(TextForms.anyMatch("cx=" + lines.replace("\r\n", "%0D%0A"), ids::isIn))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1"})
    void an_id_is_found_in_other_encodings_of_characters(String charset) {
        byte[] bytes = "{\"uid\":\"müller\"".getBytes(Charset.forName(charset));

        assertThat(TextForms.anyMatch(bytes, new IdSearch(List.of("müller"))::isIn))
                .isTrue();
        assertThat(TextForms.anyMatch(bytes, new IdSearch(List.of("maller"))::isIn))
                .isFalse();
    }
}
