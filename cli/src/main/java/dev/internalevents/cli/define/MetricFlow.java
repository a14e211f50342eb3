package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.NearestName;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.TimeFrame;
import dev.internalevents.definitions.UniqueBy;
import dev.internalevents.generator.NewMetric;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The questions about a new metric, each of which an option can answer. */
final class MetricFlow {

    @Option(
            names = "--events",
            paramLabel = "NAMES",
            split = ",",
            description = "Actions of the events that are counted.")
    private List<String> events = new ArrayList<>();

    @Option(
            names = "--measure",
            paramLabel = "WHAT",
            description = "total, sum, or unique by user.id, project.id, namespace.id, label, property, value.")
    private @Nullable String measure;

    @Option(
            names = "--filter",
            paramLabel = "NAME=VALUE",
            description = "Counts events with exactly this value. Can be repeated.")
    private Map<String, String> filter = new LinkedHashMap<>();

    @Option(
            names = "--time-frame",
            paramLabel = "FRAMES",
            split = ",",
            description = "Any of 7d, 28d, all; several give a value for each.")
    private List<String> timeFrames = new ArrayList<>();

    @Option(
            names = "--metric-description",
            paramLabel = "TEXT",
            description = "What is counted, after the beginning that is given: who asked the awesome feature.")
    private @Nullable String description;

    /** Asks, shows and writes. */
    void run(Questions questions, CommonAnswers common, Definitions definitions, @Nullable EventDefinition about)
            throws IOException {
        check(new Mistakes(questions), common, definitions, about);
        List<EventDefinition> counted = events(questions, definitions, about);
        Measure how = measure(questions, counted);
        Map<String, Object> only = filter(questions, counted);
        List<TimeFrame> frames = timeFrames(questions, how);
        String text = description(questions, how);
        NewMetric metric = new NewMetric(
                counted.stream().map(EventDefinition::action).toList(),
                how,
                only,
                text,
                frames,
                common.group(questions, definitions),
                common.milestone(questions),
                common.url(questions),
                common.tiers(questions));
        Writing.show(
                questions, definitions, definitions.path(metric.file(), metric.tiers()), metric.yaml(), common.yes);
    }

    /** The events come first: the measure and the filter depend on them. */
    private void check(
            Mistakes mistakes, CommonAnswers common, Definitions definitions, @Nullable EventDefinition about) {
        events.forEach(name -> mistakes.check(questions -> event(name, definitions)));
        List<EventDefinition> counted = mistakes.check(questions -> events(questions, definitions, about));
        if (counted != null) {
            mistakes.check(questions -> measure(questions, counted));
        }
        filter.forEach((name, text) -> mistakes.check(questions -> value(name, text)));
        timeFrames.forEach(name -> mistakes.check(questions -> timeFrame(name)));
        mistakes.check(questions -> timeFrames(questions, new Measure.Total()));
        mistakes.check(questions -> description(questions, new Measure.Total()));
        common.check(mistakes, definitions);
        mistakes.throwIfAny();
    }

    private String description(Questions questions, Measure how) {
        return EventFlow.answer(
                description,
                "--metric-description",
                "What it counts: " + NewMetric.beginning(how) + "…",
                CommonAnswers::present,
                questions);
    }

    /** One event, for its usage. */
    EventDefinition chooseOne(Questions questions, Definitions definitions) {
        if (!events.isEmpty()) {
            return events(questions, definitions, null).get(0);
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
            Questions questions, Definitions definitions, @Nullable EventDefinition about) {
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
        List<Choice<Measure>> choices = new ArrayList<>();
        choices.add(new Choice<>("total: how many", new Measure.Total()));
        for (UniqueBy by : UniqueBy.values()) {
            if (counted.stream().allMatch(event -> carries(event, by))) {
                choices.add(new Choice<>("unique " + by.term() + ": how many different ones", new Measure.Unique(by)));
            }
        }
        if (counted.stream().allMatch(event -> event.additionalProperties().containsKey("value"))) {
            choices.add(new Choice<>("sum: the sum of value", new Measure.Sum()));
        }
        if (measure == null) {
            return questions.choose("--measure", "How it counts", choices);
        }
        return choices.stream()
                .filter(choice -> choice.label().startsWith(measure + ":")
                        || choice.label().startsWith("unique " + measure + ":"))
                .map(Choice::value)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--measure: \"" + measure
                        + "\" is not possible; possible: "
                        + choices.stream()
                                .map(choice ->
                                        choice.label().replaceFirst(":.*", "").replaceFirst("^unique ", ""))
                                .collect(Collectors.joining(", "))));
    }

    private static boolean carries(EventDefinition event, UniqueBy by) {
        Optional<Identifier> identifier = by.identifier();
        return identifier.isPresent()
                ? event.identifiers().contains(identifier.get())
                : event.additionalProperties().containsKey(by.term());
    }

    private Map<String, Object> filter(Questions questions, List<EventDefinition> counted) {
        Map<String, Object> values = new LinkedHashMap<>();
        filter.forEach((name, text) -> values.put(name, value(name, text)));
        List<String> common = counted.get(0).additionalProperties().keySet().stream()
                .filter(name -> counted.stream()
                        .allMatch(event -> event.additionalProperties().containsKey(name)))
                .toList();
        while (filter.isEmpty() && questions.canAsk() && values.size() < common.size()) {
            List<Choice<String>> choices = new ArrayList<>();
            choices.add(new Choice<>(values.isEmpty() ? "every event" : "nothing more", ""));
            common.stream()
                    .filter(name -> !values.containsKey(name))
                    .forEach(name -> choices.add(new Choice<>("only those with a certain " + name, name)));
            String chosen = questions.choose("--filter", "Which of them it counts", choices);
            if (chosen.isEmpty()) {
                break;
            }
            String text = questions.text("--filter", "The value of " + chosen, answer -> valueProblem(chosen, answer));
            values.put(chosen, value(chosen, text));
        }
        return values;
    }

    private static Optional<String> valueProblem(String name, String text) {
        return name.equals("value") && !text.matches("-?[0-9]+(\\.[0-9]+)?")
                ? Optional.of("\"" + text + "\" is no number")
                : CommonAnswers.present(text);
    }

    private static Object value(String name, String text) {
        String right = CommonAnswers.checked("--filter", text, answer -> valueProblem(name, answer));
        return name.equals("value") ? (Object) new BigDecimal(right) : right;
    }

    private List<TimeFrame> timeFrames(Questions questions, Measure how) {
        if (!timeFrames.isEmpty()) {
            return timeFrames.stream().map(MetricFlow::timeFrame).toList();
        }
        boolean all = !(how instanceof Measure.Unique unique)
                || unique.by().identifier().isEmpty();
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
        return questions.choose("--time-frame", "For which time", choices);
    }

    private static TimeFrame timeFrame(String name) {
        return Term.find(TimeFrame.class, name)
                .filter(frame -> frame != TimeFrame.NONE)
                .orElseThrow(() -> CommonAnswers.notAllowed("--time-frame", name, List.of("7d", "28d", "all")));
    }
}
