package dev.internalevents.collector.backup;

import dev.internalevents.collector.processing.StoredCounts;
import dev.internalevents.spool.Extent;
import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.spool.Spool;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoreFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies the data of a running collector: the store as of a position in its spool, the spool from that position on, and
 * the counters. A collector started on the copy continues as after a crash.
 */
public final class Backups {

    /** Room left for the file system's metadata, and for the collector until the copy is deleted. */
    private static final long RESERVE_BYTES = 64L << 20;

    private final Path folder;
    private final Spool spool;
    private final @Nullable StoredCounts counts;
    private final FreeSpace freeSpace;

    /** Returns the free space of a file system. */
    @FunctionalInterface
    public interface FreeSpace {
        /** Returns the bytes that can be written into a folder. */
        long bytes(Path folder) throws IOException;

        /** The usable space that the file system reports. */
        FreeSpace OF_DISK = folder -> Files.getFileStore(folder).getUsableSpace();
    }

    /** Thrown if there is not enough room for a copy. */
    public static final class NoRoomException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoRoomException(Path folder, long needed, long free) {
            super("a backup needs room for a copy of the events: " + needed + " bytes, and the file system of " + folder
                    + " has " + free + " free. Make room, or stop the collector and copy its whole folder");
        }
    }

    /** @param folder the collector's data folder */
    public Backups(Path folder, Spool spool, @Nullable StoredCounts counts, FreeSpace freeSpace) {
        this.folder = folder;
        this.spool = spool;
        this.counts = counts;
        this.freeSpace = freeSpace;
    }

    /**
     * Writes the counters to their file, so that a copy has recent ones. Blocks until they are on disk, which is why it
     * is not a part of {@link #copy}. Events that are counted afterwards are counted again from the copied store.
     */
    public void prepare() {
        if (counts != null) {
            counts.checkpoint();
        }
    }

    /**
     * Makes a copy. Call only on the processing thread, between two transactions: until it returns, nothing is written
     * to the store and nothing is committed in the spool. The spool continues to accept requests. Blocks until the
     * files are copied.
     *
     * @param begun receives the manifest of the copy before the files are copied
     * @throws NoRoomException if the disk has no room for the copy
     * @throws UncheckedIOException if a file cannot be read or written
     */
    public BackupCopy copy(EventStore events, Consumer<BackupManifest> begun) {
        StoreFile file = events.file()
                .orElseThrow(() -> new IllegalStateException("events in memory cannot be copied; use --storage DIR"));
        file.settle();
        try {
            List<Extent> frames = spool.extents();
            checkRoom(file, frames);
            BackupCopy copy = BackupCopy.in(folder);
            try {
                begun.accept(manifest(events));
                copyStore(file, copy);
                copySpool(frames, copy);
                for (String name : List.of(
                        BackupNames.COUNTERS,
                        BackupNames.SERVICE_PING,
                        BackupNames.LAKE_ID,
                        BackupNames.LAKE_RETRIED,
                        BackupNames.LAKE_FORGET)) {
                    copy.add(name, folder.resolve(name), Long.MAX_VALUE);
                }
                return copy;
            } catch (IOException | RuntimeException | Error e) {
                copy.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the backup could not be copied: " + Reason.withFile(e), e);
        }
    }

    private void checkRoom(StoreFile store, List<Extent> frames) throws IOException {
        long needed = RESERVE_BYTES
                + store.sizeOnDisk()
                + frames.stream().mapToLong(Extent::bytes).sum();
        long free = freeSpace.bytes(folder);
        if (free < needed) {
            throw new NoRoomException(folder, needed, free);
        }
    }

    private BackupManifest manifest(EventStore store) {
        EventStore.Summary summary = store.summary(null);
        return new BackupManifest(
                Instant.now(),
                store.progress(spool.id()),
                summary.last(),
                summary.total(),
                spool.held() + store.waiting().size());
    }

    private void copyStore(StoreFile store, BackupCopy copy) throws IOException {
        Path place = copy.place(BackupNames.STORE);
        try {
            store.copyTo(place);
        } catch (IOException e) {
            throw BackupCopy.failed(folder.resolve(BackupNames.STORE), place, e);
        }
        copy.added(BackupNames.STORE);
        if (Files.exists(copy.place(BackupNames.STORE_LOG))) {
            copy.added(BackupNames.STORE_LOG);
        }
    }

    private void copySpool(List<Extent> frames, BackupCopy copy) throws IOException {
        try (FileChannel id = OwnerOnly.create(copy.place(BackupNames.SPOOL_ID))) {
            id.write(StandardCharsets.US_ASCII.encode(spool.id() + "\n"));
        } catch (IOException e) {
            throw BackupCopy.failed(folder.resolve(BackupNames.SPOOL_ID), copy.place(BackupNames.SPOOL_ID), e);
        }
        copy.added(BackupNames.SPOOL_ID);
        for (Extent extent : frames) {
            copy.add(BackupNames.SPOOL + extent.file().getFileName(), extent.file(), extent.bytes());
        }
    }
}
