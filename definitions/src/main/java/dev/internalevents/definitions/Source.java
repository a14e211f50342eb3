package dev.internalevents.definitions;

/**
 * A position in a definition file.
 *
 * @param file the path below the root that was read, with {@code /}
 * @param line from 1; 0 for the file or folder as a whole
 */
public record Source(String file, int line) {

    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line;
    }
}
