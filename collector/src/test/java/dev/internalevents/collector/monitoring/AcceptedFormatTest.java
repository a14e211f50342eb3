package dev.internalevents.collector.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedFormatTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text",
                "Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8",
                "application/openmetrics-text;version=\"1.0.0\"",
                "application/openmetrics-text;version=1.0.0;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
                        + "text/plain;version=0.0.4;q=0.4,*/*;q=0.3",
                "application/openmetrics-text, text/plain",
                "*/*;q=0.1, application/openmetrics-text;q=0.5, text/plain;q=0.2",
                "text/plain;q=0, application/openmetrics-text;q=0.001",
                "text/plain;q=0.2, text/*;q=0.9, application/openmetrics-text;q=0.5",
                "*/*, text/plain;q=0.4, application/openmetrics-text;q=0.5",
                "text/html,application/openmetrics-text;q=0.9"
            })
    void openmetrics_is_answered_if_it_is_named_and_not_below_text(String accept) {
        assertThat(AcceptedFormat.prefersOpenMetrics(accept)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*/*",
                "text/plain",
                "application/*",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "application/openmetrics-text;q=0",
                "application/openmetrics-text;q=0.000, text/plain;q=0",
                "application/openmetrics-text;q=0.4, text/plain;q=0.5",
                "application/openmetrics-text;q=0.4, text/*;q=0.5",
                "application/openmetrics-text;q=0.4, */*;q=0.5",
                "application/openmetrics-text;q=0.4, text/plain;q=0.5, */*;q=0.1",
                "application/openmetrics-text;version=2.0.0",
                "application/openmetrics-text;version=0.0.1",
                "application/openmetrics-text;q=2",
                "application/openmetrics-text;q=1.001",
                "application/openmetrics-text-like",
                "x-application/openmetrics-text",
                "text/plain; note=\"application/openmetrics-text\"",
                "application/json; profile=application/openmetrics-text"
            })
    void text_is_answered_otherwise(String accept) {
        assertThat(AcceptedFormat.prefersOpenMetrics(accept)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", ";;,;q=;=,,", "application/openmetrics-text;q", "\"", "=;=;q=1"})
    void a_malformed_header_is_answered(String accept) {
        assertThat(AcceptedFormat.prefersOpenMetrics(accept))
                .isEqualTo(accept.startsWith("application/openmetrics-text"));
    }

    @ParameterizedTest
    @ValueSource(ints = {5_000, 1_000_000})
    void a_header_that_is_too_long_is_not_read(int length) {
        String padding = "a/b,".repeat(length / 4);

        assertThat(AcceptedFormat.prefersOpenMetrics("application/openmetrics-text," + padding))
                .isFalse();
    }
}
