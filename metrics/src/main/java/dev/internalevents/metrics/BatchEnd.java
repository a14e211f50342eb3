package dev.internalevents.metrics;

import dev.internalevents.spool.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file in the queue's folder with the end of the batch that is being applied, and when the queue was last used.
 * A store knows a batch by its end, so a process that continues after a kill must apply the same batch again, not a
 * longer one that begins with it. The time tells whether a store may have forgotten the queue. Not thread-safe.
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

    /**
     * What the file contains.
     *
     * @param position the end of the batch
     * @param time when it was written; of a file of earlier versions, when the file was changed
     */
    record End(Position position, Instant time) {}

    Path file() {
        return file;
    }

    /** Returns what is recorded; null if there is nothing, or it cannot be read. */
    @Nullable
    End read() {
        try {
            String[] lines = Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", 2);
            Instant time = lines.length < 2
                    ? Files.getLastModifiedTime(file).toInstant()
                    : Instant.ofEpochMilli(Long.parseLong(lines[1]));
            return new End(Position.parse(lines[0]), time);
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

    /**
     * Records an end, with the current time. If that fails, logs it once and goes on: counting is worth more than the
     * protection.
     */
    void write(Position end) {
        try {
            Files.deleteIfExists(next);
            try (FileChannel out = OwnerOnly.create(next)) {
                out.write(StandardCharsets.US_ASCII.encode(end + "\n" + System.currentTimeMillis()));
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
