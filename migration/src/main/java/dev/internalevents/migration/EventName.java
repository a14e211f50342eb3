package dev.internalevents.migration;

import java.util.Locale;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;

/** The form of names that definitions expect: {@code order_completed} for "Order Completed" and "orderCompleted". */
final class EventName {

    private EventName() {}

    /** Returns a literal in that form; any other expression, such as a constant, as it is. */
    static Expression of(Expression name) {
        if (!(name instanceof J.Literal literal) || !(literal.getValue() instanceof String text)) {
            return name;
        }
        String snakeCase = snakeCase(text);
        return snakeCase.isEmpty()
                ? name
                : literal.withValue(snakeCase)
                        .withValueSource('"' + snakeCase + '"')
                        .withUnicodeEscapes(null);
    }

    static String snakeCase(String name) {
        return name.replaceAll("([\\p{Ll}\\p{N}])(\\p{Lu})", "$1_$2")
                .replaceAll("(\\p{Lu})(\\p{Lu}\\p{Ll})", "$1_$2")
                .replaceAll("[^\\p{L}\\p{N}]+", "_")
                .replaceAll("^_|_$", "")
                .toLowerCase(Locale.ROOT);
    }
}
