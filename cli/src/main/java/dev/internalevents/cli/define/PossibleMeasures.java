package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.UniqueBy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The ways in which a new metric can count its events, which depend on what all of them carry. */
record PossibleMeasures(List<Named> all) {

    private static final String UNIQUE = "unique ";

    /**
     * A way of counting.
     *
     * @param word the option's value, for example {@code user.id}
     * @param explanation what is counted
     */
    record Named(String word, Measure measure, String explanation) {

        private Choice<Measure> choice() {
            return new Choice<>((isUnique() ? UNIQUE : "") + word + ": " + explanation, measure);
        }

        private boolean isUnique() {
            return measure instanceof Measure.Unique;
        }
    }

    static PossibleMeasures of(List<EventDefinition> events) {
        List<Named> all = new ArrayList<>();
        all.add(new Named("total", new Measure.Total(), "how many"));
        for (UniqueBy by : UniqueBy.values()) {
            if (events.stream().allMatch(event -> carries(event, by))) {
                all.add(new Named(by.term(), new Measure.Unique(by), "how many different ones"));
            }
        }
        if (events.stream().allMatch(event -> event.additionalProperties().containsKey("value"))) {
            all.add(new Named("sum", new Measure.Sum(), "the sum of value"));
        }
        return new PossibleMeasures(List.copyOf(all));
    }

    private static boolean carries(EventDefinition event, UniqueBy by) {
        return by.identifier()
                .map(identifier -> event.identifiers().contains(identifier))
                .orElseGet(() -> event.additionalProperties().containsKey(by.term()));
    }

    /** Returns what the user can choose from. */
    List<Choice<Measure>> choices() {
        return all.stream().map(Named::choice).toList();
    }

    /**
     * Returns the measure that the option names; {@code unique} may precede a word.
     *
     * @throws IllegalArgumentException naming the possible words
     */
    Measure named(String option) {
        return all.stream()
                .filter(named -> option.equals(named.word())
                        || (named.isUnique() && option.equals(UNIQUE + named.word())))
                .map(Named::measure)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--measure: \"" + option
                        + "\" is not possible; possible: "
                        + all.stream().map(Named::word).collect(Collectors.joining(", "))));
    }
}
