package dev.internalevents.client.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointListTest {

    private static List<URI> uris(String... texts) {
        return List.of(texts).stream().map(URI::create).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    http://a,http://b                        | http://a http://b
                    http://a:1 , https://b:2/x               | http://a:1 https://b:2/x
                    a:9091,b:9091                            | http://a:9091 http://b:9091
                    a:9091/x,b:9091/y                        | http://a:9091/x http://b:9091/y
                    [::1]:1,[::2]:1                          | http://[::1]:1 http://[::2]:1
                    http://a/x,y                             | http://a/x,y
                    http://a/x,y,http://b/z,                 | http://a/x,y http://b/z,
                    http://a/x,y:1z                          | http://a/x,y:1z
                    http://a:1,http://a:2,http://a:1/x       | http://a:1 http://a:2 http://a:1/x
                    """)
    void addresses_are_separated_by_commas(String text, String expected) {
        if (text.endsWith(",")) {
            assertThatThrownBy(() -> EndpointList.parse(text)).hasMessageContaining("has an empty address");
            return;
        }
        assertThat(EndpointList.parse(text)).isEqualTo(uris(expected.split(" ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    http://a,                    | "http://a," has an empty address; expected one before and after each comma
                    ,http://a                    | ",http://a" has an empty address; expected one before and after each comma
                    http://a,,http://b           | "http://a,,http://b" has an empty address; expected one before and after each comma
                    http://a,b                   | "b" is not an http or https URL
                    http://a,ftp://b             | "ftp://b" is not an http or https URL such as http://127.0.0.1:9091; its scheme is ftp
                    http://a,HTTP://A:80/        | "HTTP://A:80/" is set twice; expected each collector once
                    a:1,http://a:1               | "http://a:1" is set twice; expected each collector once
                    """)
    void what_is_wrong_is_named(String text, String message) {
        assertThatThrownBy(() -> EndpointList.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://user:secret@a,http://b",
                "http://a,http://user:secret@b",
                "http://user:sec,ret@a,http://b",
                "http://a,http://user:secret/,http://x@b",
                "user:secret@a:1,b:1",
                "http://a?token=secret,http://b",
                "http://a,http://b/#secret"
            })
    void secrets_are_not_quoted(String text) {
        assertThatThrownBy(() -> EndpointList.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("sec,")
                .hasMessageNotContaining("ret@");
    }

    @Test
    void there_may_be_sixteen() {
        assertThat(EndpointList.parse(addresses(16))).hasSize(16);
        assertThatThrownBy(() -> EndpointList.parse(addresses(17)))
                .hasMessage("17 addresses are set; expected 1 to 16 collectors");
    }

    private static String addresses(int count) {
        return IntStream.range(0, count).mapToObj(i -> "http://c" + i).collect(Collectors.joining(","));
    }
}
