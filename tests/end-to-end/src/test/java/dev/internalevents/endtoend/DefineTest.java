package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code internal-events define} on a terminal and in a script. */
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
            terminal.shows("> project, namespace, user")
                    .picture("define-3-identifiers")
                    .type(DOWN)
                    .enter("");
            terminal.answers("""
                    An additional property:   | lab
                    What "label" is:          | Which door
                    > no more                 |
                    Which group owns it:      | doors
                    > none                    | another
                    The category's name:      | buildings
                    > no more                 |
                    such as 18.1:             | 18.10
                    Enter for later           |
                    > free, premium, ultimate |
                    """);
            terminal.shows("Write it:")
                    .shows("milestone: '18.10'")
                    .picture("define-4-file")
                    .enter("");
            terminal.answers("""
                    > a metric that counts it                   |
                    > total: how many                           | user
                    > every event                               | certain
                    The value of label, or several with commas: | front, back
                    > monthly and weekly                        |
                    Count of unique users …:                    | who closed an outer door
                    count_distinct_user_id_from_…:              | Outer
                    must consist of a-z                         | close_outer_door
                    > doors                                     |
                    buildings                                   |
                    such as 18.1:                               | 18.10
                    Enter for later                             | https://example.com/1
                    > free, premium, ultimate                   |
                    Write it:                                   |
                    """);
            terminal.shows(".triggersInternalEvent(\"close_door\")").picture("define-5-usage");
            assertThat(terminal.exitCode()).isZero();
        }

        Dictionary dictionary = DefinitionFiles.load(folder);
        EventDefinition event = dictionary.event("close_door").orElseThrow();
        assertThat(event.description()).isEqualTo("Somebody closed it: \"bang!\"");
        assertThat(event.identifiers()).containsExactly(Identifier.PROJECT, Identifier.USER);
        assertThat(event.additionalProperties()).containsExactly(Map.entry("label", "Which door"));
        MetricDefinition metric = dictionary.metricsCounting("close_door").get(0);
        assertThat(metric.description()).isEqualTo("Count of unique users who closed an outer door");
        assertThat(metric.keyPath()).isEqualTo("redis_hll_counters.count_distinct_user_id_from_close_outer_door");
        assertThat(metric.rules()).extracting(SelectionRule::filterText).containsExactly("label:front", "label:back");
        assertThat(metric.introducedByUrl()).contains("https://example.com/1");
    }

    /** Gives the answers of a scenario in the tests of GitLab's generator, and expects the same bytes. */
    @Test
    void several_events_with_filters_of_their_own_are_written_as_gitlab_does() throws Exception {
        Path expected = Path.of("../../../shared/gitlab-definitions/generator/total_multi_event_some_props.yml");
        assumeTrue(Files.isRegularFile(expected), "GitLab's files are missing: " + expected);
        for (String action : List.of("internal_events_cli_used", "internal_events_cli_closed")) {
            Files.createDirectories(folder.resolve("config/events"));
            Files.writeString(
                    folder.resolve("config/events/" + action + ".yml"),
                    "description: a\ninternal_events: true\naction: " + action
                            + "\nproduct_group: analytics_instrumentation\nproduct_categories: [service_ping]\ntiers: [free]\n"
                            + (action.endsWith("used")
                                    ? "additional_properties:\n  label: {description: a}\n  property: {description: a}\n"
                                    : ""));
        }
        try (PseudoTerminal terminal = PseudoTerminal.start(folder, "define metric")) {
            terminal.answers("""
                    > a single event                               | several
                    Which event it counts:                         | _used
                    > no more                                      | _closed
                    > total: how many                              |
                    Which internal_events_cli_used it counts:      | certain label
                    The value of label, or several with commas:    | failure
                    > nothing more                                 | certain property
                    The value of property, or several with commas: | events
                    > monthly and weekly                           | monthly, weekly and all
                    Count of …:                                    | when someone tried and failed to define an internal event using the CLI
                    count_total_…:                                 | failed_usage_attempts
                    > analytics_instrumentation                    |
                    > none                                         | service_ping
                    > no more                                      |
                    such as 18.1:                                  | 16.6
                    Enter for later                                |
                    > free, premium, ultimate                      |
                    Write it:                                      |
                    """);
            terminal.shows("Written: ");
            assertThat(terminal.exitCode()).isZero();
        }

        assertThat(folder.resolve("config/metrics/counts_all/count_total_failed_usage_attempts.yml"))
                .content()
                .isEqualTo(Files.readString(expected));
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
                    .contains("--description is missing; without a terminal every answer must be given as an option");
        }
    }
}
