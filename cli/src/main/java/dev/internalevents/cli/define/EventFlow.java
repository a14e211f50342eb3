package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.write.NewEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Asks the questions about a new event, each of which can be answered by an option. */
final class EventFlow {

    private static final String NONE = "none";

    @Option(names = "--description", paramLabel = "TEXT", description = "What happened, in a sentence.")
    private @Nullable String description;

    @Option(names = "--action", paramLabel = "NAME", description = "The name that the code tracks: a-z, 0-9, _.")
    private @Nullable String action;

    @Option(
            names = "--identifiers",
            paramLabel = "NAMES",
            split = ",",
            description = "Any of project, user, namespace, feature_enabled_by_namespace_ids; or none.")
    private List<String> identifiers = new ArrayList<>();

    @Option(
            names = "--property",
            paramLabel = "NAME=TEXT",
            description = "An additional property and its description. Can be repeated.")
    private List<String> properties = new ArrayList<>();

    @Option(
            names = "--classification",
            paramLabel = "WORD",
            description = "duo for events about AI features; default: none.")
    private @Nullable String classification;

    /** Asks the questions, shows and writes the file, and returns the event as read from it. */
    EventDefinition run(Questions questions, CommonAnswers common, Definitions definitions) throws IOException {
        check(new Mistakes(questions), common, definitions);
        NewEvent event = new NewEvent(
                action(questions, definitions),
                description(questions),
                identifiers(questions),
                properties(questions),
                classification(),
                common.introduction(questions, definitions));
        Writing.show(questions, definitions, definitions.path(event.file(), event.tiers()), event.yaml(), common.yes);
        return definitions.dictionary().event(event.action()).orElseThrow();
    }

    private void check(Mistakes mistakes, CommonAnswers common, Definitions definitions) {
        mistakes.check(questions -> action(questions, definitions));
        mistakes.check(this::description);
        if (!identifiers.equals(List.of(NONE))) {
            identifiers.forEach(name -> mistakes.check(questions -> identifier(name)));
        }
        mistakes.check(this::identifiers);
        mistakes.check(questions -> givenProperties());
        mistakes.check(questions -> classification());
        common.check(mistakes, definitions);
        mistakes.throwIfAny();
    }

    private String action(Questions questions, Definitions definitions) {
        return CommonAnswers.answer(
                action,
                "--action",
                "What the event is called, such as request_awesome_feature",
                text -> actionProblem(text, definitions),
                questions);
    }

    private String description(Questions questions) {
        return CommonAnswers.answer(
                description, "--description", "What happened, in a sentence", CommonAnswers::present, questions);
    }

    private static Optional<String> actionProblem(String text, Definitions definitions) {
        if (!text.matches("[a-z0-9_]+")) {
            String right = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
            return Optional.of("\"" + text + "\" must consist of a-z, 0-9 and _"
                    + (right.matches("_*") ? "" : "; did you mean \"" + right + "\"?"));
        }
        return definitions
                .dictionary()
                .event(text)
                .map(event -> "\"" + text + "\" is defined already in " + event.source());
    }

    private List<Identifier> identifiers(Questions questions) {
        if (!identifiers.isEmpty()) {
            return identifiers.equals(List.of(NONE))
                    ? List.of()
                    : identifiers.stream().map(EventFlow::identifier).toList();
        }
        List<List<Identifier>> all = List.of(
                List.of(Identifier.PROJECT, Identifier.NAMESPACE, Identifier.USER),
                List.of(Identifier.PROJECT, Identifier.USER),
                List.of(Identifier.NAMESPACE, Identifier.USER),
                List.of(Identifier.USER),
                List.of(Identifier.PROJECT, Identifier.NAMESPACE),
                List.of(Identifier.PROJECT),
                List.of(Identifier.NAMESPACE),
                List.of(Identifier.FEATURE_ENABLED_BY_NAMESPACE_IDS, Identifier.USER),
                List.of(Identifier.FEATURE_ENABLED_BY_NAMESPACE_IDS),
                List.of());
        return questions.choose(
                "--identifiers",
                "Which identifiers it has",
                all.stream().map(some -> new Choice<>(names(some), some)).toList());
    }

    private static String names(List<Identifier> some) {
        return some.isEmpty() ? NONE : some.stream().map(Term::term).collect(Collectors.joining(", "));
    }

    private static Identifier identifier(String name) {
        if (name.equals(NONE)) {
            throw new IllegalArgumentException("--identifiers: \"none\" cannot be combined with other identifiers");
        }
        List<String> allowed = new ArrayList<>(Term.all(Identifier.class));
        allowed.add(NONE);
        return Term.find(Identifier.class, name)
                .orElseThrow(() -> CommonAnswers.notAllowed("--identifiers", name, allowed));
    }

    private Map<String, String> properties(Questions questions) {
        Map<String, String> all = givenProperties();
        if (!all.isEmpty() || !questions.canAsk()) {
            return all;
        }
        while (true) {
            List<Choice<String>> choices = new ArrayList<>();
            choices.add(new Choice<>(all.isEmpty() ? "none" : "no more", ""));
            for (String builtIn : List.of("label", "property", "value")) {
                if (!all.containsKey(builtIn)) {
                    choices.add(new Choice<>(builtIn + (builtIn.equals("value") ? " (a number)" : " (text)"), builtIn));
                }
            }
            choices.add(new Choice<>("another one, text or a number", "*"));
            String chosen = questions.choose("--property", "An additional property", choices);
            if (chosen.isEmpty()) {
                return all;
            }
            String name = chosen.equals("*")
                    ? questions.text(
                            "--property",
                            "The property's name",
                            text -> all.containsKey(text)
                                    ? Optional.of("\"" + text + "\" already exists")
                                    : propertyProblem(text))
                    : chosen;
            all.put(name, questions.text("--property", "What \"" + name + "\" is", CommonAnswers::present));
        }
    }

    private Map<String, String> givenProperties() {
        Map<String, String> all = new LinkedHashMap<>();
        for (String property : properties) {
            int equals = property.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "--property: \"" + property + "\" is not NAME=TEXT, such as label=\"Which door\"");
            }
            String name = propertyName(property.substring(0, equals));
            if (all.put(name, propertyText(property.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("--property: \"" + name + "\" is given twice");
            }
        }
        return all;
    }

    private Optional<String> classification() {
        if (classification != null && !classification.equals("duo")) {
            throw CommonAnswers.notAllowed("--classification", classification, List.of("duo"));
        }
        return Optional.ofNullable(classification);
    }

    private static String propertyName(String name) {
        return CommonAnswers.checked("--property", name, EventFlow::propertyProblem);
    }

    private static String propertyText(String text) {
        return CommonAnswers.checked("--property", text, CommonAnswers::present);
    }

    private static Optional<String> propertyProblem(String name) {
        return name.matches("[A-Za-z0-9_]+")
                ? Optional.empty()
                : Optional.of("\"" + name + "\" must consist of letters, digits and _");
    }
}
