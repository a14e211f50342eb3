package dev.internalevents.client.internal.emitter;

import dev.internalevents.spool.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A small file in an outbox's folder that says which kind of events the outbox has. A client of the other kind would
 * send them to another address with another policy for failures: billing events could be rejected, and events that may
 * be given up would be retried forever.
 */
final class OutboxMarker {

    static final String FILE = "kind";

    private OutboxMarker() {}

    /**
     * Checks that the folder has no outbox of another kind. A folder without a marker passes: it is new, or was written
     * by a version without markers.
     *
     * @throws IOException if it has, with what was expected
     */
    static void check(Path folder, EventKind kind) throws IOException {
        String found = read(folder.resolve(FILE));
        for (EventKind other : EventKind.values()) {
            if (other != kind && found.equals(other.words())) {
                throw new IOException(folder + ": contains the outbox of a client that sends " + other.words()
                        + "s; expected a folder only for " + kind.words() + "s");
            }
        }
    }

    /**
     * Writes the marker if it is missing or not a whole one. To be called by the owner of the folder's lock. A marker
     * that cannot be written only leaves the folder unprotected: the outbox itself reports what is wrong with the
     * folder.
     */
    static void write(Path folder, EventKind kind) {
        if (read(folder.resolve(FILE)).equals(kind.words())) {
            return;
        }
        // An interrupt would close the file before it has its text.
        boolean interrupted = Thread.interrupted();
        Path next = folder.resolve(FILE + ".next");
        try {
            Files.deleteIfExists(next);
            try (FileChannel out = OwnerOnly.create(next)) {
                out.write(StandardCharsets.US_ASCII.encode(kind.words()));
            }
            Files.move(next, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // See above.
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
