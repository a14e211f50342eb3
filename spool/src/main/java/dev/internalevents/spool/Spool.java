package dev.internalevents.spool;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A queue of frames in a folder. Any number of threads append without waiting for each other. One reader consumes the frames
 * in order and commits what it has handled. Frames that are not committed are read again after the next {@link #open}, even
 * if the process was killed. All files have the same size. A daemon thread creates them ahead of time, and reuses or deletes
 * them once they are committed; another one writes to the disk if the durability requires it.
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

    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final String PREPARED = ".prepared";

    /** The maximum number of committed segments kept for reuse: as many as writers may be ahead of a reader that keeps up. */
    private static final int MAX_SPARES = 3;

    private final Path folder;
    private final SpoolSettings settings;
    private final boolean forcing;
    private final @Nullable Staging staging;
    private volatile UUID id;

    /** The position at which appending started when the spool was opened. */
    private final Place begin;

    private final Recovery recovery;
    private final SpoolReader reader;
    private final LongAdder appended = new LongAdder();
    private final long[] uncounted = {0};
    private final GroupCommit groupCommit = new GroupCommit();
    private final Thread keeper;
    private final @Nullable Thread writer;

    /** Guards the chain of segments: the fields below, except reads of the volatile ones. */
    private final ReentrantLock chain = new ReentrantLock();

    private final Condition roomMade = chain.newCondition();
    private final Deque<Segment> retired = new ArrayDeque<>();
    private FolderLock lock;
    private final Deque<Spare> spares = new ArrayDeque<>();
    private final Deque<CompletableFuture<Void>> wipes = new ArrayDeque<>();
    private int files;
    private long prepared;
    private Segment first;
    private volatile Segment current;
    private volatile SpoolState state = new SpoolState.Ready();
    private volatile long committedFrames;

    /** The number of frames that a write to the disk has covered. */
    private volatile long writtenFrames;

    private volatile boolean needsSpare;

    /** Whether the keeper is creating a spare, which already counts as a file; guarded by {@link #chain}. */
    private boolean isPreparing;

    private volatile boolean cut;
    private volatile @Nullable InternalError fault;

    /** The full segment of an appending thread that was interrupted while it created the next one. */
    private @Nullable Segment toRoll;

    private Spool(Path folder, SpoolSettings settings, FolderLock lock) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.lock = lock;
        this.forcing = !(settings.durability() instanceof Durability.EndOfProcess);
        this.staging = settings.durability() instanceof Durability.Disk ? new Staging(settings.segmentBytes()) : null;
        List<Damage> damages = new ArrayList<>();
        UUID name = SpoolId.of(folder, damages);
        long whole = 0;
        long torn = 0;
        long damaged = 0;
        List<Path> setAside = new ArrayList<>();
        Segment before = null;
        Segment start = null;
        for (var found : segmentFiles().entrySet()) {
            MappedSegment segment = openSegment(found.getValue(), found.getKey(), damages);
            if (segment == null) {
                continue;
            }
            reportMissing(before, segment, damages);
            SegmentScan scan = SegmentScan.of(segment);
            whole += scan.whole();
            torn += scan.torn();
            damaged += scan.damaged();
            if (scan.setAside() != null) {
                setAside.add(scan.setAside());
            }
            if (scan.damage() != null) {
                damages.add(scan.damage());
            }
            if (before == null) {
                start = segment;
            } else {
                before.seal();
                before.next = segment;
            }
            if (settings.wipe()) {
                segment.wipeCommitted();
            }
            before = segment;
            files++;
        }
        this.recovery = new Recovery(whole, torn, damaged, setAside, damages);
        if (start == null || before == null) {
            // Numbers start again, so the spool gets a new id: old marks must not apply to the new segments.
            name = SpoolId.create(folder);
            start = before = newSegment(1);
        } else if (staging != null && whole == 0) {
            deleteAll(start);
            start = before = newSegment(before.number() + 1);
        } else if (staging != null) {
            before = stagedAfter(start, before);
        }
        this.id = name;
        this.begin = new Place(name, before.number(), before.tail());
        this.first = start;
        this.current = before;
        this.reader = new SpoolReader(this, start);
        this.keeper = thread(this::keep, "internal-events-spool-keeper-" + folder.getFileName());
        this.writer =
                forcing ? thread(this::writeToDisk, "internal-events-spool-writer-" + folder.getFileName()) : null;
    }

    /** Returns null if the path is not a readable file; it is moved out of the way, so that the other segments can be used. */
    private @Nullable MappedSegment openSegment(Path file, long number, List<Damage> damages) throws IOException {
        OwnerOnly.makeReadable(file);
        try {
            return MappedSegment.open(file, number, settings.segmentBytes());
        } catch (IOException e) {
            boolean isFolder = Files.isDirectory(file);
            if (!isFolder && !(e instanceof AccessDeniedException)) {
                throw e;
            }
            damages.add(new Damage(
                    file,
                    isFolder ? "is a folder" : "is not readable by this user",
                    settings.segmentBytes() - Segment.HEADER_BYTES,
                    SetAside.move(file)));
            return null;
        }
    }

    /**
     * Reports segments that are missing between two others. Segments are numbered without gaps and committed in order; those
     * that were committed may already be deleted.
     */
    private void reportMissing(@Nullable Segment before, Segment next, List<Damage> damages) {
        if (before == null || before.committed() == before.capacity()) {
            return;
        }
        long missing = next.number() - before.number() - 1;
        boolean isReported = damages.stream()
                .anyMatch(one ->
                        Segment.number(one.file()) > before.number() && Segment.number(one.file()) < next.number());
        if (missing > 0 && !isReported) {
            String range = missing == 1
                    ? "is missing"
                    : "and the files up to "
                            + Segment.path(folder, next.number() - 1).getFileName() + " are missing";
            damages.add(new Damage(
                    Segment.path(folder, before.number() + 1),
                    range,
                    missing * (settings.segmentBytes() - Segment.HEADER_BYTES),
                    null));
        }
    }

    /**
     * Returns the segment to append to. Segments of an earlier process are mapped, new ones are staged. An empty last segment
     * is replaced, so that restarts take no space. If there is no room for another segment, appending continues in the last.
     */
    private Segment stagedAfter(Segment start, Segment last) throws IOException {
        if (last.tail() == Segment.HEADER_BYTES && last != start) {
            Segment before = start;
            while (before.next != last) {
                before = Objects.requireNonNull(before.next);
            }
            before.next = null;
            deleteAll(last);
            before.next = newSegment(last.number());
            return before.next;
        }
        if (!roomForAnother()) {
            return last;
        }
        try {
            Segment next = newSegment(last.number() + 1);
            last.seal();
            last.next = next;
            return next;
        } catch (IOException e) {
            // The disk is full. The frames in the spool can still be read, which frees space.
            return last;
        }
    }

    private void deleteAll(Segment from) throws IOException {
        for (Segment segment = from; segment != null; segment = segment.next) {
            Files.delete(segment.path());
            files--;
        }
    }

    private static Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Opens the spool in a folder, which is created if it does not exist, and recovers the frames in it. Blocks while it reads
     * every segment once.
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
            throw e instanceof SpoolInUseException ? e : new IOException(explain(absolute, e), e);
        }
    }

    // Writing

    /**
     * Appends a frame. Takes a lock only when a segment is full, and blocks on the disk only with {@link Durability.Disk}.
     * Never throws because of the state of the file system.
     *
     * @param bytes contains the frame; can be reused when the method has returned
     * @param length the length of the frame in bytes, 1 or more
     * @throws IllegalArgumentException if the length is less than 1
     * @throws IndexOutOfBoundsException if the frame is not within the array
     */
    public Appended append(byte[] bytes, int offset, int length) {
        Appended appended = add(bytes, offset, length, false);
        return appended != Appended.YES
                        || !(settings.durability() instanceof Durability.Disk)
                        || groupCommit.await(writer)
                ? appended
                : refusal(state);
    }

    /**
     * Appends a frame without waiting for the disk, for threads that must not block. Otherwise as {@link #append(byte[],
     * int, int)}.
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
            if (settings.durability() instanceof Durability.Disk) {
                groupCommit.listen(kept, writer);
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
                SpoolState now = state;
                if (!(now instanceof SpoolState.Ready)) {
                    return refusal(now);
                }
                Segment segment = current;
                if (wipe && !segment.isWiping()) {
                    segment.wipeCommitted();
                }
                int at = segment.append(bytes, offset, length);
                if (at >= 0) {
                    boolean counted = false;
                    try {
                        appended.increment();
                        counted = true;
                        if (at > segment.capacity() / 2 && needsSpare) {
                            LockSupport.unpark(keeper);
                        }
                    } catch (StackOverflowError e) {
                        // The frame is appended. Count it without a method call: the thread has no stack left for one.
                        if (!counted) {
                            synchronized (uncounted) {
                                uncounted[0]++;
                            }
                        }
                    }
                    return Appended.YES;
                }
                roll(segment);
            }
        } catch (InternalError e) {
            // The JVM's form of SIGBUS: the file system can no longer provide a mapped page. It may be thrown again at
            // any call, so this thread takes no lock and leaves the handling to the keeper.
            fault = e;
            LockSupport.unpark(keeper);
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
        chain.lockInterruptibly();
        try {
            long left = nanos;
            while (state instanceof SpoolState.Full) {
                if (left <= 0) {
                    return false;
                }
                left = roomMade.awaitNanos(left);
            }
            return true;
        } finally {
            chain.unlock();
        }
    }

    private static Appended refusal(SpoolState now) {
        return now instanceof SpoolState.Closed
                ? Appended.CLOSED
                : now instanceof SpoolState.Full ? Appended.FULL : Appended.UNAVAILABLE;
    }

    // Statistics

    private long appendedFrames() {
        synchronized (uncounted) {
            return appended.sum() + uncounted[0];
        }
    }

    /** Returns whether the spool accepts frames, and if not, why. */
    public SpoolState state() {
        return state;
    }

    /** Returns what {@link #open} found. */
    public Recovery recovery() {
        return recovery;
    }

    /** Returns the number of frames that are not committed. */
    public long held() {
        return Math.max(0, recovery.whole() + appendedFrames() - committedFrames);
    }

    /**
     * Returns the number of frames that are not committed and as safe as the durability promises: {@link #held()} without
     * those that the durability requires to be on the disk and that are not written yet.
     */
    public long safe() {
        long safelyAppended = forcing ? writtenFrames : appendedFrames();
        return Math.max(0, recovery.whole() + safelyAppended - committedFrames);
    }

    /** Returns the size of all files in bytes, without those that were set aside. */
    public long sizeOnDisk() {
        chain.lock();
        try {
            return (long) files * settings.segmentBytes();
        } finally {
            chain.unlock();
        }
    }

    /** Returns the share of the maximum size that the files take, from 0 to 1. */
    public double fill() {
        return (double) sizeOnDisk() / settings.maxBytes();
    }

    /** Returns whether another file can follow the current one. Blocks while a new file is being started. */
    public boolean canGrow() {
        chain.lock();
        try {
            return isPreparing || !spares.isEmpty() || roomForAnother();
        } finally {
            chain.unlock();
        }
    }

    public Path folder() {
        return folder;
    }

    /**
     * Returns the files that contain the uncommitted frames, oldest first. A spool opened on copies of them, each truncated to
     * {@link Extent#bytes()}, has every frame that was safe before the call. The files remain as long as no frame is committed.
     * Does not block on the disk.
     */
    public List<Extent> extents() {
        chain.lock();
        try {
            List<Extent> extents = new ArrayList<>();
            for (Segment segment = first; segment != null; segment = segment.next) {
                extents.add(new Extent(segment.path(), segment.safeBytes()));
            }
            return extents;
        } finally {
            chain.unlock();
        }
    }

    /** Returns the unique id of this spool. Together with a {@link Mark} it identifies a position permanently. */
    public UUID id() {
        return id;
    }

    /**
     * Returns whether a position up to which an earlier process read is beyond everything that the spool contained when it was
     * opened. Then the files are older than the position, because a copy was restored or the machine lost power, and new frames
     * would be mistaken for those already read. Safe for use by any thread.
     */
    public boolean isOlderThan(long segment, int offset) {
        return segment > begin.segment() || (segment == begin.segment() && offset > begin.offset());
    }

    /**
     * Gives the spool a new id, which invalidates all positions recorded with the old one. Blocks while a file is written. Safe
     * for use by any thread.
     *
     * @throws IOException if the id cannot be written; the spool then keeps its old id
     */
    public void rename() throws IOException {
        chain.lock();
        try {
            id = SpoolId.create(folder);
        } finally {
            chain.unlock();
        }
    }

    /** Returns the only reader; for one thread at a time. */
    public SpoolReader reader() {
        return reader;
    }

    /** Returns whether the file with the frames up to a mark exists, so that the next {@link #open} finds it. */
    public boolean isInFile(Mark mark) {
        return Files.exists(Segment.path(folder, mark.segment()));
    }

    /**
     * Stops accepting frames, writes to the disk what the durability requires, and unlocks the folder. Blocks until this is
     * done. Frames that are not committed remain for the next {@link #open}. A second close does nothing.
     */
    @Override
    public void close() {
        chain.lock();
        try {
            if (state instanceof SpoolState.Closed) {
                return;
            }
            state = new SpoolState.Closed();
            roomMade.signalAll();
        } finally {
            chain.unlock();
        }
        LockSupport.unpark(writer);
        LockSupport.unpark(keeper);
        awaitEnd(keeper);
    }

    private static void awaitEnd(@Nullable Thread thread) {
        boolean interrupted = false;
        while (thread != null && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // Committing, called by the reader

    void commit(Mark mark) {
        boolean freed;
        chain.lock();
        try {
            if (mark.frames() < committedFrames) {
                return;
            }
            committedFrames = mark.frames();
            while (first.number() < mark.segment()) {
                retireFirst();
            }
            if (mark.offset() > first.committed()) {
                first.commit(mark.offset());
            }
            if (mark.offset() == first.capacity() && first.next != null) {
                retireFirst();
            }
            freed = !retired.isEmpty();
        } finally {
            chain.unlock();
        }
        if (freed) {
            LockSupport.unpark(keeper);
        }
    }

    /**
     * Overwrites the frames committed so far with zeros, in every file, and from now on also those in the current files once
     * they are committed. Safe for use by any thread; does not block.
     *
     * @return completes when they are overwritten, or when the spool is closed: the rest is then overwritten by {@link #close}
     *     and by the next {@link #open}; fails with an {@link IOException} if the disk cannot be written
     */
    public CompletableFuture<Void> wipeCommitted() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        chain.lock();
        try {
            for (Segment segment = first; segment != null; segment = segment.next) {
                segment.wipeCommitted();
            }
            retired.forEach(Segment::wipeCommitted);
            if (state instanceof SpoolState.Closed) {
                done.complete(null);
            } else {
                wipes.add(done);
            }
        } finally {
            chain.unlock();
        }
        LockSupport.unpark(keeper);
        return done;
    }

    /** The start of the uncommitted frames. */
    record Start(Segment segment, long frames) {}

    Start start() {
        chain.lock();
        try {
            return new Start(first, committedFrames);
        } finally {
            chain.unlock();
        }
    }

    private void retireFirst() {
        Segment done = first;
        Segment next = done.next;
        if (next == null) {
            throw new IllegalStateException("a mark beyond the last segment");
        }
        done.commit(done.capacity());
        first = next;
        retired.add(done);
    }

    // Rolling

    /**
     * Moves on to the next segment. Any appending thread may call this, even one that is interrupted: its interrupt flag is
     * cleared and restored afterwards, because an interrupt closes channels and would make the spool unavailable to all threads.
     */
    private void roll(Segment exhausted) {
        boolean interrupted = Thread.interrupted();
        try {
            if (!rollOver(exhausted)) {
                interrupted = true;
                rollByKeeper(exhausted);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets the keeper, which is never interrupted, move on for a thread that was interrupted meanwhile. */
    private void rollByKeeper(Segment exhausted) {
        chain.lock();
        try {
            while (current == exhausted && state instanceof SpoolState.Ready) {
                toRoll = exhausted;
                LockSupport.unpark(keeper);
                roomMade.awaitUninterruptibly();
            }
        } finally {
            chain.unlock();
        }
    }

    /** Does what {@link #rollByKeeper} asks for; called by the keeper. */
    private void rollAsked() {
        Segment asked;
        chain.lock();
        try {
            asked = toRoll;
            toRoll = null;
        } finally {
            chain.unlock();
        }
        if (asked != null && !rollOver(asked)) {
            throw new IllegalStateException("the keeper was interrupted");
        }
    }

    /** Returns false if it was interrupted and must be called again. */
    private boolean rollOver(Segment exhausted) {
        chain.lock();
        try {
            if (current != exhausted || !(state instanceof SpoolState.Ready)) {
                return true;
            }
            // The spare that is being created counts as room: wait for it instead of reporting the spool as full.
            while (isPreparing && spares.isEmpty()) {
                roomMade.awaitUninterruptibly();
            }
            if (current != exhausted || !(state instanceof SpoolState.Ready)) {
                return true;
            }
            if (spares.isEmpty() && !roomForAnother()) {
                state = new SpoolState.Full(settings.maxBytes());
                return true;
            }
            advance();
        } catch (ClosedByInterruptException e) {
            return false;
        } catch (IOException e) {
            unavailable(explain(folder, e));
        } finally {
            roomMade.signalAll();
            chain.unlock();
        }
        return true;
    }

    private void advance() throws IOException {
        Segment next = newSegment(current.number() + 1);
        current.next = next;
        current = next;
        needsSpare = true;
    }

    private boolean roomForAnother() {
        return (files + 1L) * settings.segmentBytes() <= settings.maxBytes();
    }

    private Segment newSegment(long number) throws IOException {
        Spare spare = spares.poll();
        if (spare == null) {
            Path file = preparedPath();
            spare = Spare.create(file, settings.segmentBytes(), forcing);
            files++;
        }
        try {
            Segment segment = staging == null
                    ? MappedSegment.start(spare, folder, number)
                    : StagedSegment.start(spare, staging, folder, number);
            if (settings.wipe()) {
                segment.wipeCommitted();
            }
            if (forcing) {
                OwnerOnly.forceNames(folder);
            }
            return segment;
        } catch (IOException e) {
            files--;
            if (!Files.deleteIfExists(spare.file())) {
                // It already had the segment's name, and contains no frame.
                Files.deleteIfExists(Segment.path(folder, number));
            }
            throw e;
        }
    }

    private Path preparedPath() {
        return folder.resolve(prepared++ + PREPARED);
    }

    private SortedMap<Long, Path> segmentFiles() throws IOException {
        SortedMap<Long, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                long number = Segment.number(file);
                if (number >= 0) {
                    found.put(number, file);
                } else if (file.getFileName().toString().endsWith(PREPARED)) {
                    if (Files.isDirectory(file)) {
                        SetAside.move(file);
                    } else {
                        Files.delete(file);
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    // The disk writer: does nothing else, so that threads waiting for the disk are not delayed

    private void writeToDisk() {
        long interval = settings.durability() instanceof Durability.Interval every
                ? Math.min(every.every().toNanos(), RETRY_NANOS)
                : RETRY_NANOS;
        Segment forced = first;
        GroupCommit.Round round = null;
        boolean closed;
        do {
            closed = state instanceof SpoolState.Closed;
            try {
                if (round == null) {
                    round = groupCommit.begin();
                }
                long covered = appendedFrames();
                forced = force(forced);
                writtenFrames = covered;
                groupCommit.done(round);
                round = null;
            } catch (Throwable e) {
                // Includes OutOfMemoryError: waiting threads must get an answer, and the next round may succeed.
                round = hasFailed(round, e) ? null : round;
            }
            awaitWork(interval);
        } while (!closed);
        groupCommit.failed(round);
    }

    private void awaitWork(long interval) {
        try {
            if (!(state instanceof SpoolState.Closed) && !groupCommit.isAsked()) {
                LockSupport.parkNanos(this, interval);
            }
        } catch (Throwable e) {
            // No memory to queue for the lock: start the next round at once.
            Thread.onSpinWait();
        }
    }

    /** Fails the round; returns false if there is no memory even for that, and then the same round is retried. */
    private boolean hasFailed(GroupCommit.@Nullable Round round, Throwable e) {
        try {
            groupCommit.failed(round);
        } catch (Throwable again) {
            return false;
        }
        broke(e);
        return true;
    }

    /** Records a failure so that the thread can continue. If there is no memory for the message, the next round fails again. */
    private void broke(Throwable e) {
        try {
            unavailable(explain(folder, e));
            if (e instanceof InternalError) {
                // The page may belong to a truncated file. Check now: later rounds would fail before their check.
                check();
            }
        } catch (IOException | RuntimeException | Error again) {
            // The next round detects the failure again.
        }
    }

    private Segment force(Segment from) throws IOException {
        Segment last = current;
        Segment segment = from;
        while (true) {
            segment.force();
            Segment next = segment.next;
            if (segment == last || next == null) {
                break;
            }
            segment = next;
        }
        return segment;
    }

    // The keeper: creates segments ahead of time, reuses committed ones, detects failures

    private void keep() {
        long lastCheck = System.nanoTime();
        while (!(state instanceof SpoolState.Closed)) {
            try {
                InternalError faulty = fault;
                if (faulty != null) {
                    fault = null;
                    unavailable("a mapped page cannot be written (" + faulty.getMessage() + ")");
                }
                rollAsked();
                List<CompletableFuture<Void>> asked = takeWipes();
                try {
                    recycle();
                    wipeFirst();
                    if (!asked.isEmpty()) {
                        wipeSpares();
                    }
                } catch (RuntimeException | Error | IOException e) {
                    asked.forEach(one -> one.completeExceptionally(e));
                    throw e;
                }
                asked.forEach(one -> one.complete(null));
                long now = System.nanoTime();
                if (now - lastCheck >= RETRY_NANOS) {
                    lastCheck = now;
                    check();
                }
            } catch (Throwable e) {
                broke(e);
            }
            if (!(state instanceof SpoolState.Closed)) {
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
        awaitEnd(writer);
        release();
        takeWipes().forEach(one -> one.complete(null));
    }

    private List<CompletableFuture<Void>> takeWipes() {
        chain.lock();
        try {
            List<CompletableFuture<Void>> taken = List.copyOf(wipes);
            wipes.clear();
            return taken;
        } finally {
            chain.unlock();
        }
    }

    /** Overwrites the frames in the spares; they are reused with their old frames, which a checksum tells from new ones. */
    private void wipeSpares() throws IOException {
        List<Spare> used = new ArrayList<>();
        chain.lock();
        try {
            spares.removeIf(spare -> spare.used() && used.add(spare));
        } finally {
            chain.unlock();
        }
        try {
            for (Spare spare : used) {
                spare.wipe();
            }
        } finally {
            chain.lock();
            try {
                spares.addAll(used);
            } finally {
                chain.unlock();
            }
        }
    }

    /** Removes committed segments, and prepares one of them or a new file for when the current segment is full. */
    private void recycle() throws IOException {
        while (true) {
            Segment done;
            Path file;
            chain.lock();
            try {
                done = retired.poll();
                if (done == null) {
                    break;
                }
                file = spares.size() < MAX_SPARES && done.capacity() == settings.segmentBytes() ? preparedPath() : null;
            } finally {
                chain.unlock();
            }
            Spare spare = file == null ? null : done.reuse(file);
            if (spare == null) {
                done.close();
                Files.deleteIfExists(done.path());
            }
            chain.lock();
            try {
                keepSpare(spare);
                if (state instanceof SpoolState.Full && (!spares.isEmpty() || roomForAnother())) {
                    state = new SpoolState.Ready();
                    roomMade.signalAll();
                }
            } finally {
                chain.unlock();
            }
        }
        prepareSpare();
    }

    /** Overwrites the committed frames of the first segment that is not retired; retired ones are handled by recycle. */
    private void wipeFirst() throws IOException {
        start().segment().wipe();
    }

    /** Adds a spare; null means that a file which was already counted does not exist. */
    private void keepSpare(@Nullable Spare spare) {
        if (spare == null) {
            files--;
        } else {
            spares.add(spare);
        }
    }

    private void prepareSpare() {
        Path file;
        chain.lock();
        try {
            // Only a spool that is written to needs one.
            if (!needsSpare || current.tail() <= current.capacity() / 2) {
                return;
            }
            needsSpare = false;
            if (!spares.isEmpty() || !(state instanceof SpoolState.Ready) || !roomForAnother()) {
                return;
            }
            files++;
            file = preparedPath();
            isPreparing = true;
        } finally {
            chain.unlock();
        }
        Spare spare = null;
        try {
            spare = Spare.create(file, settings.segmentBytes(), forcing);
        } catch (IOException e) {
            // Ignored: the current segment still has room, and the writer that fills it retries and reports the error.
        } finally {
            chain.lock();
            try {
                isPreparing = false;
                keepSpare(spare);
                roomMade.signalAll();
            } finally {
                chain.unlock();
            }
        }
    }

    /** Detects truncated and deleted files: frames in a file that cannot be opened again would be lost with the process. */
    private void check() throws IOException {
        Segment shortened = firstCut();
        if (shortened != null) {
            cut = true;
            unavailable(shortened.path() + " was truncated while in use, and its end can no longer be read; expected"
                    + " a folder on a local disk that no other program changes");
        } else if (state instanceof SpoolState.Unavailable) {
            reopen();
        } else {
            Segment deleted = firstDeleted();
            if (deleted != null) {
                unavailable(deleted.path() + " was deleted while it was in use; it is rewritten with its contents");
            }
        }
    }

    /** Returns the first truncated segment: its frames are gone, and accessing them throws an InternalError. */
    private @Nullable Segment firstCut() throws IOException {
        for (Segment segment = start().segment(); segment != null; segment = segment.next) {
            try {
                if (Files.size(segment.path()) < segment.capacity() && !segment.isRestored()) {
                    return segment;
                }
            } catch (NoSuchFileException e) {
                // Deleted: handled separately.
            }
        }
        return null;
    }

    /** Returns whether a file was truncated while in use: the spool then accepts no frames until it is opened again. */
    public boolean isCut() {
        return cut;
    }

    private @Nullable Segment firstDeleted() {
        Segment segment = start().segment();
        while (segment != null && !segment.isDeleted()) {
            segment = segment.next;
        }
        return segment;
    }

    /** Rewrites deleted files: only this process can still read their frames, which would be lost with it. */
    private void restoreDeleted() throws IOException {
        SpoolId.restore(folder, id);
        for (Segment segment = first; segment != null; segment = segment.next) {
            if (segment.isDeleted()) {
                if (segment == current) {
                    current.seal();
                }
                segment.restore();
            }
        }
    }

    private void reopen() throws IOException {
        chain.lock();
        try {
            OwnerOnly.createFolder(folder);
            if (!Files.exists(folder.resolve("lock"))) {
                lock.close();
                lock = FolderLock.take(folder);
            }
            if (current.isDeleted()) {
                files -= spares.size();
                spares.clear();
            }
            restoreDeleted();
            if (current.tail() == current.capacity()) {
                if (!roomForAnother() && spares.isEmpty()) {
                    state = new SpoolState.Full(settings.maxBytes());
                    return;
                }
                advance();
            }
            if (!(state instanceof SpoolState.Closed)) {
                state = new SpoolState.Ready();
            }
        } finally {
            chain.unlock();
        }
    }

    private void unavailable(String reason) {
        chain.lock();
        try {
            if (!(state instanceof SpoolState.Closed)) {
                state = new SpoolState.Unavailable(reason);
                roomMade.signalAll();
            }
        } finally {
            chain.unlock();
        }
    }

    private void release() {
        chain.lock();
        try {
            first.wipe();
        } catch (IOException | InternalError e) {
            // The next start wipes it.
        }
        try {
            while (true) {
                Segment done = retired.poll();
                if (done == null) {
                    break;
                }
                done.close();
                Files.deleteIfExists(done.path());
            }
            for (Segment left = first; left != null; left = left.next) {
                if (left.isDeleted() || left.isRestored()) {
                    keepDeleted(left);
                }
                left.close();
            }
            for (Spare spare : spares) {
                Files.deleteIfExists(spare.file());
            }
        } catch (IOException | InternalError e) {
            // The next open deletes what is left: committed segments and prepared files contain no frames to read.
        } finally {
            chain.unlock();
        }
        try {
            lock.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }

    /** Rewrites the file once more: frames and the commit position may have been written after it was restored. */
    private void keepDeleted(Segment segment) throws IOException {
        if (held() == 0) {
            Files.deleteIfExists(segment.path());
            return;
        }
        OwnerOnly.createFolder(folder);
        SpoolId.restore(folder, id);
        segment.restore();
    }

    /**
     * Returns a file that is in the place of the folder or of one of its parents. The file system's own error would give only
     * its path, or no path at all.
     */
    private static @Nullable Path fileInTheWay(Path folder) {
        for (Path path = folder; path != null; path = path.getParent()) {
            if (Files.exists(path)) {
                return Files.isDirectory(path) ? null : path;
            }
        }
        return null;
    }

    private static String explain(Path folder, Throwable e) {
        Path file = fileInTheWay(folder);
        if (file != null) {
            return file.equals(folder)
                    ? folder + ": is a file; expected a folder"
                    : folder + ": cannot be created, because " + file + " is a file; expected a folder";
        } else if (e instanceof AccessDeniedException) {
            return folder + ": " + e.getMessage()
                    + " is not writable; expected a folder in which this process can create files";
        } else if (e instanceof NoSuchFileException && !Files.exists(folder)) {
            return folder + ": cannot be created; expected a folder in which this process can create files";
        } else if (e instanceof NoSuchFileException) {
            return folder + ": " + e.getMessage() + " does not exist";
        }
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        if (message.contains("File too large")) {
            return folder
                    + ": the file size limit is below the size of a segment; expected a higher limit of this process"
                    + " (ulimit -f) or of the file system";
        }
        return message.startsWith(folder.toString()) ? message : folder + ": " + message;
    }
}
