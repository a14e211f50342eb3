package dev.internalevents.definitions.read;

import dev.internalevents.definitions.DataCategory;
import dev.internalevents.definitions.DataSource;
import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.Source;
import dev.internalevents.definitions.Status;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.TimeFrame;
import dev.internalevents.definitions.ValueType;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue.Sequence;
import dev.internalevents.definitions.yaml.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Converts the keys of a file into a {@link MetricDefinition}. */
final class MetricReader {

    /** The classes that GitLab's schema requires for these sources. */
    private static final Map<DataSource, List<String>> CLASSES = Map.of(
            DataSource.REDIS, List.of("RedisMetric"),
            DataSource.REDIS_HLL, List.of("RedisHLLMetric", "AggregatedMetric"));

    private static final Pattern KEY_PATH = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

    private final Fields fields;
    private final FileProblems problems;

    private MetricReader(Mapping map, FileProblems problems) {
        this.fields = new Fields(map, "", problems);
        this.problems = problems;
    }

    /** Returns the metric; empty if the file has an error. */
    static Optional<MetricDefinition> read(Mapping map, FileProblems problems) {
        MetricDefinition metric = new MetricReader(map, problems).metric();
        return problems.hasErrors() ? Optional.empty() : Optional.of(metric);
    }

    private MetricDefinition metric() {
        if (fields.value("skip_validation") instanceof YamlValue.Truth skip && skip.value()) {
            problems.skipsValidation();
        }
        fields.ignoreOthers(Keys.OF_METRICS, Keys.OLD_OF_METRICS);
        String keyPath = fields.requiredText(Keys.KEY_PATH);
        if (!keyPath.isBlank() && !KEY_PATH.matcher(keyPath).matches()) {
            problems.error(
                    fields.line(Keys.KEY_PATH),
                    Keys.KEY_PATH,
                    "\"" + keyPath + "\" must consist of names joined by dots, such as counts.web_views");
        }
        DataSource dataSource = dataSource();
        Status status = required(Keys.STATUS, Status.class).orElse(Status.ACTIVE);
        Set<TimeFrame> timeFrames = timeFrames();
        boolean internal = dataSource == DataSource.INTERNAL_EVENTS;
        List<SelectionRule> rules = internal ? rules(timeFrames) : redisRules(dataSource, timeFrames);
        ValueType valueType = required(Keys.VALUE_TYPE, ValueType.class).orElse(ValueType.NUMBER);
        if (internal) {
            checkInternal(timeFrames, valueType, rules);
        }
        if (!fields.has(Keys.TIERS) && !fields.has("tier")) {
            missing(Keys.TIERS);
        }
        fields.mapping(Keys.OPTIONS);
        checkForGitLab(dataSource);
        fields.text(Keys.VALUE_JSON_SCHEMA);
        checkStatus(status);
        return new MetricDefinition(
                new MetricDefinition.Key(keyPath, timeFrames, fields.value(Keys.TIME_FRAME) instanceof Sequence),
                new MetricDefinition.Label(description(), fields.text(Keys.NAME)),
                new MetricDefinition.Value(
                        valueType,
                        fields.term(Keys.DATA_CATEGORY, DataCategory.class).orElse(DataCategory.OPTIONAL),
                        fields.texts(Keys.PERFORMANCE_INDICATOR_TYPE)),
                new MetricDefinition.Computation(dataSource, fields.text(Keys.INSTRUMENTATION_CLASS), rules),
                CommonKeys.area(fields),
                CommonKeys.lifecycle(fields, status, fields.url(Keys.REPAIR_ISSUE_URL)),
                new Source(problems.file(), fields.line(Keys.KEY_PATH)));
    }

    /** The oldest files have no data source, and opt out of validation. */
    private DataSource dataSource() {
        if (!fields.has(Keys.DATA_SOURCE) && problems.isValidationSkipped()) {
            problems.warning(
                    fields.line(Keys.DATA_SOURCE),
                    Keys.DATA_SOURCE,
                    "has no value, as in the oldest files; read as \"database\"");
            return DataSource.DATABASE;
        }
        return required(Keys.DATA_SOURCE, DataSource.class).orElse(DataSource.DATABASE);
    }

    private <E extends Enum<E> & Term> Optional<E> required(String key, Class<E> type) {
        if (!fields.has(key)) {
            missing(key);
        }
        return fields.term(key, type);
    }

    /** Reports a missing key; only a warning in files that GitLab does not validate. */
    private void missing(String key) {
        if (problems.isValidationSkipped()) {
            problems.warning(fields.line(key), key, "has no value");
        } else {
            fields.missing(key);
        }
    }

    private String description() {
        if (!fields.has(Keys.DESCRIPTION)) {
            missing(Keys.DESCRIPTION);
            return "";
        }
        return fields.requiredText(Keys.DESCRIPTION);
    }

    private void checkForGitLab(DataSource dataSource) {
        fields.requiredByGitLab(List.of(Keys.PRODUCT_GROUP, Keys.MILESTONE, Keys.INTRODUCED_BY_URL, Keys.DATA_CATEGORY), List.of());
        List<String> classes = CLASSES.getOrDefault(dataSource, List.of());
        boolean right = fields.value(Keys.INSTRUMENTATION_CLASS) instanceof YamlValue.Text text
                && classes.contains(text.value())
                && fields.has(Keys.OPTIONS);
        if (!classes.isEmpty() && !right) {
            problems.refusedByGitLab(
                    fields.line(Keys.DATA_SOURCE),
                    Keys.DATA_SOURCE,
                    "GitLab expects instrumentation_class: " + String.join(" or ", classes)
                            + ", and options, with data_source: " + dataSource.term());
        }
    }

    private Set<TimeFrame> timeFrames() {
        YamlValue value = fields.value(Keys.TIME_FRAME);
        if (value instanceof Sequence sequence) {
            Set<TimeFrame> frames = new LinkedHashSet<>(fields.terms(Keys.TIME_FRAME, TimeFrame.class));
            if (frames.remove(TimeFrame.NONE)) {
                problems.error(
                        fields.line(Keys.TIME_FRAME),
                        Keys.TIME_FRAME,
                        "\"none\" cannot be in a list; allowed in a list: 7d, 28d, all");
            } else if (sequence.items().isEmpty()) {
                problems.error(
                        fields.line(Keys.TIME_FRAME), Keys.TIME_FRAME, "is an empty list; allowed in a list: 7d, 28d, all");
            }
            return frames;
        }
        if (value == null) {
            // Without a time frame there is no key path, even in files that GitLab does not validate.
            fields.missing(Keys.TIME_FRAME);
        }
        return fields.term(Keys.TIME_FRAME, TimeFrame.class).map(Set::of).orElse(Set.of());
    }

    /** Returns the rules of older metrics, which may also count events. */
    private List<SelectionRule> redisRules(DataSource dataSource, Set<TimeFrame> timeFrames) {
        boolean redis = dataSource == DataSource.REDIS || dataSource == DataSource.REDIS_HLL;
        return !redis || timeFrames.isEmpty() || timeFrames.contains(TimeFrame.NONE)
                ? List.of()
                : new RedisRules(fields, problems).read(dataSource);
    }

    private void checkInternal(Set<TimeFrame> timeFrames, ValueType valueType, List<SelectionRule> rules) {
        if (fields.has(Keys.INSTRUMENTATION_CLASS)) {
            problems.error(
                    fields.line(Keys.INSTRUMENTATION_CLASS),
                    Keys.INSTRUMENTATION_CLASS,
                    "is not allowed with data_source: internal_events, where events define how it is counted; remove it");
        }
        if (timeFrames.contains(TimeFrame.NONE)) {
            problems.error(
                    fields.line(Keys.TIME_FRAME),
                    Keys.TIME_FRAME,
                    "\"none\" is not allowed with data_source: internal_events; allowed: 7d, 28d, all");
        }
        boolean byValue = !rules.isEmpty() && rules.get(0).measure() instanceof Measure.TotalBy;
        if (byValue && valueType != ValueType.OBJECT) {
            problems.warning(
                    fields.line(Keys.VALUE_TYPE),
                    Keys.VALUE_TYPE,
                    "the value is an object with the total of each unique value, not a " + valueType.term()
                            + "; write value_type: object");
        } else if (!byValue && valueType != ValueType.NUMBER) {
            problems.error(
                    fields.line(Keys.VALUE_TYPE),
                    Keys.VALUE_TYPE,
                    "a metric with data_source: internal_events is a number, not "
                            + (valueType == ValueType.OBJECT
                                    ? "an object; its rules have no operator: " + Measure.TOTAL_OPERATOR
                                    : "a " + valueType.term()));
        }
    }

    private void checkStatus(Status status) {
        if (status == Status.BROKEN && !fields.has(Keys.REPAIR_ISSUE_URL)) {
            problems.refusedByGitLab(
                    fields.line(Keys.STATUS),
                    Keys.REPAIR_ISSUE_URL,
                    "is missing; a broken metric needs the issue where its repair is discussed");
        }
        if (status == Status.REMOVED && !(fields.has(Keys.REMOVED_BY_URL) && fields.has(Keys.MILESTONE_REMOVED))) {
            problems.refusedByGitLab(
                    fields.line(Keys.STATUS),
                    fields.has(Keys.REMOVED_BY_URL) ? Keys.MILESTONE_REMOVED : Keys.REMOVED_BY_URL,
                    "is missing; a removed metric needs removed_by_url and milestone_removed");
        }
    }

    private List<SelectionRule> rules(Set<TimeFrame> timeFrames) {
        if (!fields.has(Keys.EVENTS)) {
            fields.missing(Keys.EVENTS);
            return List.of();
        }
        List<SelectionRule> rules = new ArrayList<>();
        fields.items(Keys.EVENTS).forEach((key, item) -> {
            if (item instanceof Mapping map) {
                RuleReader.read(map, key, problems).ifPresent(rules::add);
            } else {
                fields.expected("a map with a name", item, key);
            }
        });
        if (fields.value(Keys.EVENTS) instanceof Sequence list && list.items().isEmpty()) {
            problems.error(fields.line(Keys.EVENTS), Keys.EVENTS, "is an empty list; expected at least one event");
        }
        checkMeasures(rules, timeFrames);
        return rules;
    }

    /**
     * Checks that all rules of a metric use the same measure: their results are summed, merged, or listed side by side.
     */
    private void checkMeasures(List<SelectionRule> rules, Set<TimeFrame> timeFrames) {
        List<String> measures =
                rules.stream().map(rule -> rule.measure().describe()).distinct().toList();
        boolean byValue = rules.stream().allMatch(rule -> rule.measure() instanceof Measure.TotalBy);
        if (measures.size() > 1 && !byValue) {
            problems.error(
                    fields.line(Keys.EVENTS),
                    Keys.EVENTS,
                    "mixes " + String.join(" and ", measures)
                            + "; a metric counts in one way only: define a metric for each");
        }
        if (timeFrames.contains(TimeFrame.ALL)) {
            rules.stream()
                    .map(SelectionRule::measure)
                    .filter(Measure.Unique.class::isInstance)
                    .map(Measure.Unique.class::cast)
                    .findFirst()
                    .ifPresent(this::refuseAllTime);
            rules.stream()
                    .map(SelectionRule::measure)
                    .filter(Measure.TotalBy.class::isInstance)
                    .findFirst()
                    .ifPresent(this::allTimeRefusedByGitLab);
        }
    }

    private void refuseAllTime(Measure.Unique unique) {
        if (unique.by().identifier().isPresent()) {
            problems.error(
                    fields.line(Keys.TIME_FRAME),
                    Keys.TIME_FRAME,
                    "\"all\" is not allowed for " + unique.describe()
                            + "; unique users, projects and namespaces are counted with 7d and 28d");
        } else {
            allTimeRefusedByGitLab(unique);
        }
    }

    private void allTimeRefusedByGitLab(Measure measure) {
        problems.refusedByGitLab(
                fields.line(Keys.TIME_FRAME),
                Keys.TIME_FRAME,
                "\"all\" is not allowed for " + measure.describe() + " in GitLab; 7d and 28d are");
    }
}
