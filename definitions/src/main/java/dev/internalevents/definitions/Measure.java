package dev.internalevents.definitions;

/** How a selection rule counts the events that it selects. */
public sealed interface Measure {

    /** The number of events. */
    record Total() implements Measure {}

    /** The number of different values. */
    record Unique(UniqueBy by) implements Measure {}

    /** The number of events with each value; in a file, {@code operator: total} together with {@code unique}. */
    record TotalBy(UniqueBy by) implements Measure {}

    /** The sum of their {@code value}; in a file, {@code operator: sum(value)}. */
    record Sum() implements Measure {}

    /** The operator for a sum: {@value}. */
    String SUM_OPERATOR = "sum(value)";

    /** The operator for the total of each unique value: {@value}. */
    String TOTAL_OPERATOR = "total";

    /**
     * Returns the measure in words: {@code total}, {@code unique user.id}, {@code total by label} or
     * {@code sum(value)}.
     */
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
