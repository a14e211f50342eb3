package dev.internalevents.definitions;

/** What a selection rule makes of the events that it selects. */
public sealed interface Measure {

    /** How many there were. */
    record Total() implements Measure {}

    /** How many different values of something they had. */
    record Unique(UniqueBy by) implements Measure {}

    /** How many there were with each value of something; in a file, {@code operator: total} beside {@code unique}. */
    record TotalBy(UniqueBy by) implements Measure {}

    /** The sum of their {@code value}; in a file, {@code operator: sum(value)}. */
    record Sum() implements Measure {}

    /** The operator that asks for a sum: {@value}. */
    String SUM_OPERATOR = "sum(value)";

    /** The operator that asks for the total of each unique value: {@value}. */
    String TOTAL_OPERATOR = "total";

    /** In words: {@code total}, {@code unique user.id}, {@code total by label} or {@code sum(value)}. */
    default String describe() {
        if (this instanceof Unique unique) {
            return "unique " + unique.by().term();
        }
        if (this instanceof TotalBy total) {
            return "total by " + total.by().term();
        }
        return this instanceof Sum ? SUM_OPERATOR : "total";
    }
}
