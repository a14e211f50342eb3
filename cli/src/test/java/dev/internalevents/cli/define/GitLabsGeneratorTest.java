package dev.internalevents.cli.define;

import static dev.internalevents.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code internal-events define} writes the same bytes as GitLab's generator for the same answers. */
class GitLabsGeneratorTest {

    /** GitLab's own files, in a folder beside this project; missing in a plain checkout. */
    private static final Path EXPECTED = Path.of("../../shared/gitlab-definitions/generator");

    private static final String ALL_TIERS = "free,premium,ultimate";
    private static final String PROPERTIES =
            "label=TODO\nproperty=TODO\nvalue=Time the CLI ran before closing (seconds)";

    @TempDir
    private Path root;

    private static Arguments event(
            String file, String path, String action, String description, String identifiers, String... more) {
        List<String> options = new ArrayList<>(
                List.of("event", "--action", action, "--description", description, "--identifiers", identifiers));
        for (String property : more[0].isEmpty() ? new String[0] : more[0].split("\n")) {
            options.addAll(List.of("--property", property));
        }
        options.addAll(List.of(more).subList(1, more.length));
        return arguments(file, path + action + ".yml", common(options));
    }

    private static Arguments metric(String file, String path, String... options) {
        List<String> all = new ArrayList<>(List.of("metric"));
        all.addAll(List.of(options));
        return arguments(file, path, common(all));
    }

    private static List<String> common(List<String> options) {
        List<String> all = new ArrayList<>(options);
        addIfMissing(all, "--group", "analytics_instrumentation");
        addIfMissing(all, "--categories", "service_ping");
        addIfMissing(all, "--milestone", "16.6");
        addIfMissing(all, "--tiers", ALL_TIERS);
        if (all.removeIf(String::isEmpty)) {
            all.remove("--categories");
        }
        return all;
    }

    private static void addIfMissing(List<String> options, String name, String value) {
        if (!options.contains(name)) {
            options.addAll(List.of(name, value));
        }
    }

    static Stream<Arguments> scenarios() {
        String used = "Engineer uses Internal Event CLI to define a new event";
        String custom = "\ncustom_key=The extra custom property name";
        String labelAndValue = PROPERTIES.replace("property=TODO\n", "");
        return Stream.of(
                event(
                        "event_with_identifiers",
                        "config/events/",
                        "internal_events_cli_used",
                        used,
                        "user,project,namespace",
                        ""),
                event(
                        "event_with_mr_url",
                        "config/events/",
                        "internal_events_cli_used",
                        used,
                        "namespace,user,project",
                        "",
                        "--categories",
                        "settings,service_ping",
                        "--url",
                        "https://gitlab.com/gitlab-org/gitlab/-/merge_requests/143433"),
                event(
                        "event_with_additional_properties",
                        "config/events/",
                        "internal_events_cli_used",
                        used,
                        "project,namespace,user",
                        labelAndValue + custom),
                event(
                        "event_with_all_additional_properties",
                        "config/events/",
                        "internal_events_cli_used",
                        used,
                        "project,namespace,user",
                        PROPERTIES),
                event(
                        "event_with_feature_enabled",
                        "config/events/",
                        "internal_events_cli_used",
                        used,
                        "user,feature_enabled_by_namespace_ids",
                        PROPERTIES + custom),
                event(
                        "secondary_event_with_additional_properties",
                        "config/events/",
                        "internal_events_cli_opened",
                        "Internal Event CLI is opened",
                        "project,namespace,user",
                        labelAndValue),
                event(
                        "secondary_event_with_identifiers",
                        "config/events/",
                        "internal_events_cli_closed",
                        "Engineer closes Internal Event CLI",
                        "project,namespace,user",
                        "",
                        "--categories",
                        ""),
                event(
                        "ee_event_without_identifiers",
                        "ee/config/events/",
                        "internal_events_cli_opened",
                        "Internal Event CLI is opened",
                        "none",
                        "",
                        "--tiers",
                        "premium,ultimate"),
                event(
                        "keyboard_smashed_event",
                        "config/events/",
                        "random_name",
                        "random event string",
                        "project,namespace,user",
                        "",
                        "--group",
                        "import_and_integrate",
                        "--categories",
                        "acquisition"),
                metric(
                        "total_single_event",
                        "config/metrics/counts_all/count_total_internal_events_cli_used.yml",
                        "--events",
                        "internal_events_cli_used",
                        "--measure",
                        "total",
                        "--time-frame",
                        "all,7d,28d",
                        "--metric-description",
                        "when an event was defined using the CLI"),
                metric(
                        "ee_total_single_event",
                        "ee/config/metrics/counts_all/count_total_internal_events_cli_used.yml",
                        "--events",
                        "internal_events_cli_used",
                        "--measure",
                        "total",
                        "--time-frame",
                        "7d,28d,all",
                        "--metric-description",
                        "when an event was defined using the CLI",
                        "--tiers",
                        "premium,ultimate"),
                metric(
                        "ee_total_7d_single_event",
                        "ee/config/metrics/counts_7d/count_distinct_user_id_from_internal_events_cli_used_weekly.yml",
                        "--events",
                        "internal_events_cli_used",
                        "--measure",
                        "user.id",
                        "--time-frame",
                        "7d",
                        "--metric-description",
                        "who defined an event using the CLI",
                        "--tiers",
                        "premium,ultimate"),
                metric(
                        "total_multiple_product_categories",
                        "config/metrics/counts_all/count_total_internal_events_cli_closed.yml",
                        "--events",
                        "internal_events_cli_closed",
                        "--measure",
                        "total",
                        "--time-frame",
                        "all",
                        "--metric-description",
                        "when the CLI is gracefully closed",
                        "--group",
                        "package_registry",
                        "--categories",
                        "package_registry,helm_chart_registry"),
                metric(
                        "user_id_single_event",
                        "config/metrics/counts_all/count_distinct_user_id_from_internal_events_cli_used.yml",
                        "--events",
                        "internal_events_cli_used",
                        "--measure",
                        "user.id",
                        "--time-frame",
                        "7d,28d",
                        "--metric-description",
                        "who defined an internal event using the CLI"),
                metric(
                        "project_id_multiple_events",
                        "config/metrics/counts_all/count_distinct_project_id_from_internal_events_cli_closed_and_internal_events_cli_used.yml",
                        "--events",
                        "internal_events_cli_used,internal_events_cli_closed",
                        "--measure",
                        "project.id",
                        "--time-frame",
                        "28d,7d",
                        "--metric-description",
                        "where a defition file was created with the CLI"),
                metric(
                        "label_single_event",
                        "config/metrics/counts_all/count_distinct_label_from_internal_events_cli_used.yml",
                        "--events",
                        "internal_events_cli_used",
                        "--measure",
                        "label",
                        "--time-frame",
                        "28d,7d",
                        "--metric-description",
                        "values provided for label"),
                metric(
                        "sum_single_event",
                        "config/metrics/counts_all/sum_value_from_internal_events_cli_used.yml",
                        "--events",
                        "internal_events_cli_used",
                        "--measure",
                        "sum",
                        "--time-frame",
                        "28d,7d,all",
                        "--metric-description",
                        "all time spent using CLI"),
                metric(
                        "total_multi_event_some_props",
                        "config/metrics/counts_all/count_total_failed_usage_attempts.yml",
                        "--events",
                        "internal_events_cli_used,internal_events_cli_closed",
                        "--measure",
                        "total",
                        "--filter",
                        "internal_events_cli_used:property=events",
                        "--filter",
                        "internal_events_cli_used:label=failure",
                        "--name",
                        "failed_usage_attempts",
                        "--time-frame",
                        "28d,7d,all",
                        "--metric-description",
                        "when someone tried and failed to define an internal event using the CLI"),
                metric(
                        "user_id_custom_key_filter",
                        "config/metrics/counts_all/count_distinct_user_id_from_failed_usage_attempts_under_60s.yml",
                        "--events",
                        "internal_events_cli_used",
                        "--measure",
                        "user.id",
                        "--filter",
                        "label=failure",
                        "--filter",
                        "custom_key1=metrics",
                        "--filter",
                        "custom_key3=30,13",
                        "--filter",
                        "custom_key4=12.40",
                        "--name",
                        "failed_usage_attempts_under_60s",
                        "--time-frame",
                        "28d,7d",
                        "--metric-description",
                        "who tried and failed to define an internal event using the CLI"));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void writes_gitlabs_file(String expected, String path, List<String> options) throws IOException {
        assumeTrue(Files.isDirectory(EXPECTED), "GitLab's files are missing: " + EXPECTED);
        if (options.get(0).equals("metric")) {
            defineEvents();
        }

        define(options);

        assertThat(root.resolve(path)).content().isEqualTo(Files.readString(EXPECTED.resolve(expected + ".yml")));
        assertThat(run(0, "validate", root.toString())).contains(", 0 errors");
    }

    @Test
    void there_is_a_scenario_for_each_of_gitlabs_files() throws IOException {
        assumeTrue(Files.isDirectory(EXPECTED), "GitLab's files are missing: " + EXPECTED);
        try (Stream<Path> files = Files.list(EXPECTED)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(scenarios()
                            .map(scenario -> scenario.get()[0] + ".yml")
                            .toList());
        }
    }

    private void defineEvents() throws IOException {
        for (String action : List.of("internal_events_cli_used", "internal_events_cli_closed")) {
            List<String> options = new ArrayList<>(List.of(
                    "event", "--action", action, "--description", "a", "--identifiers", "project,namespace,user"));
            if (action.endsWith("used")) {
                for (String name : List.of(
                        "label", "property", "value", "custom_key1", "custom_key2", "custom_key3", "custom_key4")) {
                    options.addAll(List.of("--property", name + "=TODO"));
                }
            }
            define(common(options));
        }
    }

    private void define(List<String> options) {
        List<String> all = new ArrayList<>(List.of("define"));
        all.addAll(options);
        all.addAll(List.of("--root", root.toString()));
        run(0, all.toArray(String[]::new));
    }
}
