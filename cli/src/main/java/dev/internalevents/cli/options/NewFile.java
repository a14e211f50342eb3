package dev.internalevents.cli.options;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Checks a file to write before the work for it begins. */
public final class NewFile {

    private NewFile() {}

    /** Returns why a file cannot be written under its name, and what was expected; empty if it probably can. */
    public static Optional<String> fault(Path file) {
        Path parent = file.toAbsolutePath().normalize().getParent();
        if (Files.isDirectory(file)) {
            return Optional.of(file + " is a folder; expected a file");
        } else if (parent != null && !Files.isDirectory(parent)) {
            return Optional.of(parent + (Files.exists(parent) ? " is not a folder" : " does not exist")
                    + "; name a file in a folder that exists");
        }
        return Optional.empty();
    }
}
