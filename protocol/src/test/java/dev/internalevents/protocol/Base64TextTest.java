package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base64TextTest {

    @Property
    void decodes_what_the_jdk_encodes(@ForAll @Size(max = 200) byte[] bytes) {
        assertThat(Base64Text.decode(Base64.getEncoder().encodeToString(bytes))).isEqualTo(bytes);
        assertThat(Base64Text.decode(Base64.getUrlEncoder().encodeToString(bytes)))
                .isEqualTo(bytes);
        assertThat(Base64Text.decode(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)))
                .isEqualTo(bytes);
        assertThat(Base64Text.decode(Base64.getMimeEncoder().encodeToString(bytes)))
                .isEqualTo(bytes);
    }

    @Property
    void characters_outside_the_alphabet_are_skipped(
            @ForAll @Size(max = 60) byte[] bytes, @ForAll("others") String between) {
        String base64 = Base64.getEncoder().encodeToString(bytes).replace("=", "");
        String odd = between + String.join(between, base64.split("(?<=\\G.{3})", -1)) + between;

        assertThat(Base64Text.decode(odd)).isEqualTo(bytes);
        assertThat(Base64Text.decode(odd + "====" + base64)).isEqualTo(bytes);
    }

    @Provide
    Arbitrary<String> others() {
        return Arbitraries.of("\n", "\r\n", " ", "\t", "!", "ü", "😀", "\u0000", ".,:;\"");
    }

    @Property
    void no_text_is_rejected(@ForAll String text) {
        assertThat(Base64Text.decode(text)).hasSizeLessThanOrEqualTo(text.length());
    }

    @ParameterizedTest
    @CsvSource({"YWJj,abc", "YWI=,ab", "YWI,ab", "YQ==,a", "YQ======,a", "YWJjZ,abc", "YWI=YWJj,ab", "====,''", "'',''"
    })
    void padding_ends_the_text(String base64, String expected) {
        assertThat(new String(Base64Text.decode(base64), StandardCharsets.UTF_8))
                .isEqualTo(expected);
    }

    @Test
    void both_alphabets_may_be_mixed() {
        assertThat(Base64Text.decode("-_+/")).isEqualTo(new byte[] {(byte) 0xfb, (byte) 0xff, (byte) 0xbf});
    }

    @ParameterizedTest
    @ValueSource(strings = {"!!!", "YWJj", "/w==", "\n"})
    void base64_that_is_not_json_is_rejected_and_the_message_names_the_parameter(String base64) {
        assertThatThrownBy(() -> new TrackerPayload(Map.of("cx", base64)).contexts())
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessageStartingWith("cx: after base64 decoding: not ");
    }

    @ParameterizedTest
    @CsvSource({"38,true", "39,false", "150,false"})
    void an_event_may_have_forty_levels_including_its_envelope(int levels, boolean good) {
        String data = "{\"a\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
        String event = "{\"schema\":\"" + UnstructEvent.SCHEMA
                + "\",\"data\":{\"schema\":\"iglu:com.acme/a/jsonschema/1-0-0\",\"data\":" + data + "}}";
        String base64 = Base64.getEncoder().encodeToString(event.getBytes(StandardCharsets.UTF_8));
        for (Map<String, String> sent : List.of(Map.of("ue_pr", event), Map.of("ue_px", base64))) {
            TrackerPayload payload = new TrackerPayload(sent);
            if (good) {
                assertThat(payload.unstructEvent()).isNotNull();
            } else {
                assertThatThrownBy(payload::unstructEvent)
                        .isInstanceOf(MalformedPayloadException.class)
                        .hasMessageContaining("nested deeper than 40 levels");
            }
        }
    }
}
