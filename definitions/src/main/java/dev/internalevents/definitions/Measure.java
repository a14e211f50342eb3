package dev.internalevents.definitions;

/** What a selection rule makes of the events that it selects. */
public sealed interface Measure {

    /** How many there were. */
    record Total() implements Measure {}

    /** How many different values of something they had. */
    record Unique(UniqueBy by) implements Measure {}

    /** The sum of their {@code value}; in a file, {@code operator: sum(value)}. */
    record Sum() implements Measure {}

    /** The operator that asks for a sum: {@value}. */
    String SUM_OPERATOR = "sum(value)";

    /** In words: {@code total}, {@code unique user.id} or {@code sum(value)}. */
    default String describe() {
        if (this instanceof Unique unique) {
            return "unique " + unique.by().term();
        }
        return this instanceof Sum ? SUM_OPERATOR : "total";
    }
}
