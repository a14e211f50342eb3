package dev.internalevents.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.cli.Cli;
import dev.internalevents.cli.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

/** Completion scripts and man pages name every command and option that is not hidden. */
class CompletionCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void a_shell_completes_every_command_and_option(String shell) {
        String script = Cli.run(0, "completion", shell);

        for (Described command : Described.of(Main.commandLine()).all()) {
            assertThat(script).contains(command.name());
            for (OptionSpec option : command.options()) {
                assertThat(script)
                        .as(command.joined(" "))
                        .contains(option.longestName().replaceFirst("^--", ""));
            }
        }
        assertThat(script).contains("max-store");
    }

    @Test
    void another_shell_is_wrong_usage_and_the_message_has_the_known_ones() {
        assertThat(Cli.run(2, "completion", "tcsh")).contains("bash", "zsh", "fish", "tcsh");
    }

    @Test
    void every_command_has_a_man_page_with_its_options_and_none_is_for_a_hidden_one(@TempDir Path folder)
            throws Exception {
        Cli.run(0, "man-pages", folder.toString());

        for (Described command : Described.of(Main.commandLine()).all()) {
            String page = Files.readString(folder.resolve(command.joined("-") + ".1"));
            assertThat(page).contains(".SH \"NAME\"", ".SH \"SYNOPSIS\"", ".SH \"OPTIONS\"");
            for (OptionSpec option : command.options()) {
                assertThat(page)
                        .as(command.joined(" "))
                        .contains("\\fB" + option.longestName().replace("-", "\\-") + "\\fR");
            }
        }
        assertThat(folder.resolve("internal-events-warm-up.1")).doesNotExist();
    }
}
