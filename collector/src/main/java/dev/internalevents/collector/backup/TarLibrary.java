package dev.internalevents.collector.backup;

import java.io.IOException;

/**
 * Finds out whether the library that reads and writes tar files is on the class path. It is an optional dependency:
 * applications that embed a collector, such as tests, rarely make backups, and with its own dependencies it takes 2.8
 * MB.
 */
final class TarLibrary {

    static final String MISSING = "backups need a library that is not on the class path; add"
            + " org.apache.commons:commons-compress, or use the command internal-events, which has it";

    private TarLibrary() {}

    static boolean isPresent() {
        try {
            Class.forName(
                    "org.apache.commons.compress.archivers.tar.TarArchiveEntry",
                    false,
                    TarLibrary.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** @throws IOException if it is not on the class path, with what to add */
    static void require() throws IOException {
        if (!isPresent()) {
            throw new IOException(MISSING);
        }
    }
}
