package dev.internalevents.collector.backup;

import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.collector.processing.StoredCounts;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Progress;
import dev.internalevents.store.StoreFile;
import dev.internalevents.spool.Extent;
import dev.internalevents.spool.Spool;
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
 * Copies what a running collector has: the store as of a place in its spool, the spool from there, and the counters.
 * Started on the copy, a collector continues as after a crash.
 */
public final class Backups {

    /** What a file system needs for its own books, and the collector until the copy is deleted. */
    private static final long RESERVE_BYTES = 64L << 20;

    private final Path folder;
    private final Spool spool;
    private final @Nullable StoredCounts counts;
    private final FreeSpace freeSpace;

    /** How much room there is. */
    @FunctionalInterface
    public interface FreeSpace {
        /** Returns the bytes that can be written into a folder. */
        long bytes(Path folder) throws IOException;

        /** What the file system says. */
        FreeSpace OF_DISK = folder -> Files.getFileStore(folder).getUsableSpace();
    }

    /** There is not enough room for a copy. */
    public static final class NoRoomException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoRoomException(Path folder, long needed, long free) {
            super("a backup needs room for a copy beside the events: " + needed + " bytes, and the file system of "
                    + folder + " has " + free + " free. Make room, or stop the collector and copy its whole folder");
        }
    }

    /** @param folder of the collector */
    public Backups(Path folder, Spool spool, @Nullable StoredCounts counts, FreeSpace freeSpace) {
        this.folder = folder;
        this.spool = spool;
        this.counts = counts;
        this.freeSpace = freeSpace;
    }

    /**
     * Makes a copy. For the processing thread, between two transactions: until it returns, nothing is written to the
     * store and nothing is committed in the spool, which goes on taking requests. Blocks as long as the disk needs.
     *
     * @param begun is told what the copy will be, before the files are copied
     * @throws NoRoomException if the disk has no room for it
     * @throws UncheckedIOException if a file cannot be read or written
     */
    public BackupCopy copy(EventStore events, Consumer<BackupManifest> begun) {
        StoreFile file = events.file()
                .orElseThrow(() -> new IllegalStateException("events in memory cannot be copied; use --storage DIR"));
        file.settle();
        if (counts != null) {
            counts.checkpoint();
        }
        try {
            List<Extent> frames = spool.extents();
            checkRoom(file, frames);
            BackupCopy copy = BackupCopy.in(folder);
            try {
                begun.accept(manifest(events));
                copyStore(file, copy);
                copySpool(frames, copy);
                for (String name : List.of(BackupNames.COUNTERS, BackupNames.SERVICE_PING)) {
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
        Progress progress = store.progress(spool.id());
        EventStore.Summary summary = store.summary(null);
        return new BackupManifest(
                Instant.now(),
                spool.id(),
                progress.segment(),
                progress.offset(),
                progress.events(),
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
