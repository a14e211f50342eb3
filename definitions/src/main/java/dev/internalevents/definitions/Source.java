package dev.internalevents.definitions;

/**
 * A place in a file of definitions.
 *
 * @param file the path below the root that was read, with {@code /}
 * @param line from 1
 */
public record Source(String file, int line) {

    @Override
    public String toString() {
        return file + ":" + line;
    }
}
