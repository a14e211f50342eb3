package dev.internalevents.metrics;

import dev.internalevents.spool.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file in the queue's folder with the end of the batch that is being applied. A store knows a batch by its end,
 * so a process that continues after a kill must apply the same batch again, not a longer one that begins with it. Not
 * thread-safe.
 */
final class BatchEnd {

    private static final Logger LOG = LoggerFactory.getLogger(QueuedEventCounter.class);

    private final Path file;
    private final Path next;
    private boolean failed;

    /** @param queue the queue's folder */
    BatchEnd(Path queue) {
        this.file = queue.resolve("batch");
        this.next = queue.resolve("batch.next");
    }

    /** Returns the recorded end; null if there is none, or it cannot be read. */
    @Nullable
    Position read() {
        try {
            return Position.parse(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn(
                    "{} cannot be read ({}); if the process was killed while it counted, its last batch may count twice",
                    file,
                    e.getMessage());
            return null;
        }
    }

    /** Records an end. If that fails, logs it once and goes on: counting is worth more than the protection. */
    void write(Position end) {
        try {
            Files.deleteIfExists(next);
            try (FileChannel out = OwnerOnly.create(next)) {
                out.write(StandardCharsets.US_ASCII.encode(end.toString()));
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                LOG.warn(
                        "{} cannot be written ({}); if the process is killed now, its last batch may count twice",
                        file,
                        e.getMessage());
            }
        }
    }
}
