package dev.internalevents.collector.sink;

import dev.internalevents.store.SinkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The id under which a collector writes to a sink: that of its spool, until its store begins again at smaller numbers,
 * because it was restored from a backup or its file was removed. Then the numbers in the sink mean other events, and a
 * new id, in the file {@code lake-id}, keeps them apart.
 */
public final class SinkIdentity {

    private static final Logger LOG = LoggerFactory.getLogger(SinkIdentity.class);
    private static final String FILE = "lake-id";

    private final Path file;
    private final UUID spool;

    /**
     * An id.
     *
     * @param start the number of the last event that was written under the id before this one
     */
    public record Id(UUID id, long start) {}

    public SinkIdentity(Path folder, UUID spool) {
        this.file = folder.resolve(FILE);
        this.spool = spool;
    }

    /** Returns the id to use now. */
    public Id now() {
        try {
            String[] parts = Files.readString(file).strip().split(" ", 2);
            return new Id(UUID.fromString(parts[0]), Long.parseLong(parts[1]));
        } catch (NoSuchFileException e) {
            return new Id(spool, 0);
        } catch (IOException | RuntimeException e) {
            throw new SinkException(
                    "lake: " + file + " cannot be read (" + e + "); restore it from a backup of the data folder", e);
        }
    }

    /**
     * Returns a new id, after it was written to the file.
     *
     * @param place the place of the sink under the id before
     * @param last the last event number of the store
     */
    public Id next(long place, long last) {
        Id next = new Id(UUID.randomUUID(), last);
        LOG.warn(
                "the lake has events of this collector up to number {}, and the store ends at {}: it was restored or"
                        + " replaced. What is stored from now on is written to the lake as collector {}",
                place,
                last,
                next.id());
        try {
            Path written = file.resolveSibling(FILE + ".new");
            Files.writeString(written, next.id() + " " + next.start() + "\n");
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new SinkException("lake: " + file + " cannot be written: " + e, e);
        }
        return next;
    }
}
