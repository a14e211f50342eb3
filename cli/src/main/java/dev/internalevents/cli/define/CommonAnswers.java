package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.Tier;
import dev.internalevents.definitions.check.NearestName;
import dev.internalevents.definitions.write.Introduction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The questions and options that events and metrics share. */
final class CommonAnswers {

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description = "Folder with events and metrics, or with config/events and config/metrics; default: here.")
    Path root = Path.of(".");

    @Option(names = "--group", paramLabel = "NAME", description = "The product group that owns it.")
    private @Nullable String group;

    @Option(
            names = "--categories",
            paramLabel = "NAMES",
            split = ",",
            description = "Product categories, separated by commas.")
    private List<String> categories = new ArrayList<>();

    @Option(
            names = "--milestone",
            paramLabel = "VERSION",
            description = "The version that introduces it, such as 18.1.")
    private @Nullable String milestone;

    @Option(names = "--url", paramLabel = "URL", description = "URL of the change that introduces it; default: TODO.")
    private @Nullable String url;

    @Option(
            names = "--tiers",
            paramLabel = "TIERS",
            split = ",",
            description = "Any of free, premium, ultimate, separated by commas.")
    private List<String> tiers = new ArrayList<>();

    @Option(names = "--yes", description = "Write the file without asking.")
    boolean yes;

    /** Collects the mistakes in the options that events and metrics share. */
    void check(Mistakes mistakes, Definitions definitions) {
        mistakes.check(questions -> group(questions, definitions));
        mistakes.check(questions -> categories(questions, definitions));
        mistakes.check(this::milestone);
        mistakes.check(this::url);
        tiers.forEach(name -> mistakes.check(questions -> tier(name)));
        mistakes.check(this::tiers);
    }

    /** Asks who introduces the definition, when, and for whom. */
    Introduction introduction(Questions questions, Definitions definitions) {
        return new Introduction(
                group(questions, definitions),
                categories(questions, definitions),
                milestone(questions),
                url(questions),
                tiers(questions));
    }

    private String group(Questions questions, Definitions definitions) {
        if (group != null) {
            return checked("--group", group, CommonAnswers::present);
        }
        List<Choice<String>> known = new ArrayList<>(definitions.dictionary().productGroups().stream()
                .map(name -> new Choice<>(name, name))
                .toList());
        if (known.isEmpty()) {
            return questions.text("--group", "Which group owns it", CommonAnswers::present);
        }
        known.add(new Choice<>("another group", ""));
        String chosen = questions.choose("--group", "Which group owns it", known);
        return chosen.isEmpty() ? questions.text("--group", "The group's name", CommonAnswers::present) : chosen;
    }

    /** Returns any number of categories; none if there is no option and no terminal to ask on. */
    private List<String> categories(Questions questions, Definitions definitions) {
        categories.forEach(name -> checked("--categories", name, CommonAnswers::present));
        if (!categories.isEmpty() || !questions.canAsk()) {
            return List.copyOf(categories);
        }
        List<String> chosen = new ArrayList<>();
        while (true) {
            List<Choice<String>> choices = new ArrayList<>();
            choices.add(new Choice<>(chosen.isEmpty() ? "none" : "no more", ""));
            definitions.categories().stream()
                    .filter(name -> !chosen.contains(name))
                    .forEach(name -> choices.add(new Choice<>(name, name)));
            choices.add(new Choice<>("another category", "*"));
            String next = questions.choose("--categories", "A product category", choices);
            if (next.isEmpty()) {
                return chosen;
            }
            chosen.add(
                    next.equals("*")
                            ? questions.text("--categories", "The category's name", CommonAnswers::present)
                            : next);
        }
    }

    private String milestone(Questions questions) {
        Questions.Check check = text -> text.matches("[0-9]+\\.[0-9]+")
                ? Optional.empty()
                : Optional.of("\"" + text + "\" is not a version; expected for example 18.1");
        return milestone == null
                ? questions.text("--milestone", "Which version introduces it, such as 18.1", check)
                : checked("--milestone", milestone, check);
    }

    private Optional<String> url(Questions questions) {
        Questions.Check check = text -> text.isEmpty() || text.matches("https?://[^\\s]+")
                ? Optional.empty()
                : Optional.of("\"" + text + "\" is not a URL; expected https://… or nothing");
        if (url != null) {
            return Optional.of(checked("--url", url, check));
        }
        // A script without --url gets TODO
        String answer = questions.canAsk()
                ? questions.text("--url", "Which change introduces it (its URL; Enter for later)", check)
                : "";
        return answer.isEmpty() ? Optional.empty() : Optional.of(answer);
    }

    private List<Tier> tiers(Questions questions) {
        if (!tiers.isEmpty()) {
            return tiers.stream().map(CommonAnswers::tier).toList();
        }
        List<List<Tier>> all = List.of(
                List.of(Tier.FREE, Tier.PREMIUM, Tier.ULTIMATE),
                List.of(Tier.PREMIUM, Tier.ULTIMATE),
                List.of(Tier.ULTIMATE));
        return questions.choose(
                "--tiers",
                "In which tiers it is available",
                all.stream()
                        .map(some ->
                                new Choice<>(some.stream().map(Term::term).collect(Collectors.joining(", ")), some))
                        .toList());
    }

    private static Tier tier(String name) {
        return Term.find(Tier.class, name).orElseThrow(() -> notAllowed("--tiers", name, Term.all(Tier.class)));
    }

    static IllegalArgumentException notAllowed(String option, String name, List<String> allowed) {
        return new IllegalArgumentException(option + ": \"" + name + "\" is not allowed; allowed: "
                + String.join(", ", allowed) + NearestName.hint(name, allowed));
    }

    static Optional<String> present(String text) {
        return text.isBlank() ? Optional.of("an answer is needed") : Optional.empty();
    }

    /** Returns the answer that was given as an option, or asks for it. */
    static String answer(
            @Nullable String given, String option, String question, Questions.Check check, Questions questions) {
        return given == null ? questions.text(option, question, check) : checked(option, given, check);
    }

    /** Returns an answer that was given as an option; throws {@link IllegalArgumentException} if it is wrong. */
    static String checked(String option, String answer, Questions.Check check) {
        Optional<String> wrong = check.apply(answer);
        if (wrong.isPresent()) {
            throw new IllegalArgumentException(option + ": " + wrong.get());
        }
        return answer;
    }
}
