package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {

    private static final UUID ID = UUID.fromString("00f1e2d3-c4b5-4697-8879-6a5b4c3d2e1f");

    /** Each value ends a buffer of some size, so that a value that does not make room for itself fails. */
    @Test
    void every_kind_of_value_makes_room_for_itself() {
        String expected = "[12345,-12345,0.25,true,null,\"ab\",\"" + ID + "\",\"1234567890123\",\"YWJjeHl6\",7,89,{}]";
        for (int capacity = 0; capacity <= expected.length(); capacity++) {
            JsonWriter rest = new JsonWriter(1).fragment(bytes("xyz"));
            JsonWriter out = new JsonWriter(capacity)
                    .beginArray()
                    .number(12_345)
                    .number(-12_345)
                    .number(0.25)
                    .bool(true)
                    .nullValue()
                    .string("ab")
                    .uuid(ID.getMostSignificantBits(), ID.getLeastSignificantBits())
                    .digits(1_234_567_890_123L)
                    .base64(bytes("YWJj"), rest)
                    .encoded(bytes("7"));
            out.raw((byte) ',');
            int at = out.reserve(2);
            out.array()[at] = '8';
            out.array()[at + 1] = '9';
            out.fragment(bytes(",{}]"));

            assertThat(out).as("first size %d", capacity).hasToString(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9, 10, 99, 100, 999_999_999, 1_000_000_000, 999_999_999_999_999_999L, Long.MAX_VALUE})
    void whole_numbers_have_all_their_digits(long number) {
        assertThat(new JsonWriter(1).number(number)).hasToString(Long.toString(number));
        assertThat(new JsonWriter(1).number(-number)).hasToString(Long.toString(-number));
        assertThat(new JsonWriter(1).digits(number)).hasToString("\"" + number + "\"");
    }

    @Property
    void a_uuid_is_written_as_its_to_string(@ForAll long high, @ForAll long low) {
        assertThat(new JsonWriter().uuid(high, low)).hasToString("\"" + new UUID(high, low) + "\"");
    }

    @Property
    void base64_whose_beginning_is_encoded_already_is_that_of_the_whole(@ForAll @Size(max = 40) byte[] bytes) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String whole = "\"" + encoder.encodeToString(bytes) + "\"";
        for (int encoded = 0; encoded <= bytes.length; encoded += 3) {
            JsonWriter rest = new JsonWriter(1).raw(bytes, encoded, bytes.length - encoded);

            assertThat(new JsonWriter(1).base64(encoder.encode(Arrays.copyOf(bytes, encoded)), rest))
                    .hasToString(whole);
        }
    }

    @Test
    void the_size_of_a_tree_is_on_the_same_side_of_every_limit_as_the_text() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a\"b", "ü\n");
        map.put("c", List.of());
        map.put("d", Map.of());
        List<Object> tree = List.of("xyz", map, List.of(true, 1L, 0.5), List.of("more", "text"));
        long written = bytes(Json.write(tree)).length;

        for (long limit = 0; limit <= written + 1; limit++) {
            assertThat(JsonWriter.size(tree, limit) > limit)
                    .as("more than %d of %d bytes", limit, written)
                    .isEqualTo(written > limit);
        }
    }

    @Test
    void numbers_of_any_type_have_the_size_that_is_written() {
        for (Number number : List.of(
                0L, -3L, 1.5, new BigInteger("-" + "9".repeat(50)), new BigDecimal("-1.25E-300"), BigDecimal.TEN)) {
            assertThat(JsonWriter.size(number, Long.MAX_VALUE))
                    .as(number.toString())
                    .isEqualTo(Json.write(number).length());
        }
    }

    @Test
    void the_size_of_a_large_tree_is_not_counted_beyond_the_limit() {
        List<String> texts = List.of("x".repeat(1_000), "x".repeat(1_000), "x".repeat(1_000));

        assertThat(JsonWriter.size(texts, 500)).isBetween(501L, 1_010L);
        assertThat(JsonWriter.size(Map.of("a", texts, "b", texts, "c", texts), 500))
                .isBetween(501L, 1_020L);
    }

    @Test
    void a_buffer_is_used_again_unless_a_large_text_has_grown_it() {
        JsonWriter out = new JsonWriter(100).string("x".repeat(90));
        byte[] small = out.array();
        assertThat(out.reset().array()).isSameAs(small);

        out.string("x".repeat(5 << 20)).reset();

        assertThat(out.array()).hasSizeLessThanOrEqualTo(4_096);
        assertThat(out.string("next")).hasToString("\"next\"");
    }

    @Test
    void a_small_buffer_doubles_and_a_large_one_grows_by_a_quarter() {
        JsonWriter out = new JsonWriter(1_000);
        out.reserve(1_001);
        assertThat(out.array()).hasSize(2_000);

        JsonWriter large = new JsonWriter(8 << 20);
        large.reserve((8 << 20) + 1);
        assertThat(large.array()).hasSize(10 << 20);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
