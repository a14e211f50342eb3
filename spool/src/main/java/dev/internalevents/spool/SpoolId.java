package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** The file that holds a spool's name; a folder that was emptied and used again gets another. */
final class SpoolId {

    private static final String FILE = "id";

    private SpoolId() {}

    static UUID of(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        try {
            return UUID.fromString(Files.readString(file).strip());
        } catch (NoSuchFileException | IllegalArgumentException e) {
            UUID id = UUID.randomUUID();
            Path written = Files.writeString(folder.resolve(FILE + ".new"), id + "\n");
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return id;
        }
    }
}
