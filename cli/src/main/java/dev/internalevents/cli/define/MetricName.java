package dev.internalevents.cli.define;

import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.TimeFrame;
import dev.internalevents.definitions.write.CountedEvents;
import dev.internalevents.definitions.write.CountedEvents.Counted;
import dev.internalevents.definitions.write.NewMetric;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Determines the name that replaces the events' own names in the name of a new metric. */
final class MetricName {

    private static final String OPTION = "--name";

    private MetricName() {}

    /**
     * Returns the given name. Without one, asks for a name if events are filtered or if their own names are too long or
     * already used; in a script, uses the names of filtered events and the filter values. Empty if the events' own
     * names are used.
     *
     * @throws IllegalArgumentException if the given name is wrong, or if no name is given in a script and the file name
     *     would be too long
     */
    static Optional<String> of(
            @Nullable String given, CountedEvents counted, Questions questions, Definitions definitions) {
        if (given != null) {
            CommonAnswers.checked(OPTION, given, text -> problem(text, counted, definitions));
            return Optional.of(given);
        }
        boolean fits = length(counted, counted.actions()) <= NewMetric.MAX_FILE_NAME;
        if (questions.canAsk()) {
            return fits
                            && !counted.isFiltered()
                            && taken(counted, counted.actions(), definitions).isEmpty()
                    ? Optional.empty()
                    : Optional.of(questions.text(
                            OPTION,
                            "A name for what is counted: " + counted.beforeName() + "…" + counted.afterName(),
                            text -> problem(text, counted, definitions)));
        }
        String name = counted.isFiltered() ? counted.actions() + "_" + values(counted) : counted.actions();
        int length = length(counted, name);
        if (length > NewMetric.MAX_FILE_NAME) {
            throw new IllegalArgumentException(OPTION + " is missing; without it, the file name has " + length
                    + " characters, but the limit is " + NewMetric.MAX_FILE_NAME + ": choose a shorter name");
        }
        return counted.isFiltered() ? Optional.of(name) : Optional.empty();
    }

    /** Checks the form of the option, without the metric. */
    static Optional<String> checked(@Nullable String given) {
        if (given != null) {
            CommonAnswers.checked(OPTION, given, MetricName::formProblem);
        }
        return Optional.ofNullable(given);
    }

    private static Optional<String> problem(String text, CountedEvents counted, Definitions definitions) {
        Optional<String> form = formProblem(text);
        if (form.isPresent()) {
            return form;
        }
        int over = length(counted, text) - NewMetric.MAX_FILE_NAME;
        return over > 0
                ? Optional.of("\"" + text + "\" is too long by " + over + "; the file name may have at most "
                        + NewMetric.MAX_FILE_NAME + " characters")
                : taken(counted, text, definitions);
    }

    private static Optional<String> formProblem(String text) {
        return text.matches("[a-z0-9_]+")
                ? Optional.empty()
                : Optional.of("\"" + text + "\" must consist of a-z, 0-9 and _");
    }

    private static Optional<String> taken(CountedEvents counted, String name, Definitions definitions) {
        String keyPath = counted.keyPath(Optional.of(name));
        for (TimeFrame frame : counted.timeFrames()) {
            String whole = counted.timeFrames().size() > 1 ? keyPath + frame.suffix() : keyPath;
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

    private static int length(CountedEvents counted, String name) {
        return counted.slug(Optional.of(name)).length() + ".yml".length();
    }

    private static String values(CountedEvents counted) {
        return counted.events().stream()
                .map(Counted::filter)
                .flatMap(filter -> filter.values().stream())
                .map(value -> String.valueOf(value).replaceAll("[^A-Za-z0-9]+", "_"))
                .distinct()
                .collect(Collectors.joining("_"));
    }
}
