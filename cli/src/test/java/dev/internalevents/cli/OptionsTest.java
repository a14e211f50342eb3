package dev.internalevents.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Tests every option of every command with invalid values. */
class OptionsTest {

    private static final List<String> NO_NUMBERS =
            List.of("", " ", "x", "1.5", "1e9", "0x10", "-", "99999999999999999999999", "١x", "1;DROP");
    private static final Map<Class<?>, List<String>> WRONG = Map.of(
            int.class,
            NO_NUMBERS,
            Integer.class,
            NO_NUMBERS,
            long.class,
            NO_NUMBERS,
            Duration.class,
            List.of("x", "7", "7 fortnights", "d", "P", "P1Y", "PT", "P99999999999999999999D", "é"),
            URI.class,
            List.of(
                    "foo",
                    "localhost",
                    "localhost:x",
                    "ftp://a",
                    "http:///x",
                    "ht tp://a",
                    "http://[",
                    "%",
                    "a\\b",
                    "http://a/{x}"));

    static Stream<Arguments> wrong() {
        return Main.commandLine().getSubcommands().values().stream()
                .flatMap(command -> Stream.concat(Stream.of(command), command.getSubcommands().values().stream()))
                .flatMap(command -> command.getCommandSpec().options().stream()
                        .filter(option -> WRONG.containsKey(option.type()))
                        .flatMap(option -> WRONG.get(option.type()).stream()
                                .map(value -> Arguments.of(
                                        command.getCommandSpec().qualifiedName(), option.longestName(), value))));
    }

    @ParameterizedTest(name = "{0} {1}={2}")
    @MethodSource("wrong")
    void a_wrong_value_is_answered_with_what_was_expected_and_where_to_read_more(
            String command, String option, String value) {
        CommandLine commandLine = Main.commandLine();
        StringWriter errors = new StringWriter();
        commandLine.setErr(new PrintWriter(errors));
        String[] words = command.split(" ");
        for (CommandLine below : commandLine.getSubcommands().values()) {
            below.setErr(new PrintWriter(errors));
            below.getSubcommands().values().forEach(one -> one.setErr(new PrintWriter(errors)));
        }

        int code = commandLine.execute(Stream.concat(Stream.of(words).skip(1), Stream.of(option + "=" + value))
                .toArray(String[]::new));

        assertThat(code).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(errors.toString())
                .contains(option)
                .contains("See: " + command + " --help")
                .doesNotContain("java.", "Exception", "is not a long", "is not an int");
        assertThat(errors.toString().lines()).hasSizeLessThan(5);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_option_says_what_it_is_for(String command, OptionSpec option) {
        assertThat(String.join(" ", option.description())).as(command).isNotBlank();
    }

    @Test
    void help_is_also_a_command() {
        assertThat(Cli.run(0, "help")).isEqualTo(Cli.run(0, "--help"));
        assertThat(Cli.run(0, "help", "send")).isEqualTo(Cli.run(0, "send", "--help"));
        assertThat(Cli.run(2, "helpp")).contains("there is no command helpp; did you mean help?");
        assertThat(Cli.run(2, "help", "sned")).contains("there is no command sned; did you mean send?");
    }

    static Stream<Arguments> commands() {
        return Main.commandLine().getSubcommands().entrySet().stream()
                .flatMap(command -> command.getValue().getCommandSpec().options().stream()
                        .map(option -> Arguments.of(command.getKey(), option)));
    }
}
