package dev.internalevents.collector.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.collector.CollectorSettings;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNamesParseTest {

    @ParameterizedTest
    @CsvSource({
        "micro, micro",
        "Events.Example., events.example",
        "my_service, my_service",
        "ümlaut.test, xn--mlaut-jva.test",
        "xn--mlaut-jva.test, xn--mlaut-jva.test",
        "[::1], ::1",
        "fd00::1, fd00::1",
        "10.0.0.7, 10.0.0.7"
    })
    void a_name_is_compared_as_browsers_send_it(String text, String name) {
        assertThat(HostNames.parse(text)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "*.test",
                "a,b",
                "a b",
                "",
                " ",
                ".",
                "a..b",
                "micro:9090",
                "http://micro",
                "micro/",
                "a\nb",
                "ü b.test"
            })
    void what_is_not_a_name_is_refused_with_what_takes_every_name(String text) {
        assertThat(HostNames.parse(text)).isNull();
        Assertions.assertThatThrownBy(() ->
                        CollectorSettings.micro().allowedHosts(List.of(text)).build())
                .hasMessageStartingWith("allow-host: ")
                .hasMessageContaining("is not a host name")
                .hasMessageContaining("--open-to-all");
    }
}
