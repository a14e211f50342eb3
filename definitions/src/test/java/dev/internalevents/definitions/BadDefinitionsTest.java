package dev.internalevents.definitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.internalevents.definitions.read.DefinitionFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every problem in a file is reported with its line, its key, what is allowed, and what may have been meant. */
class BadDefinitionsTest {

    private static final String EVENT = Tree.EVENT_FILE;
    private static final String METRIC = Tree.METRIC_FILE;

    @TempDir
    private Path root;

    static Stream<Arguments> whole_files() {
        return Stream.of(
                arguments("- a\n- b\n", "1: expected a map with keys such as \"description: …\", found a list"),
                arguments(
                        "just words\n",
                        "1: expected a map with keys such as \"description: …\", found the text \"just words\""),
                arguments("", "1: expected a map with keys such as \"description: …\", found nothing"),
                arguments("description: a\n\taction: b\n", "2: indented with a tab; YAML is indented with spaces"),
                arguments("action: a\ndescription: b\naction: c\n", "3: duplicate key \"action\", first on line 1"),
                arguments(
                        "description: &d words\naction: a\nproduct_group: *d\n",
                        "1: anchors (&name) and aliases (*name) are not allowed in a definition; write the value out"),
                arguments(
                        "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\n",
                        "1: anchors (&name) and aliases (*name) are not allowed in a definition; write the value out"),
                arguments("<<: {action: a}\n", "1: merges (<<) are not allowed in a definition; write the keys out"),
                arguments(
                        "description: !!java/object:a.B {}\n",
                        "1: tags (tag:yaml.org,2002:java/object:a.B) are not allowed in a definition"),
                arguments("[a, b]: c\n", "1: a key must be a text, found a list"),
                arguments(
                        "description: a\n---\ndescription: b\n",
                        "2: a second document begins with ---; expected one definition in a file"),
                arguments("a: " + "[".repeat(20_000) + "\n", "1: nested deeper than 16 levels"),
                arguments(
                        "a: " + "x".repeat(300_000) + "\n",
                        "1: the file has 300004 characters; expected 262144 at most"),
                arguments(
                        "description: 'no end\n",
                        "2: not valid YAML: while scanning a quoted scalar, found unexpected end of stream"));
    }

    @ParameterizedTest
    @MethodSource("whole_files")
    void refuses_a_file(String text, String message) {
        assertThat(new Tree(root).file(EVENT, text).read().errors())
                .extracting(Problem::toString)
                .containsExactly(EVENT + ":" + message);
    }

    static Stream<Arguments> events() {
        return Stream.of(
                arguments(
                        "action: request_awesome_feature",
                        "action: RequestAwesomeFeature",
                        "3: action: \"RequestAwesomeFeature\" must consist of a-z, 0-9 and _; did you mean \"request_awesome_feature\"?"),
                arguments(
                        "action: request_awesome_feature",
                        "action: Request-Feature",
                        "3: action: \"Request-Feature\" must consist of a-z, 0-9 and _; did you mean \"request_feature\"?"),
                arguments("action: request_awesome_feature\n", "", "1: action: is missing; it is required"),
                arguments("action: request_awesome_feature", "action:", "3: action: has no value; it is required"),
                arguments(
                        "action: request_awesome_feature",
                        "action: 12",
                        "3: action: expected a text, found the number 12; put it in quotes: \"12\""),
                arguments(
                        "description: A user asked the awesome feature for an answer",
                        "description: [a]",
                        "1: description: expected a text, found a list"),
                arguments(
                        "description: A user asked the awesome feature for an answer",
                        "description: ' '",
                        "1: description: is empty; expected a text"),
                arguments(
                        "internal_events: true",
                        "internal_events: 'yes'",
                        "2: internal_events: expected true or false, found the text \"yes\""),
                arguments(
                        "- user",
                        "- usr",
                        "6: identifiers[1]: \"usr\" is not allowed; allowed: project, user, namespace, feature_enabled_by_namespace_ids; did you mean \"user\"?"),
                arguments(
                        "- user",
                        "- 12",
                        "6: identifiers[1]: expected one of project, user, namespace, feature_enabled_by_namespace_ids, found the number 12"),
                arguments("- user", "- project", "6: identifiers[1]: \"project\" is in the list twice"),
                arguments(
                        "identifiers:\n- project\n- user\n- namespace",
                        "identifiers: project",
                        "4: identifiers: expected a list, found the text \"project\""),
                arguments(
                        "product_group: awesome",
                        "product_group: {a: b}",
                        "15: product_group: expected a text, found a map"),
                arguments(
                        "product_group: awesome",
                        "category: true",
                        "15: category: expected a text, found true; put it in quotes: \"true\""),
                arguments(
                        "product_group: awesome",
                        "product_categories: awesome",
                        "15: product_categories: expected a list, found the text \"awesome\""),
                arguments(
                        "product_group: awesome",
                        "classification: [duo]",
                        "15: classification: expected a text, found a list"),
                arguments(
                        "product_group: awesome",
                        "extra_trackers: [duo]",
                        "15: extra_trackers[0]: expected a map, found the text \"duo\""),
                arguments(
                        "product_group: awesome",
                        "extra_trackers: [{protected_properties: {}}]",
                        "15: extra_trackers[0].tracking_class: is missing; it is required"),
                arguments(
                        "product_group: awesome",
                        "extra_trackers: [{tracking_class: A, protected_properties: [branch_name]}]",
                        "15: extra_trackers[0].protected_properties: expected a map, found a list"),
                arguments(
                        "product_group: awesome",
                        "extra_trackers: [{tracking_class: A, protected_properties: {branch_name: {}}}]",
                        "15: extra_trackers[0].protected_properties.branch_name.description: is missing; it is required"),
                arguments(
                        "product_group: awesome",
                        "status: broken",
                        "15: status: \"broken\" is for metrics; allowed: active, removed"),
                arguments(
                        "product_group: awesome",
                        "status: gone",
                        "15: status: \"gone\" is not allowed; allowed: active, removed, broken"),
                arguments(
                        "product_group: awesome",
                        "removed_by_url: 1",
                        "15: removed_by_url: expected a text, found the number 1; put it in quotes: \"1\""),
                arguments(
                        "introduced_by_url: https://example.com/merge_requests/1",
                        "introduced_by_url: false",
                        "17: introduced_by_url: expected a text, found false; put it in quotes: \"false\""),
                arguments(
                        "- premium",
                        "- premum",
                        "20: tiers[1]: \"premum\" is not allowed; allowed: free, premium, ultimate; did you mean \"premium\"?"),
                arguments("tiers:\n- free\n- premium\n- ultimate\n", "", "1: tiers: is missing; it is required"),
                arguments(
                        "  model_engine:\n    description: The engine that answered\n",
                        "  model_engine: The engine\n",
                        "13: additional_properties.model_engine: expected a map with a description, found the text \"The engine\""),
                arguments(
                        "  model_engine:",
                        "  model-engine:",
                        "13: additional_properties.model-engine: a property name must consist of letters, digits and _"),
                arguments(
                        "additional_properties:\n",
                        "additional_properties: [a]\nextra_properties:\n",
                        "8: additional_properties: expected a map, found a list"));
    }

    @ParameterizedTest
    @MethodSource("events")
    void refuses_an_event(String right, String wrong, String message) {
        assertThat(Tree.EVENT).contains(right);
        assertThat(new Tree(root)
                        .file(EVENT, Tree.EVENT.replace(right, wrong))
                        .read()
                        .errors())
                .extracting(Problem::toString)
                .containsExactly(EVENT + ":" + message);
    }

    static Stream<Arguments> metrics() {
        String rule = "- name: request_awesome_feature\n  unique: user.id\n  filter:\n    label: complete_code\n";
        String noFilter = "- name: request_awesome_feature\n";
        String frames = "time_frame:\n- 7d\n- 28d";
        return Stream.of(
                arguments(
                        "- 28d",
                        "- none",
                        "8: time_frame: \"none\" cannot be in a list; allowed in a list: 7d, 28d, all"),
                arguments(
                        frames,
                        "time_frame: none",
                        "8: time_frame: \"none\" is not allowed with data_source: internal_events; allowed: 7d, 28d, all"),
                arguments(frames, "time_frame: []", "8: time_frame: is an empty list; allowed in a list: 7d, 28d, all"),
                arguments(
                        frames,
                        "time_frame: 30d",
                        "8: time_frame: \"30d\" is not allowed; allowed: 7d, 28d, all, none"),
                arguments(
                        frames,
                        "time_frame: all",
                        "8: time_frame: \"all\" is not allowed for unique user.id; unique users, projects and namespaces are counted with 7d and 28d"),
                arguments(
                        rule,
                        noFilter + "  operator: avg(value)\n",
                        "19: events[0].operator: unknown operator \"avg(value)\"; allowed: sum(value), total with unique"),
                arguments(
                        rule,
                        noFilter + "  unique: label\n  operator: sum(value)\n",
                        "19: events[0].unique: a rule has either unique or operator: sum(value); remove one"),
                arguments(
                        rule,
                        noFilter + "  unique: user\n",
                        "19: events[0].unique: \"user\" is not allowed; allowed: user.id, project.id, namespace.id, label, property, value"),
                arguments(
                        "    label: complete_code",
                        "    user: 12",
                        "21: events[0].filter.user: \"user\" is an identifier; only additional properties can be filtered by"),
                arguments(
                        "    label: complete_code",
                        "    user.id: 12",
                        "21: events[0].filter.user.id: \"user.id\" is an identifier; only additional properties can be filtered by"),
                arguments(
                        "    label: complete_code",
                        "    value: one",
                        "21: events[0].filter.value: expected a number, found the text \"one\""),
                arguments(
                        "    label: complete_code",
                        "    label: 1",
                        "21: events[0].filter.label: expected a text, found the number 1; put it in quotes: \"1\""),
                arguments(
                        "    label: complete_code",
                        "    model_engine: [a]",
                        "21: events[0].filter.model_engine: expected a text or a number, found a list"),
                arguments(
                        "  filter:\n    label: complete_code\n",
                        "  filter: complete_code\n",
                        "20: events[0].filter: expected a map, found the text \"complete_code\""),
                arguments(
                        rule,
                        rule + "- name: request_awesome_feature\n",
                        "17: events: mixes unique user.id and total; a metric counts in one way only: define a metric for each"),
                arguments(
                        rule,
                        rule + "- name: request_awesome_feature\n  unique: project.id\n",
                        "17: events: mixes unique user.id and unique project.id; a metric counts in one way only: define a metric for each"),
                arguments(
                        rule,
                        "- request_awesome_feature\n",
                        "18: events[0]: expected a map with a name, found the text \"request_awesome_feature\""),
                arguments(rule, "- unique: user.id\n", "18: events[0].name: is missing; it is required"),
                arguments(
                        rule,
                        noFilter + "  uniqe: user.id\n",
                        "19: events[0].uniqe: unknown key; did you mean \"unique\"?"),
                arguments(
                        "events:\n" + rule,
                        "events: []\n",
                        "17: events: is an empty list; expected at least one event"),
                arguments("events:\n" + rule, "", "1: events: is missing; it is required"),
                arguments(
                        "- name: request_awesome_feature",
                        "- name: request_awsome_feature",
                        "18: events[0].name: the event \"request_awsome_feature\" is not defined; did you mean \"request_awesome_feature\"?"),
                arguments(
                        "    label: complete_code",
                        "    labl: complete_code",
                        "21: events[0].filter.labl: the event \"request_awesome_feature\" declares no additional property \"labl\"; declared: label, value, model_engine; did you mean \"label\"?"),
                arguments(
                        rule,
                        noFilter + "  unique: property\n",
                        "19: events[0].unique: the event \"request_awesome_feature\" declares no additional property \"property\"; declared: label, value, model_engine"),
                arguments(
                        "key_path: redis_hll_counters.count",
                        "key_path: redis_hll_counters..count",
                        "1: key_path: \"redis_hll_counters..count_distinct_user_id_from_request_awesome_feature\" must consist of names joined by dots, such as counts.web_views"),
                arguments(
                        "status: active",
                        "status: activ",
                        "5: status: \"activ\" is not allowed; allowed: active, removed, broken; did you mean \"active\"?"),
                arguments("status: active\n", "", "1: status: is missing; it is required"),
                arguments(
                        "description: Count of unique users who asked the awesome feature\n",
                        "",
                        "1: description: is missing; it is required"),
                arguments("tiers:\n- free\n- premium\n- ultimate\n", "", "1: tiers: is missing; it is required"),
                arguments(
                        "value_type: number",
                        "value_type: string",
                        "4: value_type: a metric with data_source: internal_events is a number, not a string"),
                arguments(
                        "value_type: number",
                        "value_type: object",
                        "4: value_type: a metric with data_source: internal_events is a number, not an object; its rules"
                                + " have no operator: total"),
                arguments(
                        rule,
                        rule + "- name: request_awesome_feature\n  unique: label\n  operator: total\n",
                        "17: events: mixes unique user.id and total by label; a metric counts in one way only: define a metric for each"),
                arguments(
                        "value_type: number",
                        "value_type: 5",
                        "4: value_type: expected one of number, string, boolean, object, found the number 5"),
                arguments(
                        "data_source: internal_events",
                        "data_source: internal_event",
                        "11: data_source: \"internal_event\" is not allowed; allowed: internal_events, redis_hll, redis, database, system, license, prometheus; did you mean \"internal_events\"?"),
                arguments(
                        "data_category: optional",
                        "data_category: optinal",
                        "12: data_category: \"optinal\" is not allowed; allowed: optional, operational, standard, subscription; did you mean \"optional\"?"),
                arguments(
                        "data_category: optional",
                        "instrumentation_class: AMetric",
                        "12: instrumentation_class: is not allowed with data_source: internal_events, where events define how it is counted; remove it"),
                arguments("data_category: optional", "options: 3", "12: options: expected a map, found the number 3"),
                arguments(
                        "data_category: optional",
                        "performance_indicator_type: gmau",
                        "12: performance_indicator_type: expected a list, found the text \"gmau\""),
                arguments(
                        "data_category: optional",
                        "performance_indicator_type: [1]",
                        "12: performance_indicator_type[0]: expected a text, found the number 1; put it in quotes: \"1\""),
                arguments("data_category: optional", "name: {}", "12: name: expected a text, found a map"),
                arguments(
                        "data_category: optional",
                        "repair_issue_url: 1",
                        "12: repair_issue_url: expected a text, found the number 1; put it in quotes: \"1\""),
                arguments(
                        "data_category: optional",
                        "value_json_schema: [a]",
                        "12: value_json_schema: expected a text, found a list"));
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void refuses_a_metric(String right, String wrong, String message) {
        assertThat(Tree.METRIC).contains(right);
        assertThat(Tree.awesome(root)
                        .file(METRIC, Tree.METRIC.replace(right, wrong))
                        .read()
                        .errors())
                .extracting(Problem::toString)
                .containsExactly(METRIC + ":" + message);
    }

    static Stream<Arguments> refused_by_gitlab() {
        String frames = "time_frame:\n- 7d\n- 28d";
        return Stream.of(
                arguments(
                        "identifiers:",
                        "identifiers_:",
                        EVENT + ":4: identifiers_: unknown key, which is ignored; did you mean \"identifiers\"?"),
                arguments(
                        "classification: duo",
                        "zzz: awesome",
                        EVENT
                                + ":15: zzz: unknown key, which is ignored; allowed: description, internal_events, category,"
                                + " action, identifiers, additional_properties, product_group, product_categories, milestone,"
                                + " status, milestone_removed, removed_by_url, introduced_by_url, tiers, classification,"
                                + " extra_trackers, extra_properties, iglu_schema_url"),
                arguments(
                        "    description: The engine that answered\n",
                        "    descriptin: x\n    description: The engine\n",
                        EVENT
                                + ":14: additional_properties.model_engine.descriptin: unknown key, which is ignored; did you"
                                + " mean \"description\"?"),
                arguments(
                        "milestone: '18.1'\nintroduced_by_url: https://example.com/merge_requests/1\ntiers",
                        "milestone: 18.10\nintroduced_by_url:\ntiers",
                        EVENT + ":17: milestone: expected a text, found the number 18.10; put it in quotes: '18.10'"),
                arguments(
                        "classification: duo",
                        "status: active\nmilestone_removed: 18.2",
                        EVENT
                                + ":16: milestone_removed: expected a text, found the number 18.2; put it in quotes: '18.2'"),
                arguments(
                        "milestone: '18.1'\nintroduced_by_url: https://example.com/merge_requests/1\ntiers",
                        "milestone: v18\nintroduced_by_url:\ntiers",
                        EVENT
                                + ":17: milestone: \"v18\" is not a version; GitLab expects for example '18.1' or '<13.9'"),
                arguments(
                        "milestone: '18.1'\nintroduced_by_url: https://example.com/merge_requests/1\ntiers",
                        "milestone: '18.1'\nintroduced_by_url: TODO\ntiers",
                        EVENT + ":18: introduced_by_url: \"TODO\" is not a URL; GitLab expects for example"
                                + " https://example.com/1"),
                arguments(
                        "milestone: '18.1'\nintroduced_by_url: https://example.com/merge_requests/1\ntiers",
                        "milestone: '18.1'\nintroduced_by_url: not a url\ntiers",
                        EVENT + ":18: introduced_by_url: \"not a url\" is not a URL; GitLab expects for example"
                                + " https://example.com/1"),
                arguments(
                        "product_group: awesome\nmilestone: '18.1'\nintroduced_by_url: https://example.com/merge_requests/1\ntiers",
                        "tiers",
                        EVENT + ":1: missing, but required by GitLab: product_group, milestone, introduced_by_url"),
                arguments(
                        "internal_events: true",
                        "internal_events: false",
                        EVENT + ":2: internal_events: is false; GitLab allows true, or no such key"),
                arguments(
                        "product_group: awesome\nvalue_type: number",
                        "value_type: number",
                        METRIC + ":1: missing, but required by GitLab: product_group"),
                arguments(
                        "data_category: optional\n", "", METRIC + ":1: missing, but required by GitLab: data_category"),
                arguments(
                        "data_category: optional",
                        "data_category: optional\ncolour: red",
                        METRIC + ":13: colour: unknown key, which is ignored; allowed: key_path, description, name,"
                                + " product_group, product_categories, value_type, status, time_frame, data_source,"
                                + " data_category, performance_indicator_type, tiers, milestone, milestone_removed,"
                                + " introduced_by_url, removed_by_url, repair_issue_url, instrumentation_class,"
                                + " value_json_schema, events, options"),
                arguments(
                        "data_category: optional",
                        "data_category: Optional",
                        METRIC + ":12: data_category: old word \"Optional\", read as \"optional\""),
                arguments(
                        "status: active",
                        "status: broken",
                        METRIC
                                + ":5: repair_issue_url: is missing; a broken metric needs the issue where its repair is discussed"),
                arguments(
                        "status: active",
                        "status: removed",
                        METRIC + ":5: removed_by_url: is missing; a removed metric needs removed_by_url and"
                                + " milestone_removed"),
                arguments(
                        "status: active",
                        "milestone_removed: '18.2'\nstatus: removed",
                        METRIC + ":6: removed_by_url: is missing; a removed metric needs removed_by_url and"
                                + " milestone_removed"),
                arguments(
                        "status: active",
                        "removed_by_url: https://example.com/2\nstatus: removed",
                        METRIC + ":6: milestone_removed: is missing; a removed metric needs removed_by_url and"
                                + " milestone_removed"),
                arguments(
                        "data_category: optional",
                        "data_category: optional\nstage: create",
                        METRIC + ":13: old key, no longer used: stage"),
                arguments(
                        "data_category: optional",
                        "data_category: optional\nstage: create\nsection: dev",
                        METRIC + ":13: old keys, no longer used: stage, section"),
                arguments(
                        "data_source: internal_events",
                        "data_source: redis",
                        METRIC
                                + ":11: data_source: GitLab expects instrumentation_class: RedisMetric, and options, with"
                                + " data_source: redis"),
                arguments(
                        "data_source: internal_events",
                        "instrumentation_class: RedisHLLMetric\ndata_source: redis_hll",
                        METRIC + ":12: data_source: GitLab expects instrumentation_class: RedisHLLMetric or"
                                + " AggregatedMetric, and options, with data_source: redis_hll"),
                arguments(
                        "data_source: internal_events",
                        "data_source: ruby",
                        METRIC + ":11: data_source: old word \"ruby\", read as \"system\""),
                arguments(
                        frames
                                + "\ndata_source: internal_events\ndata_category: optional\ntiers:\n- free\n- premium\n- ultimate\n"
                                + "events:\n- name: request_awesome_feature\n  unique: user.id",
                        "time_frame: all\ndata_source: internal_events\ndata_category: optional\ntiers:\n- free\n"
                                + "events:\n- name: request_awesome_feature\n  unique: label",
                        METRIC + ":8: time_frame: \"all\" is not allowed for unique label in GitLab; 7d and 28d are"));
    }

    @ParameterizedTest
    @MethodSource("refused_by_gitlab")
    void what_gitlabs_ci_refuses_is_an_error_in_strict_mode_alone(String right, String wrong, String message) {
        String event = Tree.EVENT
                .replace("milestone: '18.1'", "classification: duo\nmilestone: '18.1'")
                .replace("product_group: awesome\nclassification: duo", "classification: duo\nproduct_group: awesome");
        String changed = message.startsWith(EVENT) ? event : Tree.METRIC;
        String file = message.startsWith(EVENT) ? EVENT : METRIC;
        assertThat(changed).contains(right);

        Reading reading = Tree.awesome(root)
                .file(EVENT, event)
                .file(file, changed.replace(right, wrong))
                .read();

        assertThat(reading.errors()).isEmpty();
        assertThat(reading.dictionary().events()).hasSize(1);
        assertThat(reading.dictionary().metrics()).hasSize(1);
        assertThat(reading.warnings()).extracting(Problem::toString).contains(message);
        assertThat(reading.strict().errors()).extracting(Problem::toString).containsExactly(message);
    }

    /** GitLab does not compare the two; a missing identifier shows only when the event is tracked. */
    @ParameterizedTest
    @ValueSource(strings = {"- project\n- namespace\n", "", "# none\n"})
    void warns_of_a_unique_count_of_what_the_event_does_not_declare(String identifiers) {
        Reading reading = Tree.awesome(root)
                .file(EVENT, Tree.EVENT.replace("- project\n- user\n- namespace\n", identifiers))
                .read();

        assertThat(reading.strict().errors()).isEmpty();
        assertThat(reading.warnings())
                .extracting(Problem::toString)
                .singleElement()
                .asString()
                .startsWith(
                        METRIC
                                + ":19: events[0].unique: the event \"request_awesome_feature\" declares no user; its identifiers: ");
        assertThat(reading.dictionary().metrics()).hasSize(1);
    }

    /** As in GitLab's schema, which restricts only the built-in properties. */
    @Test
    void a_custom_property_may_lack_a_body() {
        String event = Tree.EVENT.replace("    description: The engine that answered\n", "");
        Reading reading = Tree.awesome(root).file(EVENT, event).read();

        assertThat(reading.strict().errors()).isEmpty();
        assertThat(reading.warnings())
                .extracting(Problem::toString)
                .containsExactly(EVENT + ":13: additional_properties.model_engine: has no description");
        assertThat(reading.dictionary()
                        .event("request_awesome_feature")
                        .orElseThrow()
                        .additionalProperties())
                .containsEntry("model_engine", "");
        assertThat(Tree.awesome(root)
                        .file(EVENT, Tree.EVENT.replace("    description: The unit primitive that was asked for\n", ""))
                        .read()
                        .errors())
                .extracting(Problem::toString)
                .containsExactly(
                        EVENT + ":9: additional_properties.label: expected a map with a description, found nothing");
    }

    @Test
    void a_file_that_gitlab_does_not_validate_may_lack_a_description() {
        Reading reading = new Tree(root)
                .file(
                        "config/metrics/counts_28d/old.yml",
                        "key_path: a.b\ndescription:\nvalue_type: number\nstatus: active\n"
                                + "time_frame: 28d\nmilestone: 8.10\nskip_validation: true\n")
                .read();

        assertThat(reading.strict().errors()).isEmpty();
        assertThat(reading.warnings())
                .extracting(Problem::toString)
                .contains(
                        "config/metrics/counts_28d/old.yml:2: description: has no value",
                        "config/metrics/counts_28d/old.yml:1: tiers: has no value");
        assertThat(reading.dictionary().metric("a.b").orElseThrow().milestone()).contains("8.10");
    }

    @Test
    void an_unknown_key_of_a_rule_is_an_error_since_it_would_change_what_is_counted() {
        assertThat(Tree.awesome(root)
                        .file(METRIC, Tree.METRIC.replace("  filter:", "  filtr:"))
                        .read()
                        .errors())
                .extracting(Problem::toString)
                .containsExactly(METRIC + ":20: events[0].filtr: unknown key; did you mean \"filter\"?");
    }

    @Test
    void refuses_a_sum_of_an_event_without_value() {
        assertThat(Tree.awesome(root)
                        .file(
                                EVENT,
                                Tree.EVENT.replace(
                                        "  value:\n    description: Time until the first token in milliseconds\n", ""))
                        .file(METRIC, Tree.METRIC.replace("unique: user.id", "operator: sum(value)"))
                        .read()
                        .errors())
                .extracting(Problem::toString)
                .containsExactly(METRIC
                        + ":19: events[0].operator: the event \"request_awesome_feature\" declares no additional property"
                        + " \"value\"; declared: label, model_engine");
    }

    @Test
    void refuses_names_that_are_there_twice() {
        assertThat(Tree.awesome(root)
                        .file("ee/config/events/request_awesome_feature.yml", Tree.EVENT)
                        .file("ee/config/metrics/counts_7d/awesome.yml", Tree.METRIC)
                        .read()
                        .errors())
                .extracting(Problem::toString)
                .containsExactly(
                        "ee/config/events/request_awesome_feature.yml:3: action: \"request_awesome_feature\" is defined"
                                + " already in config/events/request_awesome_feature.yml:3",
                        "ee/config/metrics/counts_7d/awesome.yml:1: key_path:"
                                + " \"redis_hll_counters.count_distinct_user_id_from_request_awesome_feature_monthly\" is"
                                + " defined already in config/metrics/counts_all/awesome.yml:1",
                        "ee/config/metrics/counts_7d/awesome.yml:1: key_path:"
                                + " \"redis_hll_counters.count_distinct_user_id_from_request_awesome_feature_weekly\" is"
                                + " defined already in config/metrics/counts_all/awesome.yml:1");
    }

    @Test
    void refuses_a_key_path_below_another_metric() {
        assertThat(Tree.awesome(root)
                        .file(
                                "config/metrics/counts_7d/other.yml",
                                Tree.METRIC.replaceFirst(
                                        "key_path: .*",
                                        "key_path: redis_hll_counters.count_distinct_user_id_from_request_awesome_feature_weekly.more"))
                        .read()
                        .errors())
                .extracting(Problem::message)
                .hasSize(2)
                .allMatch(message -> message.endsWith(
                                "lies below \"redis_hll_counters.count_distinct_user_id_from_request_awesome_feature_weekly\", which"
                                        + " is a metric itself, in config/metrics/counts_all/awesome.yml:1")
                        || message.startsWith("\"redis"));
    }

    @Test
    void refuses_a_removed_event_in_an_active_metric() {
        assertThat(Tree.awesome(root)
                        .file(EVENT, Tree.EVENT + "status: removed\n")
                        .read()
                        .errors())
                .extracting(Problem::toString)
                .containsExactly(
                        METRIC
                                + ":18: events[0].name: the event \"request_awesome_feature\" is removed"
                                + " (config/events/request_awesome_feature.yml:3); remove the metric too, or count another event");
    }

    @Test
    void a_broken_event_file_is_one_error_not_one_for_each_metric() {
        assertThat(Tree.awesome(root)
                        .file(EVENT, Tree.EVENT.replace("internal_events: true", "internal_events: 3"))
                        .read()
                        .errors())
                .extracting(Problem::toString)
                .containsExactly(EVENT + ":2: internal_events: expected true or false, found the number 3");
    }

    @Test
    void warns_of_a_file_that_is_not_named_after_its_event() {
        assertThat(new Tree(root)
                        .file("config/events/feature.yml", Tree.EVENT)
                        .read()
                        .problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "config/events/feature.yml:3: action: the file of \"request_awesome_feature\" should be"
                                + " named request_awesome_feature.yml");
    }

    @Test
    void bytes_that_are_no_text_are_refused() throws Exception {
        Tree.awesome(root);
        Files.write(root.resolve("config/events/binary.yml"), new byte[] {'a', ':', ' ', (byte) 0xff, (byte) 0xfe});

        assertThat(DefinitionFiles.read(root).errors())
                .extracting(Problem::toString)
                .containsExactly("config/events/binary.yml:1: is not valid UTF-8");
    }

    @Test
    void a_folder_without_definitions_says_where_they_belong() {
        assertThat(DefinitionFiles.read(root).errors())
                .extracting(Problem::toString)
                .containsExactly(root + ": no definitions here; expected events/*.yml and metrics/**/*.yml, or the same"
                        + " below config/ and ee/config/");
    }

    @Test
    void a_folder_that_does_not_exist_or_is_a_file_says_so() throws Exception {
        Path none = root.resolve("none");
        Path file = Files.createFile(root.resolve("file"));

        assertThat(DefinitionFiles.read(none).errors())
                .extracting(Problem::toString)
                .containsExactly(none + ": does not exist; expected a folder with definitions");
        assertThat(DefinitionFiles.read(file).errors())
                .extracting(Problem::toString)
                .containsExactly(file + ": is a file; expected a folder with definitions");
    }
}
