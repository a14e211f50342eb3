package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import org.jspecify.annotations.Nullable;

/**
 * One way in which data does not follow its schema.
 *
 * @param schema the schema
 * @param pointer the location in the data as a JSON pointer; empty for the data as a whole
 * @param found the value there as shortened JSON, if it makes the message clearer; null otherwise. It is personal data
 *     if the field is
 * @param message what is wrong there and what was expected, worded to follow the location or the value found
 */
public record Violation(
        SchemaKey schema, String pointer, @Nullable String found, String message) {

    /** Creates a violation that is described without the value. */
    public Violation(SchemaKey schema, String pointer, String message) {
        this(schema, pointer, null, message);
    }

    /** Returns the value found, if there is one, and the message: {@code "SaaS" is not one of saas, dedicated}. */
    public String description() {
        return found == null ? message : found + " " + message;
    }
}
