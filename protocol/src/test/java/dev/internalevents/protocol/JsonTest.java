package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class JsonTest {

    private static final JsonMapper STRICT = JsonMapper.shared();

    /** Any sequence of chars, including lone surrogates and control characters. */
    @Property
    void every_string_is_written_so_that_a_strict_parser_reads_it_back(@ForAll char[] chars) {
        String text = new String(chars);

        byte[] json = new JsonWriter().string(text).toByteArray();

        assertThat(STRICT.readTree(json).asString()).isEqualTo(withoutLoneSurrogates(text));
        assertThat(Json.text(json)).isNotEmpty();
    }

    @Property(tries = 300)
    void every_tree_reads_back_as_written(@ForAll Random random) {
        Object tree = Json.copyOf(tree(random, 4));

        assertThat(Json.write(Json.parse(Json.write(tree)))).isEqualTo(Json.write(tree));
        assertThat(STRICT.readTree(Json.write(tree))).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"{;2", "[;2", "[1,;4", "{\"a\":;6", "\"abc;5", "{\"a\";5"})
    void a_text_that_ends_early_is_described_without_settings_of_the_parser(String text, int column) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessage("not JSON: unexpected end of input (line 1, column " + column + ")");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1]", "[1}", "{1:2}", "[,]", "nul", "\"a\nb\"", "{\"a\" 1}", "01", "1e", "]"})
    void no_message_describes_settings_of_the_parser(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessageStartingWith("not JSON: ")
                .message()
                .doesNotContain("Source", "REDACTED", "StreamReadFeature");
    }

    @Property
    void any_bytes_are_parsed_or_rejected_with_one_exception(@ForAll byte[] bytes) {
        try {
            Json.write(Json.parse(bytes));
        } catch (MalformedPayloadException e) {
            assertThat(e.getMessage()).startsWith("not ");
        }
    }

    @Test
    void numbers_keep_their_digits() {
        assertThat(Json.parse("[1,-9223372036854775808,92233720368547758080,0.10,1e3]"))
                .hasToString("[1, -9223372036854775808, 92233720368547758080, 0.10, 1E+3]");
        assertThat(Json.write(Arrays.asList(1, 2L, 0.5, new BigDecimal("0.10"), Double.NaN, null)))
                .isEqualTo("[1,2,0.5,0.10,null,null]");
    }

    @Test
    void whole_numbers_around_the_range_of_long_keep_their_value() {
        for (String number :
                List.of("9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809")) {
            assertThat(Json.parse(number)).hasToString(number);
            assertThat(Json.parse("[" + number + "]")).hasToString("[" + number + "]");
        }
        assertThat(Json.parse("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(Json.parse("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
    }

    /** A parser of bytes would detect these encodings, and read what a parser of text rejects. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void other_encodings_than_utf8_are_rejected(String encoding) {
        for (String json : List.of("[]", "{}", "1", "[1,2,3]")) {
            byte[] bytes = json.getBytes(Charset.forName(encoding));

            assertThatThrownBy(() -> Json.parse(bytes)).isInstanceOf(MalformedPayloadException.class);
            assertThatThrownBy(() -> Json.parsePayload(bytes)).isInstanceOf(MalformedPayloadException.class);
        }
    }

    @Test
    void every_char_is_written_as_itself_or_escaped() {
        for (char c = 0; c < Character.MAX_VALUE; c++) {
            String written = Json.write(String.valueOf(c));

            assertThat(written).isEqualTo("\"" + written(c) + "\"");
            assertThat(JsonWriter.size(String.valueOf(c), Long.MAX_VALUE))
                    .isEqualTo(written.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    private static String written(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default ->
                c < 0x20 || c == 0x7f
                        ? String.format("\\u%04x", (int) c)
                        : Character.isSurrogate(c) ? "\ufffd" : String.valueOf(c);
        };
    }

    @Test
    void characters_of_every_plane_are_written() {
        String text = IntStream.rangeClosed(Character.MIN_SUPPLEMENTARY_CODE_POINT, Character.MAX_CODE_POINT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();

        assertThat(Json.write(text).equals("\"" + text + "\"")).isTrue();
    }

    @Test
    void the_elements_of_an_array_are_their_texts() {
        assertThat(Json.elements("[ 1 ,-2.50e3, \"a\\\"],b\" ,{\"x\": [1, {}] },[ ] ,true,null , \"\\ud83d\" ]"))
                .containsExactly(
                        "1", "-2.50e3", "\"a\\\"],b\"", "{\"x\": [1, {}] }", "[ ]", "true", "null", "\"\\ud83d\"");
        assertThat(Json.elements("[]")).isEmpty();
        for (String other : List.of("{}", "1", "\"[]\"", "")) {
            assertThatThrownBy(() -> Json.elements(other))
                    .isInstanceOf(MalformedPayloadException.class)
                    .hasMessage("not a JSON array");
        }
        assertThatThrownBy(() -> Json.elements("[1] [2]")).hasMessageContaining("more text after the end");
        assertThatThrownBy(() -> Json.elements("[1,")).isInstanceOf(MalformedPayloadException.class);
    }

    @Test
    void half_a_surrogate_pair_is_rejected_with_its_position() {
        assertThatThrownBy(() -> Json.parse("{\"a\":\"xy\\ud83dz\"}"))
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessageContaining("half a surrogate pair (\\ud83d) at character 2");
        assertThat(Json.parse("\"\\ud83d\\ude00\"")).isEqualTo("😀");
    }

    @Test
    void deep_nesting_is_rejected() {
        assertThatThrownBy(() -> Json.parse("[".repeat(1000) + "]".repeat(1000)))
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessageContaining("nested deeper than 200 levels");
    }

    @Test
    void text_that_is_not_utf8_is_rejected_with_its_position() {
        byte[] latin1 = "\"jörg\"".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> Json.parse(latin1))
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessage("not UTF-8: byte 2 is not part of a character");
    }

    @Test
    void a_second_value_is_rejected() {
        assertThatThrownBy(() -> Json.parse("{} {}")).hasMessageContaining("more text after the end");
        assertThatThrownBy(() -> Json.parse("")).hasMessageContaining("empty");
        assertThatThrownBy(() -> Json.parse("{\"a\":")).hasMessageStartingWith("not JSON");
    }

    @Test
    void a_copy_accepts_whatever_an_application_passes() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put(1, new int[] {1, 2});
        map.put(null, Thread.State.NEW);
        map.put("nan", Float.NaN);
        map.put("float", 0.1f);
        map.put("broken", new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no");
            }
        });

        assertThat(Json.write(Json.copyOf(cycle))).isEqualTo("[\"(a cycle)\"]");
        assertThat(Json.write(Json.copyOf(map)))
                .startsWith("{\"1\":[1,2],\"null\":\"NEW\",\"nan\":null,\"float\":0.1,\"broken\":\"(unreadable ");
    }

    private static String withoutLoneSurrogates(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
    }

    private static @Nullable Object tree(Random random, int levels) {
        switch (random.nextInt(levels == 0 ? 6 : 8)) {
            case 0:
                return null;
            case 1:
                return random.nextBoolean();
            case 2:
                return random.nextLong();
            case 3:
                return new BigDecimal(random.nextInt()).movePointLeft(random.nextInt(20));
            case 4, 5:
                return text(random);
            case 6:
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(tree(random, levels - 1));
                }
                return list;
            default:
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(text(random), tree(random, levels - 1));
                }
                return map;
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int code = random.nextInt(Character.MAX_CODE_POINT + 1);
            text.appendCodePoint(code >= 0xd800 && code < 0xe000 ? 'x' : code);
        }
        return text.toString();
    }

    @Test
    void a_number_too_large_to_represent_is_malformed() {
        assertThatThrownBy(() -> Json.parse("8888888888888888888888888E8888888888888888888888888888888"))
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessageContaining("too large");
    }

    @Test
    void long_text_is_written_in_full() {
        for (int before = 16_380; before < 16_390; before++) {
            String text = "a".repeat(before) + "😀ü\"\\\n" + "😀".repeat(20_000) + "\u0001".repeat(20_000) + "z";

            assertThat(Json.parse(Json.write(List.of(text, text)))).isEqualTo(List.of(text, text));
        }
        assertThat(Json.parse(Json.write("\ud83d".repeat(40_000)))).isEqualTo("\ufffd".repeat(40_000));
    }

    @Test
    void a_writer_continues_after_take() {
        JsonWriter json = new JsonWriter().beginArray().number(1);
        StringBuilder all = new StringBuilder(new String(json.take(), StandardCharsets.UTF_8));
        json.number(2).beginObject().name("a").bool(true);
        all.append(new String(json.take(), StandardCharsets.UTF_8));
        json.name("b").nullValue().endObject().endArray();
        all.append(new String(json.take(), StandardCharsets.UTF_8));

        assertThat(all.toString()).isEqualTo("[1,2,{\"a\":true,\"b\":null}]");
        assertThat(json.take()).isEmpty();
    }

    @Test
    void a_name_of_any_length_is_read_back() {
        Map<String, Object> object = Map.of("x".repeat(1_000_000), 1L);

        assertThat(Json.parse(Json.write(object))).isEqualTo(object);
    }

    @Test
    void contexts_and_self_describing_events_have_at_most_a_million_names_values_and_brackets() {
        // The brackets count too.
        String most = "[" + "1,".repeat(Json.MAX_ENTITY_TOKENS - 3) + "1]";
        assertThat((List<?>) Json.parseEntity(most)).hasSize(Json.MAX_ENTITY_TOKENS - 2);
        String more = "[" + "1,".repeat(Json.MAX_ENTITY_TOKENS - 2) + "1]";
        assertThatThrownBy(() -> Json.parseEntity(more))
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessageStartingWith("it has more than 1000000 names, values and brackets");
        assertThat((List<?>) Json.parse(more)).hasSize(Json.MAX_ENTITY_TOKENS - 1);
    }
}
