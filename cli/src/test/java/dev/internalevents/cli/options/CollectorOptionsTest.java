package dev.internalevents.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.cli.terminal.Console;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class CollectorOptionsTest {

    @TempDir
    private Path folder;

    private final StringWriter notices = new StringWriter();

    private CollectorSettings settings(Map<String, String> environment, String... arguments) throws IOException {
        CollectorOptions options = new CollectorOptions();
        CommandLine command = new CommandLine(options);
        Conversions.addTo(command);
        command.parseArgs(arguments);
        return options.settings(
                CollectorSettings.collector(folder.resolve("data")), environment, new PrintWriter(notices));
    }

    @Test
    void without_options_the_defaults_of_the_help_apply() throws IOException {
        CollectorSettings settings = settings(Map.of());

        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(9091);
        assertThat(settings.maxSpoolBytes()).isEqualTo(16_384L << 20);
        assertThat(settings.dedupWindow()).isEqualTo(Duration.ofDays(7));
        assertThat(settings.requestsPerSecond()).isZero();
        assertThat(settings.openId()).isNull();
        assertThat(settings.output()).isNull();
    }

    @Test
    void hosts_are_taken_from_the_variable_and_from_options_with_commas() throws IOException {
        CollectorSettings settings =
                settings(Map.of("INTERNAL_EVENTS_ALLOW_HOSTS", " a.test , b.test"), "--allow-host", "c.test,d.test");

        assertThat(settings.allowedHosts()).containsExactlyInAnyOrder("a.test", "b.test", "c.test", "d.test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h:65536", "http://h:99999999", "http://h:99999999999", "http://:80", "http:///p"})
    void a_url_without_a_host_or_with_a_port_that_does_not_exist_is_rejected(String url) {
        assertThatThrownBy(() -> settings(Map.of(), "--service-ping-url", url))
                .hasMessageContaining("\"" + url + "\" is not an http or https URL");
        assertThatThrownBy(() -> settings(Map.of(), "--iglu", url))
                .hasMessageContaining("iglu: \"" + url + "\" is not a valid URL of a registry");
    }

    @Test
    void a_wrong_value_of_a_variable_names_the_variable() {
        assertThatThrownBy(() -> settings(Map.of("INTERNAL_EVENTS_ALLOW_ORIGINS", "no origin")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("INTERNAL_EVENTS_ALLOW_ORIGINS: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--max-spool=0|max-spool: 0 is too small; expected for example 500MB or 16GB",
                "--durability=ssd|durability: \"ssd\" is not allowed; allowed: process, interval, disk",
                "--openid-client-id=x|openid-issuer: missing",
                "--openid-issuer=https://id.test|public-url: missing",
                "--destination=http://a.test|destination: requires --output-tsv or --output-json",
                "--pseudonymize=user_id|pseudonymize: INTERNAL_EVENTS_PSEUDONYM_KEY is not set",
            })
    void a_wrong_option_is_named_with_what_was_expected(String option, String message) {
        assertThatThrownBy(() -> settings(Map.of(), option))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"500, 524288000", "1GB, 1073741824", "2 gib, 2147483648", "512k, 524288", "1.5G, 1610612736"})
    void sizes_are_megabytes_or_have_a_unit(String size, long bytes) throws IOException {
        assertThat(settings(Map.of(), "--max-spool", size).maxSpoolBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"90d, P90D", "36h, PT36H", "15m, PT15M", "30s, PT30S", "2 days, P2D", "P1DT2H, PT26H", "pt5s, PT5S"})
    void durations_have_a_unit_or_are_iso(String text, Duration span) throws IOException {
        assertThat(settings(Map.of(), "--dedup-window", text).dedupWindow()).isEqualTo(span);
    }

    @Test
    void two_kinds_of_output_exclude_each_other() {
        assertThatThrownBy(() -> settings(Map.of(), "-t", "-j"))
                .hasMessage("output-tsv: use either --output-tsv or --output-json, not both");
    }

    @Test
    void messages_leave_standard_output_to_events_that_are_written_there() {
        for (String[] arguments : new String[][] {{}, {"-j"}, {"-j", "--destination=http://a.test"}}) {
            Collecting collecting = new Collecting();
            CommandLine command = new CommandLine(collecting);
            command.parseArgs(arguments);

            assertThat(collecting.options.messages(collecting.console))
                    .isSameAs(arguments.length == 1 ? command.getErr() : command.getOut());
        }
    }

    @Command
    private static final class Collecting {

        @Mixin
        private Console console = new Console();

        @Mixin
        private CollectorOptions options = new CollectorOptions();
    }
}
