package dev.internalevents.cli.define;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The questions about a metric, answered on a terminal and by options. */
class MetricFlowTest {

    @TempDir
    private Path root;

    private final ScriptedQuestions questions = new ScriptedQuestions();

    @BeforeEach
    void define() throws IOException {
        event("closed", "[user, project]", "  label: {description: l}\n  value: {description: v}\n");
        event("opened", "[user]", "  label: {description: l}\n");
    }

    private void event(String action, String identifiers, String properties) throws IOException {
        Path file = root.resolve("config/events/" + action + ".yml");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                "description: A door was " + action + "\ninternal_events: true\naction: " + action + "\nidentifiers: "
                        + identifiers + "\nadditional_properties:\n" + properties
                        + "product_group: doors\nmilestone: '18.1'\nintroduced_by_url: TODO\ntiers: [free]\n");
    }

    private void run(Questions asked, String... options) throws IOException {
        CommonAnswers common = new CommonAnswers();
        MetricFlow flow = new MetricFlow();
        String[] all = new String[options.length + 2];
        all[0] = "--root";
        all[1] = root.toString();
        System.arraycopy(options, 0, all, 2, options.length);
        new CommandLine(flow).addMixin("common", common).parseArgs(all);
        flow.run(asked, common, new Definitions(root), null);
    }

    private static Questions script() {
        return new NoQuestions(new PrintWriter(Writer.nullWriter()));
    }

    private String written(String file) throws IOException {
        return Files.readString(root.resolve("config/metrics").resolve(file));
    }

    @Test
    void each_question_leads_to_a_key_of_the_file() throws IOException {
        questions
                .answer("--events or --instrumentation-class", "a single event")
                .answer("--events", "closed")
                .answer("--measure", "unique user.id")
                .answer("--filter", "every event")
                .answer("--time-frame", "monthly and weekly")
                .answer("--metric-description", "")
                .answer("--metric-description", "who closed a door")
                .answer("--group", "doors")
                .answer("--categories", "none")
                .answer("--milestone", "18.2")
                .answer("--url", "")
                .answer("--tiers", "free, premium, ultimate")
                .answer("--yes", "yes");

        run(questions);

        assertThat(written("counts_all/count_distinct_user_id_from_closed.yml")).isEqualTo("""
                ---
                key_path: redis_hll_counters.count_distinct_user_id_from_closed
                description: Count of unique users who closed a door
                product_group: doors
                performance_indicator_type: []
                value_type: number
                status: active
                milestone: '18.2'
                introduced_by_url: TODO
                time_frame:
                - 28d
                - 7d
                data_source: internal_events
                data_category: optional
                tiers:
                - free
                - premium
                - ultimate
                events:
                - name: closed
                  unique: user.id
                """);
        assertThat(questions.rejected()).containsExactly("an answer is needed");
        assertThat(questions.offered("--time-frame"))
                .containsExactly("monthly and weekly", "monthly", "weekly");
    }

    @Test
    void only_what_all_events_carry_can_be_counted() throws IOException {
        questions
                .answer("--events or --instrumentation-class", "several")
                .answer("--events", "closed")
                .answer("--events", "opened")
                .answer("--measure", "total")
                .answer("--filter", "every event")
                .answer("--filter", "every event")
                .answer("--time-frame", "all time")
                .answer("--metric-description", "when a door moved")
                .answer("--group", "doors")
                .answer("--categories", "none")
                .answer("--milestone", "18.2")
                .answer("--url", "")
                .answer("--tiers", "ultimate")
                .answer("--yes", "no");

        assertThatThrownBy(() -> run(questions)).isInstanceOf(CancelledException.class);

        assertThat(questions.offered("--measure"))
                .containsExactly(
                        "total: how many",
                        "unique user.id: how many different ones",
                        "unique label: how many different ones");
        assertThat(root.resolve("ee")).doesNotExist();
    }

    @Test
    void a_measure_is_named_by_its_word_with_or_without_unique() throws IOException {
        String[] common = {
            "--time-frame", "7d", "--metric-description", "d", "--group", "doors", "--milestone", "18.2", "--tiers", "free"
        };
        for (String measure : new String[] {"project.id", "unique value", "sum", "total"}) {
            String[] options = new String[common.length + 4];
            options[0] = "--events";
            options[1] = "closed";
            options[2] = "--measure";
            options[3] = measure;
            System.arraycopy(common, 0, options, 4, common.length);
            run(script(), options);
        }

        assertThat(written("counts_7d/count_distinct_project_id_from_closed_weekly.yml"))
                .contains("  unique: project.id\n");
        assertThat(written("counts_7d/count_distinct_value_from_closed_weekly.yml")).contains("  unique: value\n");
        assertThat(written("counts_7d/sum_value_from_closed_weekly.yml")).contains("  operator: sum(value)\n");
        assertThat(written("counts_7d/count_total_closed_weekly.yml")).doesNotContain("unique", "operator");
    }

    @Test
    void every_mistake_is_reported_at_once_before_the_first_question() {
        assertThatThrownBy(() -> run(
                        script(),
                        "--events",
                        "closed",
                        "--measure",
                        "unique total",
                        "--filter",
                        "colour=red",
                        "--time-frame",
                        "1d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "--measure: \"unique total\" is not possible; possible: total, user.id, project.id, label, value, sum",
                        "--filter: the event \"closed\" declares no additional property \"colour\"",
                        "--time-frame: \"1d\" is not allowed; allowed: 7d, 28d, all",
                        "--metric-description is missing",
                        "--milestone is missing");
        assertThat(root.resolve("config/metrics")).doesNotExist();
    }

    @Test
    void a_metric_of_the_database_has_a_class_and_a_key_path() throws IOException {
        run(
                script(),
                "--instrumentation-class",
                "CountIssuesMetric",
                "--name",
                "issues_count",
                "--time-frame",
                "all",
                "--metric-description",
                "Number of issues",
                "--group",
                "doors",
                "--milestone",
                "18.2",
                "--tiers",
                "free");

        assertThat(written("counts_all/issues_count.yml"))
                .contains("key_path: issues_count\n", "data_source: database\n", "time_frame:\n- all\n")
                .endsWith("instrumentation_class: CountIssuesMetric\n");
    }
}
