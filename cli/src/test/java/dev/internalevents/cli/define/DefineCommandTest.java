package dev.internalevents.cli.define;

import static dev.internalevents.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests {@code internal-events define} in a script, without a terminal, and other output of the command. */
class DefineCommandTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        // existing folder; root; where the event goes
        "'', src/main/resources/internal-events, events/close_door.yml",
        "'', ., config/events/close_door.yml",
        "config/events, ., config/events/close_door.yml",
        "events, ., events/close_door.yml",
        "metrics/counts_all, ., events/close_door.yml",
        "resources/internal-events/config, resources/internal-events, config/events/close_door.yml",
        "resources/internal-events/metrics, resources/internal-events, events/close_door.yml",
    })
    void an_event_is_written_beside_what_is_there_and_else_as_the_pages_show(String there, String root, String expected)
            throws IOException {
        Files.createDirectories(folder.resolve(there));
        String place = folder.resolve(root).toString();

        assertThat(run(0, event("--root", place))).contains("Written: ");

        assertThat(folder.resolve(root).resolve(expected)).isRegularFile();
        assertThat(run(0, "validate", place)).contains("1 file: 1 event, 0 metrics, 0 errors");
    }

    @Test
    void a_metric_whose_name_the_other_layout_has_is_not_written() throws IOException {
        String[] metric = {
            "define",
            "metric",
            "--root",
            folder.toString(),
            "--events",
            "close_door",
            "--measure",
            "total",
            "--time-frame",
            "all",
            "--metric-description",
            "doors",
            "--group",
            "doors",
            "--milestone",
            "18.1",
            "--tiers",
            "free"
        };
        Files.createDirectories(folder.resolve("events"));
        run(0, event("--root", folder.toString()));
        run(0, metric);
        Files.createDirectories(folder.resolve("config/events"));

        assertThat(run(1, metric)).contains("is defined already in metrics/counts_all/count_total_close_door.yml:2");
        assertThat(run(0, "validate", folder.toString())).contains("2 files: 1 event, 1 metric, 0 errors");
    }

    private void defineDoors() {
        for (String action : List.of("open_door", "close_door")) {
            List<String> options = new ArrayList<>(List.of(event("--root", folder.toString())));
            options.set(options.indexOf("close_door"), action);
            options.addAll(List.of("--property", "label=Which door"));
            if (action.equals("close_door")) {
                options.addAll(List.of("--property", "value=Force", "--property", "seconds=How long"));
            }
            run(0, options.toArray(String[]::new));
        }
    }

    private String metric(int expected, String... more) {
        List<String> options = new ArrayList<>(List.of("define", "metric", "--root", folder.toString()));
        options.addAll(List.of("--metric-description", "doors", "--group", "doors", "--milestone", "18.1"));
        options.addAll(List.of("--tiers", "free"));
        options.addAll(List.of(more));
        return run(expected, options.toArray(String[]::new));
    }

    private String written(String file) throws IOException {
        return Files.readString(folder.resolve("config/metrics").resolve(file));
    }

    @Test
    void values_of_filters_keep_their_type_and_each_has_a_rule() throws IOException {
        defineDoors();

        metric(
                0,
                "--events",
                "close_door",
                "--measure",
                "sum",
                "--time-frame",
                "28d",
                "--filter",
                "seconds=30,\"30\",1.50,x:y",
                "--filter",
                "label=12",
                "--filter",
                "label=\"a, b\"",
                "--filter",
                "value=7",
                "--name",
                "twelve");

        assertThat(written("counts_28d/sum_value_from_twelve_monthly.yml"))
                .startsWith("---\nkey_path: sums.sum_value_from_twelve_monthly\ndescription: Monthly sum of doors\n")
                .endsWith("events:\n" + rule("'12'", "30") + rule("'12'", "'30'") + rule("'12'", "1.5")
                        + rule("'12'", "x:y") + rule("a, b", "30") + rule("a, b", "'30'") + rule("a, b", "1.5")
                        + rule("a, b", "x:y"));
        assertThat(run(0, "validate", folder.toString())).contains("3 files: 2 events, 1 metric, 0 errors");
    }

    private static String rule(String label, String seconds) {
        return "- name: close_door\n  filter:\n    label: " + label + "\n    value: 7\n    seconds: " + seconds
                + "\n  operator: sum(value)\n";
    }

    @Test
    void each_of_several_events_has_filters_of_its_own() throws IOException {
        defineDoors();
        String[] both = {"--events", "open_door,close_door", "--measure", "total", "--time-frame", "all"};

        metric(0, with(both, "--filter", "close_door:seconds=3", "--name", "slow_doors"));
        metric(0, with(both, "--filter", "label=front"));

        assertThat(written("counts_all/count_total_slow_doors.yml"))
                .endsWith("events:\n- name: close_door\n  filter:\n    seconds: 3\n- name: open_door\n");
        assertThat(written("counts_all/count_total_close_door_and_open_door_front.yml"))
                .endsWith("events:\n- name: close_door\n  filter:\n    label: front\n- name: open_door\n  filter:\n"
                        + "    label: front\n");
        assertThat(metric(1, with(both, "--filter", "seconds=3")))
                .contains(
                        "--filter: the event \"open_door\" declares no additional property \"seconds\"; filter the others by"
                                + " name: EVENT:seconds=…");
        assertThat(metric(1, with(both, "--filter", "close_dor:seconds=3")))
                .contains("--filter: the event \"close_dor\" is not among --events; did you mean \"close_door\"?");
        assertThat(metric(1, with(both, "--filter", "close_door:value=3x")))
                .contains("--filter: \"3x\" is not a number; value must be a number");
        assertThat(metric(1, with(both, "--filter", "label=a,,b"))).contains("--filter: a value of label is missing");
        assertThat(metric(1, with(both, "--filter", "label"))).contains("--filter: \"label\" is not NAME=VALUE or");
    }

    private static String[] with(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void a_single_time_frame_is_part_of_the_name_and_no_key_path_is_written_twice() throws IOException {
        defineDoors();
        String[] users = {"--events", "close_door", "--measure", "user.id", "--time-frame"};

        metric(0, with(users, "7d"));
        metric(0, with(users, "28d"));

        assertThat(written("counts_7d/count_distinct_user_id_from_close_door_weekly.yml"))
                .contains("description: Weekly count of unique users doors\n", "time_frame: 7d\n");
        assertThat(written("counts_28d/count_distinct_user_id_from_close_door_monthly.yml"))
                .contains("description: Monthly count of unique users doors\n", "time_frame: 28d\n");
        assertThat(metric(1, with(users, "7d,28d")))
                .contains("was not written", "count_distinct_user_id_from_close_door_monthly\" is defined already in");
        assertThat(folder.resolve("config/metrics/counts_all")).doesNotExist();
        assertThat(run(0, "validate", folder.toString())).contains("4 files: 2 events, 2 metrics, 0 errors");
    }

    @Test
    void a_name_that_would_be_too_long_is_asked_for() {
        defineDoors();
        String[] long_ = {
            "--events",
            "close_door",
            "--measure",
            "user.id",
            "--time-frame",
            "28d,7d",
            "--filter",
            "label=" + "x".repeat(80)
        };

        assertThat(metric(1, long_))
                .contains("--name is missing; without it, the file name has 123 characters, but the limit is 100");
        assertThat(metric(1, with(long_, "--name", "y".repeat(80))))
                .contains("is too long by 12; the file name may have at most 100 characters");
        assertThat(metric(1, with(long_, "--name", "Y"))).contains("--name: \"Y\" must consist of a-z, 0-9 and _");
        metric(0, with(long_, "--name", "y"));
    }

    @Test
    void a_metric_of_the_database_names_the_class_that_computes_it() throws IOException {
        metric(
                0,
                "--instrumentation-class",
                "CountDoorsMetric",
                "--name",
                "doors_count",
                "--time-frame",
                "28d,7d",
                "--categories",
                "doors,buildings",
                "--tiers",
                "premium");

        assertThat(folder.resolve("config/metrics/counts_all/doors_count.yml"))
                .content()
                .isEqualTo("""
                ---
                key_path: doors_count
                description: doors
                product_group: doors
                product_categories:
                - buildings
                - doors
                performance_indicator_type: []
                value_type: number
                status: active
                milestone: '18.1'
                introduced_by_url: TODO
                time_frame:
                - 7d
                - 28d
                data_source: database
                data_category: optional
                tiers:
                - free
                - premium
                instrumentation_class: CountDoorsMetric
                """);
        assertThat(metric(
                        1,
                        "--instrumentation-class",
                        "Count Doors",
                        "--name",
                        "A",
                        "--events",
                        "x",
                        "--time-frame",
                        "7d"))
                .contains(
                        "--instrumentation-class: \"Count Doors\" is not a class name",
                        "--name: \"A\" must consist of",
                        "counts no events; leave out --events, --measure and --filter");
    }

    @Test
    void what_the_free_tier_does_not_have_is_below_ee_in_gitlabs_layout_alone() throws IOException {
        List<String> options = new ArrayList<>(List.of(event("--root", folder.toString())));
        options.set(options.indexOf("free"), "ultimate,premium");
        run(0, options.toArray(String[]::new));
        assertThat(folder.resolve("ee/config/events/close_door.yml"))
                .content()
                .endsWith("tiers:\n- premium\n- ultimate\n");

        Path plain = folder.resolve("resources/internal-events");
        options.set(options.indexOf(folder.toString()), plain.toString());
        run(0, options.toArray(String[]::new));
        assertThat(plain.resolve("events/close_door.yml")).isRegularFile();
    }

    @Test
    void a_property_that_is_given_twice_is_a_mistake() {
        assertThat(run(1, event("--root", folder.toString(), "--property", "label=a", "--property", "label=b")))
                .contains("--property: \"label\" is given twice");
        assertThat(run(1, event("--root", folder.toString(), "--property", "label")))
                .contains("--property: \"label\" is not NAME=TEXT");
        assertThat(run(1, event("--root", folder.toString(), "--classification", "do")))
                .contains("--classification: \"do\" is not allowed; allowed: duo");
        assertThat(run(0, event("--root", folder.toString(), "--classification", "duo")))
                .contains("tiers:\n- free\nclassification: duo\n");
    }

    @Test
    void every_mistake_in_the_options_is_reported_at_once() {
        assertThat(run(
                        1,
                        "define",
                        "event",
                        "--root",
                        folder.toString(),
                        "--action",
                        "Close Door",
                        "--identifiers",
                        "usr,none",
                        "--property",
                        "a b=x",
                        "--milestone",
                        "x",
                        "--tiers",
                        "fre"))
                .contains(
                        "--action: \"Close Door\" must consist of",
                        "--description is missing",
                        "--identifiers: \"usr\" is not allowed; allowed: project, user, namespace,"
                                + " feature_enabled_by_namespace_ids, none; did you mean \"user\"?",
                        "--identifiers: \"none\" cannot be combined with other identifiers",
                        "--property: \"a b\" must consist of",
                        "--group is missing",
                        "--milestone: \"x\" is not a version",
                        "--tiers: \"fre\" is not allowed; allowed: free, premium, ultimate; did you mean \"free\"?");
    }

    @Test
    void every_mistake_in_the_options_of_a_metric_is_reported_at_once() {
        run(0, event("--root", folder.toString()));

        assertThat(run(
                        1,
                        "define",
                        "metric",
                        "--root",
                        folder.toString(),
                        "--events",
                        "close_dor",
                        "--time-frame",
                        "7 d"))
                .contains(
                        "--events: the event \"close_dor\" is not defined; did you mean \"close_door\"?",
                        "--time-frame: \"7 d\" is not allowed; allowed: 7d, 28d, all; did you mean \"7d\"?",
                        "--metric-description is missing",
                        "--milestone is missing");
    }

    @Test
    void feature_enabled_by_namespace_ids_is_an_identifier() throws IOException {
        List<String> options = new ArrayList<>(List.of(event("--root", folder.toString())));
        options.set(options.indexOf("user"), "feature_enabled_by_namespace_ids");

        run(0, options.toArray(String[]::new));

        assertThat(Files.readString(folder.resolve("config/events/close_door.yml")))
                .contains("- feature_enabled_by_namespace_ids");
    }

    @Test
    void no_line_of_the_help_is_wrapped_within_an_example() {
        StringWriter help = new StringWriter();
        Main.commandLine().usage(new PrintWriter(help));

        assertThat(help.toString().lines().dropWhile(line -> !line.equals("Examples:")))
                .filteredOn(line -> !line.isEmpty() && !line.equals("Examples:"))
                .allMatch(line -> line.startsWith("  internal-events ") || line.endsWith("--help for more."));
    }

    private static String[] event(String... more) {
        List<String> options = new ArrayList<>(List.of(
                "define",
                "event",
                "--action",
                "close_door",
                "--description",
                "A person closed a door",
                "--identifiers",
                "user",
                "--group",
                "doors",
                "--milestone",
                "18.1",
                "--tiers",
                "free"));
        options.addAll(List.of(more));
        return options.toArray(String[]::new);
    }
}
