package dev.internalevents.definitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.internalevents.definitions.check.Owners;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dictionaries are read from the folders and formats of GitLab's files. */
class DictionaryTest {

    private static final String EVENT_OF_OTHERS = "config/events/of_others.yml";

    @TempDir
    private Path root;

    @Test
    void has_what_an_event_says() {
        EventDefinition event =
                Tree.awesome(root).load().event("request_awesome_feature").orElseThrow();

        assertThat(event.description()).isEqualTo("A user asked the awesome feature for an answer");
        assertThat(event.internal()).isTrue();
        assertThat(event.identifiers()).containsExactly(Identifier.PROJECT, Identifier.USER, Identifier.NAMESPACE);
        assertThat(event.additionalProperties())
                .containsExactly(
                        Map.entry("label", "The unit primitive that was asked for"),
                        Map.entry("value", "Time until the first token in milliseconds"),
                        Map.entry("model_engine", "The engine that answered"));
        assertThat(event.productGroup()).contains("awesome");
        assertThat(event.milestone()).contains("18.1");
        assertThat(event.tiers()).containsExactly(Tier.FREE, Tier.PREMIUM, Tier.ULTIMATE);
        assertThat(event.removed()).isFalse();
        assertThat(event.source()).isEqualTo(new Source(Tree.EVENT_FILE, 3));
    }

    @Test
    void has_what_a_metric_says() {
        Dictionary dictionary = Tree.awesome(root).load();
        String keyPath = "redis_hll_counters.count_distinct_user_id_from_request_awesome_feature";
        MetricDefinition metric = dictionary.metric(keyPath).orElseThrow();

        assertThat(metric.keyPaths())
                .containsExactly(
                        Map.entry(keyPath + "_weekly", TimeFrame.SEVEN_DAYS),
                        Map.entry(keyPath + "_monthly", TimeFrame.TWENTY_EIGHT_DAYS));
        assertThat(metric.rules()).singleElement().satisfies(rule -> {
            assertThat(rule.event()).isEqualTo("request_awesome_feature");
            assertThat(rule.measure()).isEqualTo(new Measure.Unique(UniqueBy.USER));
            assertThat(rule.filterText()).isEqualTo("label:complete_code");
        });
        assertThat(metric.description()).isEqualTo("Count of unique users who asked the awesome feature");
        assertThat(metric.productGroup()).contains("awesome");
        assertThat(metric.milestone()).contains("18.1");
        assertThat(metric.tiers()).containsExactly(Tier.FREE, Tier.PREMIUM, Tier.ULTIMATE);
        assertThat(metric.source()).isEqualTo(new Source(Tree.METRIC_FILE, 1));
        assertThat(metric.dataCategory()).isEqualTo(DataCategory.OPTIONAL);
        assertThat(dictionary.metric(keyPath + "_weekly")).contains(metric);
        assertThat(dictionary.metric(keyPath + "_yearly")).isEmpty();
        assertThat(dictionary.metricsCounting("request_awesome_feature")).containsExactly(metric);
    }

    @Test
    void is_looked_up_by_group_and_tier() {
        Dictionary dictionary = Tree.awesome(root)
                .file("ee/config/events/other_feature.yml", """
                        description: Something else
                        internal_events: true
                        action: other_feature
                        product_group: other
                        tiers: [ultimate]
                        """)
                .load();

        assertThat(dictionary.productGroups()).containsExactly("awesome", "other");
        assertThat(dictionary.eventsOwnedBy("other"))
                .extracting(EventDefinition::action)
                .containsExactly("other_feature");
        assertThat(dictionary.eventsIn(Tier.FREE))
                .extracting(EventDefinition::action)
                .containsExactly("request_awesome_feature");
        assertThat(dictionary.eventsIn(Tier.ULTIMATE)).hasSize(2);
        assertThat(dictionary.metricsOwnedBy("awesome")).hasSize(1);
        assertThat(dictionary.metricsIn(Tier.PREMIUM)).hasSize(1);
        assertThat(dictionary.metricsOwnedBy("other")).isEmpty();
        assertThat(dictionary.isEmpty()).isFalse();
        assertThat(Dictionary.EMPTY.isEmpty()).isTrue();
        assertThat(new Dictionary(dictionary.eventsOwnedBy("other"), List.of()).isEmpty())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"config/", "ee/config/", ""})
    void reads_each_layout(String place) {
        Dictionary dictionary = new Tree(root)
                .file(place + "events/request_awesome_feature.yml", Tree.EVENT)
                .file(place + "metrics/counts_28d/removed/deeper/awesome.yaml", Tree.METRIC)
                .load();

        assertThat(dictionary.events()).hasSize(1);
        assertThat(dictionary.metrics()).hasSize(1);
    }

    @Test
    void reads_both_layouts_together() {
        Dictionary dictionary = Tree.awesome(root)
                .file("events/other.yml", "description: b\ninternal_events: true\naction: other\ntiers: [free]\n")
                .file("metrics/other.yml", Tree.METRIC.replace("redis_hll_counters.", "counts."))
                .load();

        assertThat(dictionary.events())
                .extracting(EventDefinition::action)
                .containsExactly("other", "request_awesome_feature");
        assertThat(dictionary.metrics()).hasSize(2);
    }

    @Test
    void a_name_in_both_layouts_is_an_error_that_names_both_files() {
        assertThat(Tree.awesome(root)
                        .file("events/request_awesome_feature.yml", Tree.EVENT)
                        .read()
                        .errors())
                .extracting(Problem::toString)
                .containsExactly("events/request_awesome_feature.yml:3: action: \"request_awesome_feature\" is defined"
                        + " already in config/events/request_awesome_feature.yml:3");
    }

    @ParameterizedTest
    @CsvSource({
        "classpath:internal-events, events/a.yml, src/main/resources/internal-events/events/new.yml",
        "classpath:internal-events, config/metrics/a/b.yml, src/main/resources/internal-events/config/events/new.yml",
        "/etc/shop/, events/a.yml, /etc/shop/events/new.yml",
        "shop/./definitions, ee/config/events/a.yml, shop/definitions/ee/config/events/new.yml",
        "., config/events/a.yml, config/events/new.yml",
    })
    void names_the_file_of_a_new_event_as_a_person_finds_it(String where, String file, String expected) {
        String text = file.contains("metrics") ? Tree.METRIC : Tree.EVENT;

        assertThat(DefinitionFiles.read(Map.of(file, text), where).dictionary().fileOfNewEvent("new"))
                .isEqualTo(expected);
    }

    @Test
    void reads_old_files_and_warns_of_their_keys() {
        Reading reading = new Tree(root)
                .file("config/events/1651053267_old.yml", """
                        ---
                        description: Merge requests that were looked at
                        category: merge_requests
                        action: old_action
                        label_description:
                        property_description:
                        value_description:
                        extra_properties:
                        identifiers:
                        - project
                        product_section: dev
                        product_stage: create
                        product_group: code_review
                        product_category: code_review
                        milestone: "15.2"
                        introduced_by_url: https://example.com/1
                        distributions:
                        - ce
                        - ee
                        tiers:
                        - free

                        """)
                .file("config/metrics/counts_28d/20210216_old.yml", """
                        ---
                        data_category: optional
                        key_path: redis_hll_counters.old_monthly
                        description: Count of unique users of something old
                        product_section: dev
                        product_stage: create
                        product_group: group::code review
                        product_category: code_review
                        value_type: number
                        status: active
                        time_frame: 28d
                        data_source: redis_hll
                        instrumentation_class: RedisHLLMetric
                        options:
                          events:
                          - old_action
                        distribution:
                        - ce
                        tier:
                        - free
                        - starter
                        - gold
                        performance_indicator_type: []
                        milestone: "<13.9"
                        """)
                .read();

        assertThat(reading.errors()).isEmpty();
        assertThat(reading.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "config/events/1651053267_old.yml:5: old keys, no longer used: label_description,"
                                + " property_description, value_description, product_section, product_stage,"
                                + " product_category, distributions",
                        "config/metrics/counts_28d/20210216_old.yml:2: missing, but required by GitLab: introduced_by_url",
                        "config/metrics/counts_28d/20210216_old.yml:5: old keys, no longer used: product_section,"
                                + " product_stage, product_category, distribution, tier");
        MetricDefinition metric =
                reading.dictionary().metric("redis_hll_counters.old_monthly").orElseThrow();
        assertThat(metric.tiers()).containsExactly(Tier.FREE, Tier.PREMIUM, Tier.ULTIMATE);
        assertThat(metric.rules())
                .containsExactly(new SelectionRule("old_action", new Measure.Unique(UniqueBy.USER), new TreeMap<>()));
        assertThat(metric.counted()).isTrue();
    }

    private Reading readMetric(String more) {
        return Tree.awesome(root)
                .file(
                        "config/metrics/more.yml",
                        "key_path: counts.more\ndescription: a\nstatus: active\ntiers: [free]\nproduct_group: a\n"
                                + "milestone: '18.1'\nintroduced_by_url: https://example.com/1\ndata_category: optional\n"
                                + more)
                .read();
    }

    @Test
    void reads_totals_of_each_unique_value() {
        Reading reading = readMetric("""
                value_type: object
                time_frame: [7d, 28d]
                data_source: internal_events
                events:
                - name: request_awesome_feature
                  unique: label
                  operator: total
                - name: request_awesome_feature
                  unique: value
                  operator: total
                  filter:
                    model_engine: litellm
                """);

        assertThat(reading.errors()).isEmpty();
        assertThat(reading.warnings()).isEmpty();
        assertThat(reading.dictionary()
                        .metric("counts.more_weekly")
                        .orElseThrow()
                        .rules())
                .extracting(SelectionRule::measure)
                .containsExactly(new Measure.TotalBy(UniqueBy.LABEL), new Measure.TotalBy(UniqueBy.VALUE));
    }

    static Stream<Arguments> totals_that_are_strange() {
        return Stream.of(
                arguments("number", "7d", "unique: label", "write value_type: object"),
                arguments("object", "all", "unique: label", "\"all\" is not allowed for total by label in GitLab"),
                arguments("object", "7d", "unique: user.id", ""),
                arguments("number", "7d", "filter: {label: a}", "has no effect without unique"));
    }

    @ParameterizedTest
    @MethodSource
    void totals_that_are_strange(String type, String frame, String rule, String warning) {
        Reading reading = readMetric("value_type: " + type + "\ntime_frame: " + frame
                + "\ndata_source: internal_events\nevents:\n- name: request_awesome_feature\n  operator: total\n  "
                + rule
                + "\n");

        assertThat(reading.errors()).isEmpty();
        if (warning.isEmpty()) {
            assertThat(reading.warnings()).isEmpty();
        } else {
            assertThat(reading.warnings()).singleElement().asString().contains(warning);
        }
    }

    @Test
    void a_total_of_a_property_that_the_event_does_not_have_is_wrong() {
        assertThat(readMetric("value_type: object\ntime_frame: 7d\ndata_source: internal_events\nevents:\n"
                                + "- name: request_awesome_feature\n  unique: property\n  operator: total\n")
                        .errors())
                .singleElement()
                .asString()
                .contains("declares no additional property \"property\"");
    }

    static Stream<Arguments> older_metrics() {
        return Stream.of(
                arguments("redis_hll", "events: [{name: a, unique: user.id}, {name: b, unique: user.id}]", "a b", ""),
                arguments("redis", "events: [{name: a, filter: {label: x}}]", "a", ""),
                arguments("redis_hll", "options: {events: [a, b]}", "a b", ""),
                arguments(
                        "redis_hll",
                        "options: {aggregate: {operator: OR, attribute: project_id}, events: [a]}",
                        "a",
                        ""),
                arguments(
                        "redis_hll", "options: {aggregate: {operator: AND, attribute: user_id}, events: [a]}", "", ""),
                arguments("redis", "options: {event: a, prefix: b}", "", ""),
                arguments("database", "events: [{name: a}]", "", ""),
                arguments("redis_hll", "events: [a]", "", "not counted: expected a map with a name, found the text"),
                arguments("redis_hll", "events: [{name: a, uniq: user.id}]", "", "not counted: events[0].uniq"),
                arguments("redis_hll", "events: [{name: a, unique: user.id}, {name: b}]", "", "in several ways"));
    }

    @ParameterizedTest
    @MethodSource
    void older_metrics(String source, String more, String counted, String warning) {
        Reading reading = readMetric("value_type: number\ntime_frame: 7d\ndata_source: " + source + "\n" + more + "\n");

        assertThat(reading.errors()).isEmpty();
        assertThat(reading.dictionary().metric("counts.more").orElseThrow().rules())
                .extracting(SelectionRule::event)
                .containsExactly(counted.isEmpty() ? new String[0] : counted.split(" "));
        List<Problem> warnings = reading.warnings().stream()
                .filter(problem -> problem.severity() == Problem.Severity.WARNING)
                .toList();
        if (warning.isEmpty()) {
            assertThat(warnings).isEmpty();
        } else {
            assertThat(warnings).singleElement().asString().contains(warning);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'{events: [a]}', USER",
        "'{aggregate: {operator: OR}, events: [a]}', USER",
        "'{aggregate: {attribute: user_id}, events: [a]}', USER",
        "'{aggregate: {attribute: user.id}, events: [a]}', USER",
        "'{aggregate: {attribute: project_id}, events: [a]}', PROJECT",
        "'{aggregate: {attribute: namespace_id}, events: [a]}', NAMESPACE",
        "'{aggregate: {attribute: author_id}, events: [a]}', "
    })
    void an_older_metric_counts_unique_users_unless_its_options_name_another_attribute(
            String options, @Nullable UniqueBy by) {
        Reading reading =
                readMetric("value_type: number\ntime_frame: 7d\ndata_source: redis_hll\noptions: " + options + "\n");

        assertThat(reading.dictionary().metric("counts.more").orElseThrow().rules())
                .extracting(SelectionRule::measure)
                .isEqualTo(by == null ? List.of() : List.of(new Measure.Unique(by)));
    }

    /** Files from 2021, before the terms were settled. */
    @Test
    void reads_the_oldest_files_and_warns_of_their_words() {
        Reading reading = new Tree(root)
                .file("config/metrics/counts_28d/20210216_oldest.yml", """
                        ---
                        data_category: Operational
                        key_path: usage_activity_by_stage_monthly.secure.oldest
                        description: Users who ran something
                        product_category:
                        value_type: number
                        status: data_available
                        time_frame: 28d
                        data_source:
                        tier:
                        - free
                        skip_validation: true
                        """)
                .read();

        assertThat(reading.errors()).isEmpty();
        assertThat(reading.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "config/metrics/counts_28d/20210216_oldest.yml:2: missing, but required by GitLab: product_group,"
                                + " milestone, introduced_by_url",
                        "config/metrics/counts_28d/20210216_oldest.yml:2: data_category: old word \"Operational\", read as"
                                + " \"operational\"",
                        "config/metrics/counts_28d/20210216_oldest.yml:5: old keys, no longer used: product_category, tier,"
                                + " skip_validation",
                        "config/metrics/counts_28d/20210216_oldest.yml:7: status: old word \"data_available\", read as"
                                + " \"active\"",
                        "config/metrics/counts_28d/20210216_oldest.yml:9: data_source: has no value, as in the oldest files; read"
                                + " as \"database\"");
    }

    @Test
    void old_events_may_share_an_action_and_an_internal_one_is_meant() {
        String others = "action: approve\nproduct_group: a\nmilestone:\nintroduced_by_url:\ntiers: [free]\n";
        Reading reading = new Tree(root)
                .file("config/events/1_a.yml", "description: a\ncategory: A\n" + others)
                .file("config/events/2_b.yml", "description: b\ncategory: B\n" + others)
                .file(
                        "config/events/approve.yml",
                        "description: c\ninternal_events: true\nadditional_properties: {label: {description: l}}\n"
                                + others)
                .file(
                        "config/metrics/counts_all/approve.yml",
                        Tree.METRIC
                                .replace("request_awesome_feature", "approve")
                                .replace("  unique: user.id\n", "  unique: label\n"))
                .read();

        assertThat(reading.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "config/events/2_b.yml:3: action: \"approve\" is also the action of another event, in"
                                + " config/events/1_a.yml:3; metrics count both, by the action alone",
                        "config/events/approve.yml:4: action: \"approve\" is also the action of another event, in"
                                + " config/events/1_a.yml:3; metrics count both, by the action alone");
        assertThat(reading.strict().errors()).isEmpty();
        assertThat(reading.dictionary().events()).hasSize(1);
        assertThat(reading.dictionary().allEvents())
                .extracting(EventDefinition::description)
                .containsExactly("c", "a", "b");
        assertThat(reading.dictionary().event("approve"))
                .get()
                .extracting(EventDefinition::description)
                .isEqualTo("c");
    }

    @Test
    void numbers_in_filters_are_compared_as_numbers() {
        Dictionary dictionary = Tree.awesome(root)
                .file(
                        Tree.METRIC_FILE,
                        Tree.METRIC.replace("    label: complete_code\n", "    value: 10.50\n    model_engine: 3\n"))
                .load();

        assertThat(dictionary.metrics().iterator().next().rules().get(0).filter())
                .containsExactly(
                        Map.entry("model_engine", new BigDecimal("3")), Map.entry("value", new BigDecimal("10.5")));
    }

    @Test
    void removed_definitions_may_count_removed_events() {
        Reading reading = Tree.awesome(root)
                .file(Tree.EVENT_FILE, Tree.EVENT + "status: removed\nmilestone_removed: '18.2'\n")
                .file(
                        Tree.METRIC_FILE,
                        Tree.METRIC.replace(
                                "status: active",
                                "status: removed\nmilestone_removed: '18.2'\nremoved_by_url: https://example.com/2"))
                .read();

        assertThat(reading.problems()).isEmpty();
        assertThat(reading.dictionary().event("request_awesome_feature"))
                .get()
                .extracting(EventDefinition::removed)
                .isEqualTo(true);
    }

    @Test
    void reads_the_class_path_from_folders_and_jars() throws IOException {
        Tree.awesome(root.resolve("classes/internal-events"));
        Path jar = root.resolve("definitions.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry("internal-events/"));
            entries.putNextEntry(new JarEntry("internal-events/events/"));
            entries.putNextEntry(new JarEntry("internal-events/events/other.yml"));
            entries.write("description: b\ninternal_events: true\naction: other\ntiers: [free]\n".getBytes());
        }
        URL[] urls = {root.resolve("classes/").toUri().toURL(), jar.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, null)) {
            assertThat(DefinitionFiles.loadFromClassPath("internal-events", loader)
                            .events())
                    .extracting(EventDefinition::action)
                    .containsExactly("other", "request_awesome_feature");
            assertThat(DefinitionFiles.loadFromClassPath("internal-events", loader)
                            .fileOfNewEvent("new"))
                    .isEqualTo("src/main/resources/internal-events/config/events/new.yml");
            assertThatThrownBy(() -> DefinitionFiles.loadFromClassPath("nowhere", loader))
                    .hasMessage(
                            "1 error in the definitions:\n  classpath:nowhere: does not exist on the class path; put"
                                    + " them into src/main/resources/nowhere, as events/*.yml and metrics/**/*.yml");
        }
    }

    @Test
    void a_new_event_of_definitions_that_only_tests_have_belongs_to_the_resources_of_tests() throws IOException {
        Tree.awesome(root.resolve("target/test-classes/internal-events"));
        URL[] urls = {root.resolve("target/test-classes/").toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, null)) {
            assertThat(DefinitionFiles.loadFromClassPath("internal-events", loader)
                            .fileOfNewEvent("new"))
                    .isEqualTo("src/test/resources/internal-events/config/events/new.yml");
        }
    }

    @Test
    void what_is_right_is_there_beside_what_is_wrong() {
        Reading reading = Tree.awesome(root)
                .file("config/events/broken.yml", "description: [\n")
                .read();

        assertThat(reading.errors()).hasSize(1);
        assertThat(reading.files()).isEqualTo(3);
        assertThat(reading.dictionary().event("request_awesome_feature")).isPresent();
        assertThat(reading.dictionary().isLeftOut("request_awesome_feature")).isFalse();
        assertThat(reading.dictionary().isLeftOut("broken")).isTrue();
        assertThat(reading.dictionary().isLeftOut("never_defined")).isFalse();
        assertThatThrownBy(reading::orElseThrow)
                .isInstanceOf(InvalidDefinitionsException.class)
                .hasMessageStartingWith("1 error in the definitions:\n  config/events/broken.yml:");
    }

    @Test
    void production_leaves_out_wrong_files_and_what_counts_their_events() {
        List<String> reported = new ArrayList<>();
        Dictionary dictionary = Tree.awesome(root)
                .file("config/events/broken.yml", Tree.EVENT.replace("request_awesome_feature", "Broken"))
                .file(
                        "config/metrics/counts_all/of_broken.yml",
                        Tree.METRIC
                                .replace("request_awesome_feature", "Broken")
                                .replaceFirst("(?m)^key_path: .*", "key_path: a.b"))
                .file(
                        "config/metrics/counts_all/of_nothing.yml",
                        Tree.METRIC.replace("request_awesome_feature", "never_defined"))
                .file("config/metrics/counts_all/same.yml", Tree.METRIC)
                .read()
                .withoutWrongFiles(problem -> reported.add(problem.toString()));

        assertThat(reported)
                .containsExactly(
                        "config/events/broken.yml:3: action: \"Broken\" must consist of a-z, 0-9 and _; did you mean"
                                + " \"broken\"?",
                        "config/metrics/counts_all/of_nothing.yml:18: events[0].name: the event \"never_defined\" is not"
                                + " defined",
                        "config/metrics/counts_all/same.yml:1: key_path:"
                                + " \"redis_hll_counters.count_distinct_user_id_from_request_awesome_feature_monthly\" is"
                                + " defined already in config/metrics/counts_all/awesome.yml:1",
                        "config/metrics/counts_all/same.yml:1: key_path:"
                                + " \"redis_hll_counters.count_distinct_user_id_from_request_awesome_feature_weekly\" is"
                                + " defined already in config/metrics/counts_all/awesome.yml:1");
        assertThat(dictionary.events()).extracting(EventDefinition::action).containsExactly("request_awesome_feature");
        assertThat(dictionary.metrics())
                .extracting(metric -> metric.source().file())
                .containsExactly("config/metrics/counts_all/awesome.yml");
        assertThat(dictionary.isLeftOut("Broken")).isTrue();
        assertThat(dictionary.filesLeftOut())
                .containsExactly(
                        "config/events/broken.yml",
                        "config/metrics/counts_all/of_nothing.yml",
                        "config/metrics/counts_all/same.yml");
        assertThatThrownBy(() -> DefinitionFiles.load(root)).isInstanceOf(InvalidDefinitionsException.class);
    }

    @Test
    void a_folder_without_definitions_is_an_error_in_production_too() {
        assertThatThrownBy(() -> DefinitionFiles.read(root.resolve("none")).withoutWrongFiles(problem -> {}))
                .isInstanceOf(InvalidDefinitionsException.class)
                .hasMessageContaining("does not exist");
    }

    /** A metric with errors does not take the key path of a valid one. */
    @Test
    void of_two_metrics_with_one_key_path_the_right_one_stays() {
        Reading reading = Tree.awesome(root)
                .file("config/metrics/counts_all/a.yml", Tree.METRIC.replace("label:", "labl:"))
                .read();

        assertThat(reading.dictionary().metrics())
                .extracting(metric -> metric.source().file())
                .containsExactly(Tree.METRIC_FILE);
    }

    @Test
    void key_paths_are_compared_with_their_suffixes() {
        String list = Tree.METRIC.replaceFirst("(?m)^key_path: .*", "key_path: counts.a");
        String all = list.replace("time_frame:\n- 7d\n- 28d", "time_frame: all").replace("  unique: user.id\n", "");
        Tree tree = Tree.awesome(root)
                .file("config/metrics/counts_all/list.yml", list)
                .file("config/metrics/counts_all/total.yml", all);
        Dictionary dictionary = tree.load();

        assertThat(dictionary.metrics()).hasSize(3);
        assertThat(dictionary.metric("counts.a"))
                .get()
                .extracting(metric -> metric.key().suffixed())
                .isEqualTo(false);
        assertThat(dictionary.metric("counts.a_weekly"))
                .get()
                .extracting(metric -> metric.key().suffixed())
                .isEqualTo(true);
        assertThat(dictionary.metricsCounting("request_awesome_feature")).hasSize(3);
        assertThat(new Dictionary(dictionary.events(), dictionary.metrics()).metrics())
                .hasSize(3);

        tree.file(
                "config/metrics/counts_7d/weekly.yml",
                all.replace("counts.a", "counts.a_weekly").replace("all", "7d"));
        assertThat(tree.read().errors())
                .extracting(Problem::toString)
                .containsExactly(
                        "config/metrics/counts_all/list.yml:1: key_path: \"counts.a_weekly\" is defined already in"
                                + " config/metrics/counts_7d/weekly.yml:1");
    }

    @Test
    void groups_and_categories_are_compared_with_a_list() throws IOException {
        Tree.awesome(root)
                .file(
                        EVENT_OF_OTHERS,
                        Tree.EVENT
                                .replace("request_awesome_feature", "of_others")
                                .replace(
                                        "product_group: awesome",
                                        "product_group: awsome\nproduct_categories: [chat, chatt]"));
        Path file = root.resolve("owners.yml");

        for (String owners : List.of(
                "product_groups: [awesome, other]\nproduct_categories: [chat]\n",
                "stages:\n  ai:\n    groups:\n      awesome: {name: Awesome, categories: [chat]}\n      other:\n")) {
            Files.writeString(file, owners);
            Reading reading = DefinitionFiles.read(root, Owners.read(file));
            assertThat(reading.errors()).isEmpty();
            assertThat(reading.strict().errors())
                    .extracting(Problem::toString)
                    .containsExactly(
                            EVENT_OF_OTHERS + ":15: product_group: unknown name \"awsome\"; did you mean \"awesome\"?",
                            EVENT_OF_OTHERS
                                    + ":16: product_categories: unknown name \"chatt\"; did you mean \"chat\"?");
        }
        Files.writeString(file, "[awesome, awsome]");
        assertThat(DefinitionFiles.read(root, Owners.read(file)).problems()).isEmpty();
        Files.writeString(file, "awesome");
        assertThatThrownBy(() -> Owners.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a list");
        assertThatThrownBy(() -> Owners.read(root.resolve("none"))).hasMessageContaining("does not exist");
    }

    @Test
    void a_further_file_is_checked_without_being_written() {
        Tree.awesome(root);

        assertThat(DefinitionFiles.readWith(root, "config/metrics/counts_7d/again.yml", Tree.METRIC)
                        .errors())
                .hasSize(2);
        assertThat(root.resolve("config/metrics/counts_7d")).doesNotExist();
    }

    @Test
    void extra_trackers_are_read_with_what_they_protect() {
        EventDefinition event = Tree.awesome(root)
                .file(Tree.EVENT_FILE, Tree.EVENT + """
                        extra_trackers:
                        - tracking_class: Example::ModelTracking
                          protected_properties:
                            branch_name:
                              description: The branch on which the user works
                        - tracking_class: Example::Audit
                        - tracking_class: Example::ModelTracking
                          protected_properties:
                            file_name: {description: The file that is open}
                        """)
                .load()
                .event("request_awesome_feature")
                .orElseThrow();

        assertThat(event.extraTrackers())
                .containsExactly(
                        Map.entry(
                                "Example::ModelTracking",
                                Map.of(
                                        "branch_name", "The branch on which the user works",
                                        "file_name", "The file that is open")),
                        Map.entry("Example::Audit", Map.of()));
        assertThat(event.additionalProperties()).doesNotContainKey("branch_name");
    }

    @Test
    void five_thousand_files_are_all_read() {
        Tree tree = new Tree(root);
        for (int i = 0; i < 2500; i++) {
            tree.file("config/events/event_" + i + ".yml", Tree.EVENT.replace("request_awesome_feature", "event_" + i));
            tree.file(
                    "config/metrics/counts_all/metric_" + i + ".yml",
                    Tree.METRIC.replace("request_awesome_feature", "event_" + i));
        }

        Dictionary dictionary = tree.load();

        assertThat(dictionary.events()).hasSize(2500);
        assertThat(dictionary.metrics()).hasSize(2500);
    }
}
