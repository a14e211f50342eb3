package dev.internalevents.iglu;

/**
 * One problem of a schema itself, independent of any data.
 *
 * @param pointer the location in the schema as a JSON pointer; empty for the schema as a whole
 * @param message what was found and what was expected, worded to follow the location
 */
public record SchemaProblem(String pointer, String message) {

    /** Returns one clause: "at /properties/x/type: found …". */
    @Override
    public String toString() {
        return pointer.isEmpty() ? message : "at " + pointer + ": " + message;
    }
}
