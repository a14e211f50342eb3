package dev.internalevents.iglu.lint;

import java.nio.file.Path;

/**
 * One problem in a file.
 *
 * @param file the file, as it was named or found
 * @param pointer the location in the schema as a JSON pointer; empty for the file as a whole
 * @param check the name of the check, as {@code --skip-checks} accepts it
 * @param error true if the schema cannot be used, or no value can follow it; false for advice
 * @param message what was found and what was expected
 */
public record Finding(Path file, String pointer, String check, boolean error, String message) {

    static Finding error(Path file, String pointer, String check, String message) {
        return new Finding(file, pointer, check, true, message);
    }

    static Finding warning(Path file, String pointer, String check, String message) {
        return new Finding(file, pointer, check, false, message);
    }

    /** Returns one line: the file, the location, what is wrong, and the check. */
    @Override
    public String toString() {
        return file + (pointer.isEmpty() ? "" : " at " + pointer) + ": " + message + " [" + check + "]";
    }
}
