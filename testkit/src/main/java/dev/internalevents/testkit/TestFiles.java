package dev.internalevents.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the files that a test needs. */
public final class TestFiles {

    private TestFiles() {}

    /**
     * Writes a text as UTF-8 to a file below a folder, and creates the folders in between.
     *
     * @param name relative to the folder, for example {@code events/asked.yml}
     * @return the file
     */
    public static Path write(Path folder, String name, String text) {
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
