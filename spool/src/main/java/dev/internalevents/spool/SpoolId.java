package dev.internalevents.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;

/** The file that contains a spool's id; a folder that is emptied and used again gets a new id. */
final class SpoolId {

    private static final String FILE = "id";

    private SpoolId() {}

    /** @param damages receives an entry if there is an id that cannot be read */
    static UUID of(Path folder, List<Damage> damages) throws IOException {
        Path file = folder.resolve(FILE);
        OwnerOnly.makeReadable(file);
        try {
            return UUID.fromString(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            return create(folder);
        } catch (IOException | IllegalArgumentException e) {
            String cause = Files.isDirectory(file)
                    ? "is a folder"
                    : e instanceof AccessDeniedException ? "is not readable" : "does not contain a UUID";
            damages.add(new Damage(file, cause + ", so the spool has a new id", 0, SetAside.move(file)));
            return create(folder);
        }
    }

    /** Writes a new id, replacing an existing one. */
    static UUID create(Path folder) throws IOException {
        UUID id = UUID.randomUUID();
        write(folder, folder.resolve(FILE), id);
        return id;
    }

    /** Writes the id again if its file was deleted. */
    static void restore(Path folder, UUID id) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            write(folder, file, id);
        }
    }

    private static void write(Path folder, Path file, UUID id) throws IOException {
        Path written = folder.resolve(FILE + ".new");
        if (Files.isDirectory(written)) {
            SetAside.move(written);
        }
        Files.deleteIfExists(written);
        try (FileChannel channel = OwnerOnly.create(written)) {
            channel.write(ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
