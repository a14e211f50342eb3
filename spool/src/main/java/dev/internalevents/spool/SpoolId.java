package dev.internalevents.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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
            Path written = folder.resolve(FILE + ".new");
            Files.deleteIfExists(written);
            try (FileChannel channel = OwnerOnly.create(written)) {
                channel.write(ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.US_ASCII)));
                channel.force(true);
            }
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return id;
        }
    }
}
