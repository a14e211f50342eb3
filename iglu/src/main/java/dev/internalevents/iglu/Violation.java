package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import org.jspecify.annotations.Nullable;

/**
 * One way in which data does not follow its schema.
 *
 * @param schema the schema
 * @param pointer the place in the data as a JSON pointer; empty for the data as a whole
 * @param found the value there as JSON, shortened, if the message is better understood with it; personal data if the field
 *     is. Null if not
 * @param message what is wrong there and what was expected, as the end of a sentence that begins with the place, or with
 *     the value found
 */
public record Violation(
        SchemaKey schema, String pointer, @Nullable String found, String message) {

    /** A violation that is described without the value. */
    public Violation(SchemaKey schema, String pointer, String message) {
        this(schema, pointer, null, message);
    }

    /** The value found, if there is one, and the message: {@code "SaaS" is not one of saas, dedicated}. */
    public String description() {
        return found == null ? message : found + " " + message;
    }
}
