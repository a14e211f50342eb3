package dev.internalevents.collector.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedOriginsTest {

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, https://app.example.com, true",
        "https://app.example.com, https://app.example.com:443, true",
        "https://app.example.com:443, https://APP.example.com, true",
        "https://app.example.com, http://app.example.com, false",
        "https://app.example.com, https://app.example.com:8443, false",
        "http://localhost:*, http://localhost:3000, true",
        "http://localhost:*, http://localhost, true",
        "http://localhost:*, http://LOCALHOST:1, true",
        "http://localhost:*, https://localhost:3000, false",
        "http://localhost:*, http://localhost.evil.test:3000, false",
        "http://localhost:*, http://a.localhost:3000, false",
        "'http://[::1]:*', 'http://[::1]:3000', true"
    })
    void an_origin_is_let_in_whole_or_with_any_port(String allowed, String origin, boolean in) {
        assertThat(new AllowedOrigins(List.of(allowed)).includes(Origin.parse(origin)))
                .isEqualTo(in);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "localhost:*",
                "http://*",
                "http://*:3000",
                "http://localhost:1:*",
                "http://localhost:**",
                "http://a.test/x",
                "null",
                "ftp://a.test"
            })
    void what_is_not_an_origin_is_refused_by_name(String text) {
        assertThatThrownBy(() -> new AllowedOrigins(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + text + "\" is not an origin; expected");
    }

    @Test
    void nothing_is_let_in_by_default() {
        AllowedOrigins none = new AllowedOrigins(List.of());
        assertThat(none.isEmpty()).isTrue();
        assertThat(none.includes(null)).isFalse();
    }
}
