package dev.internalevents.collector;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks the configured data folder. The collector restricts the folder and everything in it to its own user, so it
 * refuses a folder that contains anything else.
 */
final class DataFolder {

    /** Files that only a collector's data folder contains. */
    private static final List<String> MARKS = List.of(
            "events.duckdb",
            "spool/id",
            "spool/lock",
            "last-known",
            "counters",
            "service-ping-sent",
            "restoring",
            "backup-in-progress");

    /** Files that a file system or desktop puts into a folder that its user considers empty. */
    private static final Set<String> OTHERS =
            Set.of("lost+found", ".DS_Store", ".snapshot", ".Trash", ".keep", ".gitkeep");

    private DataFolder() {}

    /**
     * Checks that a folder is missing, empty, or a collector's data folder.
     *
     * @throws IllegalArgumentException if it is not; the message names what was found
     * @throws IOException if it cannot be read
     */
    static void check(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("data: " + folder + " is not a folder; choose another one");
        }
        for (String mark : MARKS) {
            if (Files.exists(folder.resolve(mark), LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
        }
        try (Stream<Path> files = Files.list(folder)) {
            String first = files.map(file -> file.getFileName().toString())
                    .filter(name -> !OTHERS.contains(name) && !name.startsWith(".nfs"))
                    .sorted()
                    .findFirst()
                    .orElse(null);
            if (first != null) {
                throw new IllegalArgumentException("data: "
                        + folder.toAbsolutePath().normalize()
                        + " is not empty and is not a collector's folder"
                        + " (it contains " + first + "). The collector removes other users' permissions from all"
                        + " files in its folder; choose a new folder");
            }
        }
    }

    /**
     * Creates a folder if it is missing, and restricts it as {@link RestrictedFolder} does.
     *
     * @throws IllegalArgumentException if it cannot be created or written; the message says why
     * @throws IOException if its permissions cannot be read
     */
    static void create(Path folder) throws IOException {
        Path existing = existing(folder);
        if (!Files.isDirectory(existing)) {
            throw impossible(folder, "because " + existing + " is not a folder", null);
        }
        if (!Files.isWritable(existing)) {
            if (existing.equals(folder.toAbsolutePath().normalize())) {
                throw new IllegalArgumentException("data: " + folder
                        + " cannot be written by this user; make this user its owner, or choose another folder");
            }
            throw impossible(folder, "because this user cannot write to " + existing, null);
        }
        try {
            RestrictedFolder.create(folder);
        } catch (FileSystemException e) {
            throw impossible(folder, "because the file system rejects it (" + e.getMessage() + ")", e);
        }
    }

    /** Returns the folder, or the nearest one above it that exists. */
    private static Path existing(Path folder) {
        Path path = folder.toAbsolutePath().normalize();
        while (!Files.exists(path) && path.getParent() != null) {
            path = path.getParent();
        }
        return path;
    }

    private static IllegalArgumentException impossible(Path folder, String why, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "data: " + folder + " cannot be created, " + why + "; choose another folder", cause);
    }
}
