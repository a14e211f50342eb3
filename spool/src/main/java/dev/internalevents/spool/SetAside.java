package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Moves damaged files out of the way by renaming them, so that nothing is lost. */
public final class SetAside {

    private static final String SUFFIX = ".damaged";

    private SetAside() {}

    /**
     * Renames a file or folder: {@code NAME.damaged}, or {@code NAME.damaged-2} and so on if that name is taken.
     * Blocks.
     *
     * @return the new path
     * @throws IOException if it cannot be renamed, for example because its folder is not writable
     */
    public static Path move(Path file) throws IOException {
        return Files.move(file, freeName(file));
    }

    /** Returns whether a file has a name given by {@link #move}. */
    public static boolean isSetAside(Path file) {
        return file.getFileName().toString().matches(".*\\.damaged(-\\d+)?");
    }

    /** Copies a file that stays in use. */
    static Path copy(Path file) throws IOException {
        return Files.copy(file, freeName(file));
    }

    private static Path freeName(Path file) {
        for (int i = 1; ; i++) {
            Path name = file.resolveSibling(file.getFileName() + SUFFIX + (i == 1 ? "" : "-" + i));
            if (!Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
                return name;
            }
        }
    }
}
