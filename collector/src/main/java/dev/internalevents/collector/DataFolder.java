package dev.internalevents.collector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder that a collector is given. It becomes its owner's alone, with what the collector keeps in it, so a folder in
 * which something else is kept is refused.
 */
final class DataFolder {

    /** What only a collector's folder has. */
    private static final List<String> MARKS = List.of(
            "events.duckdb",
            "spool/id",
            "spool/lock",
            "last-known",
            "counters",
            "service-ping-sent",
            "restoring",
            "backup-in-progress");

    /** What a file system or a desktop puts into a folder that is empty for its user. */
    private static final Set<String> OTHERS =
            Set.of("lost+found", ".DS_Store", ".snapshot", ".Trash", ".keep", ".gitkeep");

    private DataFolder() {}

    /**
     * Checks that a folder is missing, empty, or a collector's.
     *
     * @throws IllegalArgumentException saying what it is instead
     * @throws IOException if it cannot be read
     */
    static void check(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("data: " + folder + " is not a folder; name another one");
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
                        + " (it has " + first + "): a collector takes the permissions of all that is in its folder from"
                        + " other users; name a new folder");
            }
        }
    }
}
