package dev.internalevents.lake.maintenance;

import dev.internalevents.protocol.Excerpt;
import dev.internalevents.store.SinkException;
import org.apache.iceberg.Table;

/** Numbers among the properties of a table, which users set. */
final class NumberProperty {

    private static final int MAX_SHOWN = 30;

    private NumberProperty() {}

    /**
     * Returns the value of a property.
     *
     * @throws SinkException if it is not a whole number of at least {@code least}
     */
    static long of(Table table, String name, long least, long missing) {
        String text = table.properties().get(name);
        if (text == null) {
            return missing;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // It is named below.
        }
        throw new SinkException("lake: the property " + name + " of the table " + table.location() + " is \""
                + Excerpt.of(text, MAX_SHOWN)
                + "\"; expected a whole number of " + least + " or more. Set it, or remove it for the default, "
                + missing);
    }
}
