package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;

/**
 * One way in which data does not follow its schema.
 *
 * @param schema the schema
 * @param pointer the place in the data as a JSON pointer; empty for the data as a whole
 * @param message what is wrong there, as the end of a sentence that begins with the place
 */
public record Violation(SchemaKey schema, String pointer, String message) {}
