package dev.internalevents.iglu;

/**
 * One thing that is wrong with a schema, whatever the data.
 *
 * @param pointer the place in the schema as a JSON pointer; empty for the schema as a whole
 * @param message what was found and what was expected, as the end of a sentence that begins with the place
 */
public record SchemaProblem(String pointer, String message) {

    /** One clause: "at /properties/x/type: found …". */
    @Override
    public String toString() {
        return pointer.isEmpty() ? message : "at " + pointer + ": " + message;
    }
}
