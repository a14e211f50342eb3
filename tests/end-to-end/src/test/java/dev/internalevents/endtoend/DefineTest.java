package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.MetricDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code internal-events define} on a terminal, and in a script. */
class DefineTest {

    private static final String DOWN = "\033[B";

    @TempDir
    private Path folder;

    @Test
    void an_event_and_its_metric_question_by_question() throws Exception {
        try (PseudoTerminal terminal = PseudoTerminal.start(folder, "define")) {
            terminal.shows("> New Event").picture("define-1-what").enter("new e");
            terminal.shows("such as request_awesome_feature").enter("Close Door");
            terminal.shows("did you mean \"close_door\"?")
                    .picture("define-2-wrong")
                    .enter("close_door");
            terminal.shows("in a sentence: ").enter("Somebody closed it: \"bang!\"");
            terminal.shows("> project, user, namespace")
                    .picture("define-3-identifiers")
                    .type(DOWN)
                    .enter("");
            terminal.shows("An additional property:").enter("lab");
            terminal.shows("What \"label\" is: ").enter("Which door");
            terminal.shows("> no more").enter("");
            terminal.shows("Which group owns it: ").enter("doors");
            terminal.shows("such as 18.1: ").enter("18.10");
            terminal.shows("Enter for later").enter("");
            terminal.shows("> free, premium, ultimate").enter("");
            terminal.shows("Write it:")
                    .shows("milestone: \"18.10\"")
                    .picture("define-4-file")
                    .enter("");
            terminal.shows("> a metric that counts it").enter("");
            terminal.shows("> total: how many").enter("user");
            terminal.shows("> every event").enter("certain");
            terminal.shows("The value of label: ").enter("front");
            terminal.shows("> monthly and weekly").enter("");
            terminal.shows("Count of unique users …: ").enter("who closed the front door");
            terminal.shows("> doors").enter("");
            terminal.shows("such as 18.1: ").enter("18.10");
            terminal.shows("Enter for later").enter("https://example.com/1");
            terminal.shows("> free, premium, ultimate").enter("");
            terminal.shows("Write it:").enter("");
            terminal.shows(".triggersInternalEvent(\"close_door\")").picture("define-5-usage");
            assertThat(terminal.exitCode()).isZero();
        }

        Dictionary dictionary = Dictionary.load(folder);
        EventDefinition event = dictionary.event("close_door").orElseThrow();
        assertThat(event.description()).isEqualTo("Somebody closed it: \"bang!\"");
        assertThat(event.identifiers()).containsExactly(Identifier.PROJECT, Identifier.USER);
        assertThat(event.additionalProperties()).containsExactly(Map.entry("label", "Which door"));
        MetricDefinition metric = dictionary.metricsOf("close_door").get(0);
        assertThat(metric.description()).isEqualTo("Count of unique users who closed the front door");
        assertThat(metric.rules().get(0).filterText()).isEqualTo("label:front");
        assertThat(metric.introducedByUrl()).contains("https://example.com/1");
    }

    @Test
    void ctrl_c_writes_nothing() throws Exception {
        try (PseudoTerminal terminal = PseudoTerminal.start(folder, "define event")) {
            terminal.shows("such as request_awesome_feature").enter("close_door");
            terminal.shows("in a sentence: ").type("\003");
            terminal.shows("cancelled; nothing was written");
            assertThat(terminal.exitCode()).isEqualTo(1);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_script_gives_every_answer_and_overwrites_nothing() throws Exception {
        String[] arguments = {
            "define", "event", "--action", "close_door", "--description", "Somebody closed a door", "--identifiers",
                    "user",
            "--property", "label=Which door", "--group", "doors", "--milestone", "18.1", "--tiers", "free,premium"
        };
        try (Command command = Command.start(folder, arguments)) {
            assertThat(command.exitCode()).isZero();
            assertThat(command.output()).contains("Written: ./config/events/close_door.yml", "CloseDoor.user(userId)");
        }
        Path file = folder.resolve("config/events/close_door.yml");
        String written = Files.readString(file);
        try (Command again = Command.start(folder, arguments)) {
            assertThat(again.exitCode()).isEqualTo(1);
            assertThat(again.output())
                    .contains("--action: \"close_door\" is defined already in config/events/close_door.yml:4");
        }
        assertThat(file).content().isEqualTo(written);
        try (Command missing = Command.start(folder, "define", "event", "--action", "open_door")) {
            assertThat(missing.exitCode()).isEqualTo(1);
            assertThat(missing.output())
                    .contains("--description is missing; without a terminal each answer is an option");
        }
    }
}
