package dev.internalevents.metrics;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * One condition of a filter.
 *
 * @param expected a string, or a {@link BigDecimal}, which any equal number meets
 */
record Condition(String property, Object expected) {

    boolean isMetBy(CountedEvent event) {
        return switch (property) {
            case "label" -> expected.equals(event.label());
            case "property" -> expected.equals(event.property());
            case "value" -> same(event.value());
            default -> same(event.additional(property));
        };
    }

    private boolean same(@Nullable Object found) {
        if (found instanceof Number number && expected instanceof BigDecimal decimal) {
            BigDecimal exact = Amounts.exact(number);
            return exact != null && exact.compareTo(decimal) == 0;
        }
        return expected.equals(found);
    }
}
