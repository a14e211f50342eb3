package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A queue of frames in a folder. Any number of threads append without waiting for each other. One reader consumes the
 * frames in order and commits what it has handled. Frames that are not committed are read again after the next
 * {@link #open}, even if the process was killed. All files have the same size. A daemon thread creates them ahead of
 * time, and reuses or deletes them once they are committed; another one writes to the disk if the durability requires
 * it.
 *
 * <pre>{@code
 * try (Spool spool = Spool.open(folder, SpoolSettings.DEFAULTS)) {
 *     spool.append(frame, 0, frame.length);
 *     for (byte[] next = spool.reader().next(); next != null; next = spool.reader().next()) {
 *         handle(next);
 *         spool.reader().commit(spool.reader().mark());
 *     }
 * }
 * }</pre>
 *
 * <p>Safe for use by any number of threads; the {@link #reader()} is for one at a time.
 */
public final class Spool implements AutoCloseable {

    private final SpoolSettings settings;
    private final Recovery recovery;
    private final FrameCounts counts;
    private final SpoolGate gate = new SpoolGate();
    private final OpenFolder folder;
    private final SegmentFiles files;
    private final SegmentChain chain;
    private final SpoolReader reader;
    private final FileCheck check;
    private final SpoolKeeper keeper;

    /** Null if the durability does not require writes to the disk. */
    private final @Nullable DiskWriter writer;

    /** The writer, if appending waits for it; null otherwise. */
    private final @Nullable DiskWriter awaited;

    /** The place at which appending started when the spool was opened. */
    private final Place begin;

    private Spool(Path path, SpoolSettings settings, FolderLock lock) throws IOException {
        this.settings = settings;
        this.files = new SegmentFiles(gate, path, settings);
        SegmentRecovery recovered = new SegmentRecovery(path, settings, files);
        this.recovery = recovered.found();
        this.begin = new Place(
                recovered.id(), recovered.last().number(), recovered.last().tail());
        this.counts = new FrameCounts(recovery.whole());
        this.folder = new OpenFolder(gate, path, lock, recovered.id());
        this.chain = new SegmentChain(gate, folder, files, counts, recovered);
        this.reader = new SpoolReader(folder, chain);
        this.check = new FileCheck(gate, folder, chain);
        Durability durability = settings.durability();
        this.writer = durability instanceof Durability.EndOfProcess
                ? null
                : new DiskWriter(gate, chain, counts, check, durability, "internal-events-spool-writer-" + name(path));
        this.awaited = durability instanceof Durability.Disk ? writer : null;
        this.keeper = new SpoolKeeper(gate, chain, files, check, writer, "internal-events-spool-keeper-" + name(path));
    }

    private static @Nullable Path name(Path path) {
        return path.getFileName();
    }

    /**
     * Opens the spool in a folder, which is created if it does not exist, and recovers the frames in it. Blocks while
     * it reads every segment once.
     *
     * @throws SpoolInUseException if another process, or another spool of this process, is using the folder
     * @throws IOException saying what is wrong, if the folder cannot be created, read or written
     */
    public static Spool open(Path folder, SpoolSettings settings) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            return openUninterrupted(folder.toAbsolutePath(), settings);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Spool openUninterrupted(Path absolute, SpoolSettings settings) throws IOException {
        FolderLock lock = null;
        try {
            OwnerOnly.createFolder(absolute);
            lock = FolderLock.take(absolute);
            OwnerOnly.restrictFiles(absolute);
            Spool spool = new Spool(absolute, settings, lock);
            spool.keeper.start();
            if (spool.writer != null) {
                spool.writer.start();
            }
            return spool;
        } catch (IOException e) {
            if (lock != null) {
                lock.close();
            }
            throw e instanceof SpoolInUseException ? e : new IOException(FolderFailure.describe(absolute, e), e);
        }
    }

    // Appending

    /**
     * Appends a frame. Takes a lock only when a segment is full, and blocks on the disk only with
     * {@link Durability.Disk}. Never throws because of the state of the file system.
     *
     * @param bytes contains the frame; can be reused when the method has returned
     * @param length the length of the frame in bytes, 1 or more
     * @throws IllegalArgumentException if the length is less than 1
     * @throws IndexOutOfBoundsException if the frame is not within the array
     */
    public Appended append(byte[] bytes, int offset, int length) {
        Appended appended = add(bytes, offset, length, false);
        return appended != Appended.YES || awaited == null || awaited.await() ? appended : refusal(gate.state());
    }

    /**
     * Appends a frame without waiting for the disk, for threads that must not block. Otherwise as
     * {@link #append(byte[], int, int)}.
     *
     * @param kept called when the frame is safe or has failed; not called if the result is not {@link Appended#YES}
     */
    public Appended append(byte[] bytes, int offset, int length, Kept kept) {
        return append(bytes, offset, length, kept, false);
    }

    /**
     * As {@link #append(byte[], int, int, Kept)}.
     *
     * @param wipe whether the frame is overwritten once it is committed, even if the settings do not require it
     */
    public Appended append(byte[] bytes, int offset, int length, Kept kept, boolean wipe) {
        Appended appended = add(bytes, offset, length, wipe);
        if (appended == Appended.YES) {
            if (awaited != null) {
                awaited.listen(kept);
            } else {
                kept.kept(true);
            }
        }
        return appended;
    }

    private Appended add(byte[] bytes, int offset, int length, boolean wipe) {
        if (length < 1) {
            throw new IllegalArgumentException("a frame has one byte or more, got a length of " + length);
        }
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length > maxFrameBytes()) {
            return Appended.TOO_LARGE;
        }
        try {
            while (true) {
                SpoolState now = gate.state();
                if (!(now instanceof SpoolState.Ready)) {
                    return refusal(now);
                }
                Segment segment = chain.current();
                if (wipe && !segment.isWiping()) {
                    segment.wipeCommitted();
                }
                int at = segment.append(bytes, offset, length);
                if (at >= 0) {
                    boolean counted = false;
                    try {
                        counts.appended();
                        counted = true;
                        if (at > segment.capacity() / 2 && chain.needsSpare()) {
                            keeper.wake();
                        }
                    } catch (StackOverflowError e) {
                        // The frame is appended. Count it without a method call: the thread has no stack left for one.
                        if (!counted) {
                            synchronized (counts.uncounted) {
                                counts.uncounted[0]++;
                            }
                        }
                    }
                    return Appended.YES;
                }
                chain.roll(segment);
            }
        } catch (InternalError e) {
            // The JVM's form of SIGBUS: the file system can no longer provide a mapped page. It may be thrown again at
            // any call, so this thread takes no lock and leaves the handling to the keeper.
            keeper.fault = e;
            keeper.wake();
            return Appended.UNAVAILABLE;
        }
    }

    /** Returns the maximum length of a frame in bytes: the size of a segment without the headers. */
    public int maxFrameBytes() {
        return settings.segmentBytes() - Segment.HEADER_BYTES - Segment.FRAME_HEADER_BYTES;
    }

    /**
     * Waits until a full spool may have room again.
     *
     * @return false if the time elapsed first
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    public boolean awaitRoom(long nanos) throws InterruptedException {
        return gate.awaitRoom(nanos);
    }

    private static Appended refusal(SpoolState now) {
        return now instanceof SpoolState.Closed
                ? Appended.CLOSED
                : now instanceof SpoolState.Full ? Appended.FULL : Appended.UNAVAILABLE;
    }

    // Statistics

    /** Returns whether the spool accepts frames, and if not, why. */
    public SpoolState state() {
        return gate.state();
    }

    /** Returns whether a file was truncated while in use: the spool then accepts no frames until it is opened again. */
    public boolean isCut() {
        return check.isCut();
    }

    /** Returns what {@link #open} found. */
    public Recovery recovery() {
        return recovery;
    }

    /**
     * Returns the number of frames that were found when the spool was opened and that were appended since, committed or
     * not. Never decreases.
     */
    public long total() {
        return counts.total();
    }

    /** Returns the number of frames that are not committed. */
    public long held() {
        return counts.held();
    }

    /**
     * Returns the number of frames that are not committed and as safe as the durability promises: {@link #held()}
     * without those that the durability requires to be on the disk and that are not written yet.
     */
    public long safe() {
        return writer == null ? counts.held() : counts.heldOnDisk();
    }

    /** Returns the size of all files in bytes, without those that were set aside. */
    public long sizeOnDisk() {
        return files.bytes();
    }

    /** Returns the share of the maximum size that the files take, from 0 to 1. */
    public double fill() {
        return (double) sizeOnDisk() / settings.maxBytes();
    }

    /** Returns whether another file can follow the current one. Blocks while a new file is being started. */
    public boolean canGrow() {
        return chain.canGrow();
    }

    public Path folder() {
        return folder.path();
    }

    /**
     * Returns the files that contain the uncommitted frames, oldest first. A spool opened on copies of them, each
     * truncated to {@link Extent#bytes()}, has every frame that was safe before the call. The files remain as long as
     * no frame is committed. Does not block on the disk.
     */
    public List<Extent> extents() {
        return chain.extents();
    }

    // Places

    /** Returns the unique id of this spool, which is a part of each {@link Place} in it. */
    public UUID id() {
        return folder.id();
    }

    /**
     * Returns whether a place up to which an earlier process read is beyond everything that the spool contained when it
     * was opened. Then the files are older than the place, because a copy was restored or the machine lost power, and
     * new frames would be mistaken for those already read. Always false for a place in another spool. Safe for use by
     * any thread.
     */
    public boolean isOlderThan(Place place) {
        return place.spool().equals(id()) && place.spool().equals(begin.spool()) && place.isAfter(begin);
    }

    /**
     * Gives the spool a new id, which invalidates all places recorded with the old one. Blocks while a file is written.
     * Safe for use by any thread.
     *
     * @throws IOException if the id cannot be written; the spool then keeps its old id
     */
    public void rename() throws IOException {
        folder.rename();
    }

    // Reading

    /** Returns the only reader; for one thread at a time. */
    public SpoolReader reader() {
        return reader;
    }

    /** Returns whether the file with the frames up to a place exists, so that the next {@link #open} finds it. */
    public boolean isInFile(Place place) {
        return Files.exists(Segment.path(folder.path(), place.segment()));
    }

    /**
     * Overwrites the frames committed so far with zeros, in every file, and from now on also those in the current files
     * once they are committed. Safe for use by any thread; does not block.
     *
     * @return completes when they are overwritten, or when the spool is closed: the rest is then overwritten by
     *     {@link #close} and by the next {@link #open}; fails with an {@link IOException} if the disk cannot be written
     */
    public CompletableFuture<Void> wipeCommitted() {
        return keeper.wipe();
    }

    /**
     * Stops accepting frames, writes to the disk what the durability requires, and unlocks the folder. Blocks until
     * this is done. Frames that are not committed remain for the next {@link #open}. A second close does nothing.
     */
    @Override
    public void close() {
        if (!gate.close()) {
            return;
        }
        if (writer != null) {
            writer.wake();
        }
        keeper.wake();
        keeper.awaitEnd();
    }
}
