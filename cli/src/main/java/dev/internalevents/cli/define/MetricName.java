package dev.internalevents.cli.define;

import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.TimeFrame;
import dev.internalevents.generator.NewMetric;
import dev.internalevents.generator.NewMetric.Counted;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Determines the name that replaces the events' own names in the name of a new metric. */
final class MetricName {

    private static final String OPTION = "--name";

    private MetricName() {}

    /**
     * Returns the given name. Without one, asks for a name if events are filtered or if their own names are too long or already used;
     * in a script, uses the names of filtered events and the filter values. Empty if the events' own names are used.
     *
     * @throws IllegalArgumentException if the given name is wrong, or if no name is given in a script and the file name would be too
     *     long
     */
    static Optional<String> of(@Nullable String given, NewMetric metric, Questions questions, Definitions definitions) {
        if (given != null) {
            CommonAnswers.checked(OPTION, given, text -> problem(text, metric, definitions));
            return Optional.of(given);
        }
        boolean fits = length(metric, metric.actions()) <= NewMetric.MAX_FILE_NAME;
        if (questions.canAsk()) {
            return fits
                            && !metric.isFiltered()
                            && taken(metric, metric.actions(), definitions).isEmpty()
                    ? Optional.empty()
                    : Optional.of(questions.text(
                            OPTION,
                            "A name for what is counted: " + metric.beforeName() + "…" + metric.afterName(),
                            text -> problem(text, metric, definitions)));
        }
        String name = metric.isFiltered() ? metric.actions() + "_" + values(metric) : metric.actions();
        int length = length(metric, name);
        if (length > NewMetric.MAX_FILE_NAME) {
            throw new IllegalArgumentException(OPTION + " is missing; without it, the file name has " + length
                    + " characters, but the limit is " + NewMetric.MAX_FILE_NAME + ": choose a shorter name");
        }
        return metric.isFiltered() ? Optional.of(name) : Optional.empty();
    }

    /** Checks the form of the option, without the metric. */
    static Optional<String> checked(@Nullable String given) {
        if (given != null) {
            CommonAnswers.checked(OPTION, given, MetricName::formProblem);
        }
        return Optional.ofNullable(given);
    }

    private static Optional<String> problem(String text, NewMetric metric, Definitions definitions) {
        Optional<String> form = formProblem(text);
        if (form.isPresent()) {
            return form;
        }
        int over = length(metric, text) - NewMetric.MAX_FILE_NAME;
        return over > 0
                ? Optional.of("\"" + text + "\" is too long by " + over + "; the file name may have at most "
                        + NewMetric.MAX_FILE_NAME + " characters")
                : taken(metric, text, definitions);
    }

    private static Optional<String> formProblem(String text) {
        return text.matches("[a-z0-9_]+")
                ? Optional.empty()
                : Optional.of("\"" + text + "\" must consist of a-z, 0-9 and _");
    }

    private static Optional<String> taken(NewMetric metric, String name, Definitions definitions) {
        String keyPath = named(metric, name).keyPath();
        for (TimeFrame frame : metric.timeFrames()) {
            String whole = metric.timeFrames().size() > 1 ? keyPath + frame.suffix() : keyPath;
            Optional<MetricDefinition> other = definitions
                    .dictionary()
                    .metric(whole)
                    .filter(found -> found.keyPaths().containsKey(whole));
            if (other.isPresent()) {
                return Optional.of(
                        "\"" + whole + "\" is defined already in " + other.get().source() + "; choose another name");
            }
        }
        return Optional.empty();
    }

    private static int length(NewMetric metric, String name) {
        return named(metric, name).slug().length() + ".yml".length();
    }

    private static NewMetric named(NewMetric metric, String name) {
        return new NewMetric(
                metric.events(),
                metric.measure(),
                Optional.of(name),
                metric.description(),
                metric.timeFrames(),
                metric.productGroup(),
                metric.productCategories(),
                metric.milestone(),
                metric.introducedByUrl(),
                metric.tiers());
    }

    private static String values(NewMetric metric) {
        return metric.events().stream()
                .map(Counted::filter)
                .flatMap(filter -> filter.values().stream())
                .map(value -> String.valueOf(value).replaceAll("[^A-Za-z0-9]+", "_"))
                .distinct()
                .collect(Collectors.joining("_"));
    }
}
