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

/** The file that holds a spool's name; a folder that was emptied and used again gets another. */
final class SpoolId {

    private static final String FILE = "id";

    private SpoolId() {}

    /** @param damages is told of a name that is there and cannot be read */
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
                    : e instanceof AccessDeniedException ? "may not be read" : "holds no UUID";
            damages.add(new Damage(file, cause + ", and the spool has a new name", 0, SetAside.move(file)));
            return create(folder);
        }
    }

    /** Writes a new name over the one that the folder may have. */
    static UUID create(Path folder) throws IOException {
        UUID id = UUID.randomUUID();
        write(folder, folder.resolve(FILE), id);
        return id;
    }

    /** Writes the name again if its file was deleted. */
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
