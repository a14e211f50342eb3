package dev.internalevents.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a command reports about environment variables whose names are similar to its own. */
class VariablesTest {

    @TempDir
    Path folder;

    private String validate(String variable) {
        CommandLine command = Main.commandLine(Map.of(variable, "secret"));
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        command.setOut(new PrintWriter(output, true));
        command.setErr(new PrintWriter(errors, true));
        assertThat(command.execute("validate", folder.toString())).isEqualTo(1);
        assertThat(output.toString()).contains("0 events").doesNotContain("did you mean");
        return errors.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "INTERNAL_EVENTS_URLS, URL",
        "INTERNAL_EVENTS_TOKN, TOKEN",
        "INTERNAL_EVENTS_READTOKEN, READ_TOKEN",
        "INTERNAL_EVENTS__TOKEN, TOKEN",
        "INTERNAL_EVENT_URL, URL",
        "INTERNALEVENTS_URL, URL",
        "INTERNAL_EVENTS_PSEUDONYMKEY, PSEUDONYM_KEY",
        "INTERNAL_EVENTS_AC, CA",
        "internal_events_URLS, URL"
    })
    void a_name_with_a_mistake_is_reported_without_its_value(String variable, String meant) {
        assertThat(validate(variable).lines())
                .containsExactly(variable + " is set, but there is no such setting; did you mean INTERNAL_EVENTS_"
                        + meant + "?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INTERNAL_EVENTS_URL",
                "INTERNAL_EVENTS_CA_PASSWORD",
                "INTERNAL_EVENTS_LOG_LEVEL",
                "INTERNAL_EVENTS_SOMETHING_ELSE",
                "INTERNAL_EVENTS_",
                "MY_INTERNAL_EVENTS_URLS",
                "AIGW_INTERNAL_EVENT__ENDPOINT",
                "URLS"
            })
    void other_names_are_not(String variable) {
        assertThat(validate(variable)).isEmpty();
    }

    @Test
    void control_characters_in_a_name_are_not_printed() {
        assertThat(validate("INTERNAL_EVENTS_UR\u001b[31mL")).doesNotContain("\u001b");
    }
}
