package dev.internalevents.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoAnswerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "http://127.0.0.1:9 | 127.0.0.1:9 (connection refused) |"
                        + " http://127.0.0.1:9 (connection refused); start one with: internal-events micro --port 9, or name another with --url",
                "http://127.0.0.1:9091 | 127.0.0.1:9091 (no answer in time (connect timed out)) |"
                        + " http://127.0.0.1:9091 (no answer in time (connect timed out)); start one with: internal-events micro, or name another with --url",
                "http://localhost | 127.0.0.1:80 (connection refused), [0:0:0:0:0:0:0:1]:80 (connection refused) |"
                        + " http://localhost (connection refused); start one with: internal-events micro, or name another with --url",
                "http://localhost | 127.0.0.1:80 (connection refused), [0:0:0:0:0:0:0:1]:80 (TLS failed) |"
                        + " http://localhost: 127.0.0.1:80 (connection refused), [0:0:0:0:0:0:0:1]:80 (TLS failed);"
                        + " start one with: internal-events micro, or name another with --url",
                "http://10.0.0.7:9 | proxy 10.0.0.1:3128 (connection refused) |"
                        + " http://10.0.0.7:9: proxy 10.0.0.1:3128 (connection refused);"
                        + " check the address and that the collector runs, or name another with --url",
                "https://events.example.com | 10.0.0.7:443 (connection refused) |"
                        + " https://events.example.com: 10.0.0.7:443 (connection refused);"
                        + " check the address and that the collector runs, or name another with --url"
            })
    void an_address_is_named_once_and_what_to_do(URI url, String failure, String sentence) {
        assertThat(NoAnswer.sentence(List.of(url), failure)).isEqualTo("no collector answers at " + sentence);
    }

    @Test
    void several_collectors_are_all_named() {
        assertThat(NoAnswer.sentence(
                        List.of(URI.create("http://10.0.0.1:9"), URI.create("http://10.0.0.2:9")),
                        "10.0.0.2:9 (connection refused)"))
                .isEqualTo("no collector answers at http://10.0.0.1:9, http://10.0.0.2:9:"
                        + " 10.0.0.2:9 (connection refused); check the address and that the collector runs, or name"
                        + " another with --url");
    }
}
