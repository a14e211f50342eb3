package dev.internalevents.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.internalevents.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code internal-events validate}: errors, warnings, and warnings that {@code --strict} turns into errors. */
class ValidateCommandTest {

    /** GitLab's own files, in a folder beside this project; missing in a plain checkout. */
    private static final Path GITLABS = Path.of("../../shared/gitlab-definitions");

    @TempDir
    private Path folder;

    @BeforeEach
    void define() throws IOException {
        Files.createDirectories(folder.resolve("events"));
        Files.writeString(folder.resolve("events/close_door.yml"), """
                description: A person closed a door
                internal_events: true
                action: close_door
                product_group: dors
                milestone: 18.1
                introduced_by_url: https://example.com/1
                tiers: [free]
                """);
    }

    @Test
    void what_gitlabs_ci_refuses_is_a_warning_and_an_error_with_strict() {
        String message =
                "events/close_door.yml:5: milestone: expected a text, found the number 18.1; put it in quotes: '18.1'";

        assertThat(run(0, folder.toString(), "--warnings"))
                .contains("warning: " + message, "1 file: 1 event, 0 metrics, 0 errors, 1 warning");
        assertThat(run(1, folder.toString(), "--strict"))
                .contains("error: " + message, "1 file: 1 event, 0 metrics, 1 error, 0 warnings");
        assertThat(run(1, folder.toString(), "--strict", "--format", "github")).startsWith("::error file=");
        assertThat(run(0, folder.toString(), "--format", "github")).startsWith("::warning file=");
    }

    @Test
    void names_of_groups_are_compared_with_a_list() throws IOException {
        Path groups = Files.writeString(folder.resolve("groups.yml"), "- doors\n- windows\n");
        String[] arguments = {folder.toString(), "--groups", groups.toString(), "--warnings"};

        assertThat(run(0, arguments))
                .contains("events/close_door.yml:4: product_group: unknown name \"dors\"; did you mean \"doors\"?");
        assertThat(run(
                        1,
                        folder.toString(),
                        "--groups",
                        folder.resolve("none.yml").toString()))
                .contains("none.yml: does not exist; expected a list of groups");
    }

    @Test
    void every_real_file_of_gitlab_is_read() {
        assumeTrue(Files.isDirectory(GITLABS), "GitLab's files are missing: " + GITLABS);

        assertThat(run(0, GITLABS.toString(), "--warnings"))
                .contains("93 files: 45 events, 48 metrics, 0 errors")
                .contains(
                        "create_ci_build.yml:6: additional_properties.project: has no description",
                        "count_distinct_user_id_from_unique_users_visiting_ci_catalog_28d.yml:19: events[0].unique: the event"
                                + " \"unique_users_visiting_ci_catalog\" declares no user; its identifiers: none",
                        "recorded_at.yml:7: milestone: expected a text, found the number 8.10",
                        "recorded_at.yml:11: data_source: old word \"ruby\", read as \"system\"",
                        "design_actions_create_.yml:4: action: \"create\" is also the action of another event")
                .doesNotContain("extra_properties");
    }

    private static String run(int expected, String... arguments) {
        return Cli.run(expected, Stream.concat(Stream.of("validate"), Stream.of(arguments)).toArray(String[]::new));
    }
}
