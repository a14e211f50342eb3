package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.TimeFrame;
import dev.internalevents.definitions.check.NearestName;
import dev.internalevents.definitions.write.CountedEvents;
import dev.internalevents.definitions.write.CountedEvents.Counted;
import dev.internalevents.definitions.write.NewDatabaseMetric;
import dev.internalevents.definitions.write.NewMetric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Asks the questions about a new metric, each of which can be answered by an option. */
final class MetricFlow {

    @Option(names = "--events", paramLabel = "NAMES", split = ",", description = "Actions of the events to count.")
    private List<String> events = new ArrayList<>();

    @Option(
            names = "--measure",
            paramLabel = "WHAT",
            description = "total, sum, or unique by user.id, project.id, namespace.id, label, property, value.")
    private @Nullable String measure;

    @Option(
            names = "--filter",
            paramLabel = "[EVENT:]NAME=VALUES",
            description = {
                "Count only events with exactly this value, or one of several, separated by commas. Can be repeated;",
                "all must match. Numbers in double quotes are text. EVENT: filters one of several events."
            })
    private List<String> filter = new ArrayList<>();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = {
                "Replaces the events in the metric's name: count_total_NAME. For a database metric, its key path."
            })
    private @Nullable String name;

    @Option(
            names = "--instrumentation-class",
            paramLabel = "CLASS",
            description = "For a database metric, which counts no events: the class that computes it.")
    private @Nullable String instrumentationClass;

    @Option(
            names = "--time-frame",
            paramLabel = "FRAMES",
            split = ",",
            description = "Any of 7d, 28d, all, separated by commas; the metric has one value for each.")
    private List<String> timeFrames = new ArrayList<>();

    @Option(
            names = "--metric-description",
            paramLabel = "TEXT",
            description = "What is counted; continues the generated beginning, such as: who used the awesome feature.")
    private @Nullable String description;

    /** Asks the questions, and shows and writes the file. */
    void run(Questions questions, CommonAnswers common, Definitions definitions, @Nullable EventDefinition about)
            throws IOException {
        check(new Mistakes(questions), common, definitions, about);
        Kind kind = kind(questions, about);
        if (kind == Kind.DATABASE) {
            database(questions, common, definitions);
            return;
        }
        List<EventDefinition> counted = events(questions, definitions, about, kind == Kind.SEVERAL);
        Measure how = measure(questions, counted);
        List<Counted> only =
                filter.isEmpty() && questions.canAsk() ? Filters.ask(questions, counted) : Filters.of(filter, counted);
        List<TimeFrame> frames = timeFrames(questions, how);
        CountedEvents what = new CountedEvents(only, how, frames);
        String text = description(questions, what.beginning());
        NewMetric metric = new NewMetric(
                what,
                MetricName.of(name, what, questions, definitions),
                text,
                common.introduction(questions, definitions));
        Writing.show(
                questions, definitions, definitions.path(metric.file(), metric.tiers()), metric.yaml(), common.yes);
    }

    private void database(Questions questions, CommonAnswers common, Definitions definitions) throws IOException {
        NewDatabaseMetric metric = new NewDatabaseMetric(
                keyPath(questions, definitions),
                instrumentationClass(questions),
                description(questions, ""),
                timeFrames(questions, new Measure.Total()),
                common.introduction(questions, definitions));
        Writing.show(
                questions, definitions, definitions.path(metric.file(), metric.tiers()), metric.yaml(), common.yes);
    }

    /** What a metric counts. */
    private enum Kind {
        ONE,
        SEVERAL,
        DATABASE
    }

    private Kind kind(Questions questions, @Nullable EventDefinition about) {
        if (instrumentationClass != null) {
            return Kind.DATABASE;
        } else if (about != null || !events.isEmpty() || !questions.canAsk()) {
            return Kind.SEVERAL;
        }
        return questions.choose(
                "--events or --instrumentation-class",
                "What it counts",
                List.of(
                        new Choice<>("a single event", Kind.ONE),
                        new Choice<>("several events, added together", Kind.SEVERAL),
                        new Choice<>("the database: rows, or the value of a field", Kind.DATABASE)));
    }

    private String keyPath(Questions questions, Definitions definitions) {
        Questions.Check check = text -> !text.matches("[a-z0-9_]+(\\.[a-z0-9_]+)*")
                ? Optional.of("\"" + text + "\" must consist of a-z, 0-9 and _, in parts joined by dots")
                : definitions
                        .dictionary()
                        .metric(text)
                        .map(metric -> "\"" + text + "\" is defined already in " + metric.source());
        return CommonAnswers.answer(name, "--name", "The metric's key path, such as issues_count", check, questions);
    }

    private String instrumentationClass(Questions questions) {
        return CommonAnswers.answer(
                instrumentationClass,
                "--instrumentation-class",
                "The class that computes it, such as CountIssuesMetric",
                text -> text.matches("[A-Za-z]+(::[A-Za-z]+)*")
                        ? Optional.empty()
                        : Optional.of(
                                "\"" + text + "\" is not a class name; expected letters, such as CountIssuesMetric"),
                questions);
    }

    /** Checks the events first, because the measure and the filter depend on them. */
    private void check(
            Mistakes mistakes, CommonAnswers common, Definitions definitions, @Nullable EventDefinition about) {
        if (instrumentationClass != null) {
            mistakes.check(this::instrumentationClass);
            mistakes.check(questions -> keyPath(questions, definitions));
            mistakes.check(questions -> ofEventsAlone());
        } else {
            events.forEach(action -> mistakes.check(questions -> event(action, definitions)));
            List<EventDefinition> counted = mistakes.check(questions -> events(questions, definitions, about, true));
            if (counted != null) {
                mistakes.check(questions -> measure(questions, counted));
                mistakes.check(questions -> Filters.of(filter, counted));
            } else {
                filter.forEach(option -> mistakes.check(questions -> Filters.parse(option)));
            }
            mistakes.check(questions -> MetricName.checked(name));
        }
        timeFrames.forEach(frame -> mistakes.check(questions -> timeFrame(frame)));
        mistakes.check(questions -> timeFrames(questions, new Measure.Total()));
        mistakes.check(questions -> description(questions, ""));
        common.check(mistakes, definitions);
        mistakes.throwIfAny();
    }

    private boolean ofEventsAlone() {
        if (!events.isEmpty() || measure != null || !filter.isEmpty()) {
            throw new IllegalArgumentException("--instrumentation-class: a database metric counts no events;"
                    + " leave out --events, --measure and --filter");
        }
        return true;
    }

    private String description(Questions questions, String beginning) {
        return CommonAnswers.answer(
                description,
                "--metric-description",
                beginning.isEmpty() ? "What it counts" : "What it counts: " + beginning + "…",
                CommonAnswers::present,
                questions);
    }

    /** Returns the event of which to show the usage. */
    EventDefinition chooseOne(Questions questions, Definitions definitions) {
        if (!events.isEmpty()) {
            return events(questions, definitions, null, false).get(0);
        }
        List<Choice<EventDefinition>> choices = definitions.dictionary().events().stream()
                .filter(event -> !event.removed())
                .map(event -> new Choice<>(event.action() + "  " + event.description(), event))
                .toList();
        if (choices.isEmpty()) {
            throw new IllegalArgumentException("no event is defined; define one first: internal-events define event");
        }
        return questions.choose("--events", "Which event", choices);
    }

    private List<EventDefinition> events(
            Questions questions, Definitions definitions, @Nullable EventDefinition about, boolean several) {
        if (about != null) {
            return List.of(about);
        }
        if (!events.isEmpty()) {
            return events.stream().map(name -> event(name, definitions)).toList();
        }
        List<EventDefinition> chosen = new ArrayList<>();
        while (true) {
            List<Choice<Optional<EventDefinition>>> choices = new ArrayList<>();
            if (!chosen.isEmpty()) {
                choices.add(new Choice<>("no more", Optional.empty()));
            }
            definitions.dictionary().events().stream()
                    .filter(event -> event.internal() && !event.removed() && !chosen.contains(event))
                    .forEach(event ->
                            choices.add(new Choice<>(event.action() + "  " + event.description(), Optional.of(event))));
            if (choices.isEmpty()) {
                throw new IllegalArgumentException(
                        "no event is defined; define one first: internal-events define event");
            }
            Optional<EventDefinition> next = choices.size() == 1 && !chosen.isEmpty()
                    ? Optional.empty()
                    : questions.choose("--events", "Which event it counts", choices);
            if (next.isEmpty()) {
                return chosen;
            }
            chosen.add(next.get());
            if (!several) {
                return chosen;
            }
        }
    }

    private static EventDefinition event(String name, Definitions definitions) {
        return definitions
                .dictionary()
                .event(name)
                .orElseThrow(() -> new IllegalArgumentException("--events: the event \"" + name + "\" is not defined"
                        + NearestName.hint(
                                name,
                                definitions.dictionary().events().stream()
                                        .map(EventDefinition::action)
                                        .toList())));
    }

    private Measure measure(Questions questions, List<EventDefinition> counted) {
        PossibleMeasures possible = PossibleMeasures.of(counted);
        return measure == null
                ? questions.choose("--measure", "How it counts", possible.choices())
                : possible.named(measure);
    }

    private List<TimeFrame> timeFrames(Questions questions, Measure how) {
        if (!timeFrames.isEmpty()) {
            return timeFrames.stream().map(MetricFlow::timeFrame).toList();
        }
        // GitLab does not count unique values over all time.
        boolean all = !(how instanceof Measure.Unique);
        List<Choice<List<TimeFrame>>> choices = new ArrayList<>();
        choices.add(new Choice<>("monthly and weekly", List.of(TimeFrame.TWENTY_EIGHT_DAYS, TimeFrame.SEVEN_DAYS)));
        if (all) {
            choices.add(new Choice<>(
                    "monthly, weekly and all time",
                    List.of(TimeFrame.TWENTY_EIGHT_DAYS, TimeFrame.SEVEN_DAYS, TimeFrame.ALL)));
            choices.add(new Choice<>("all time", List.of(TimeFrame.ALL)));
        }
        choices.add(new Choice<>("monthly", List.of(TimeFrame.TWENTY_EIGHT_DAYS)));
        choices.add(new Choice<>("weekly", List.of(TimeFrame.SEVEN_DAYS)));
        return questions.choose("--time-frame", "Which time frames", choices);
    }

    private static TimeFrame timeFrame(String name) {
        return Term.find(TimeFrame.class, name)
                .filter(frame -> frame != TimeFrame.NONE)
                .orElseThrow(() -> CommonAnswers.notAllowed("--time-frame", name, List.of("7d", "28d", "all")));
    }
}
