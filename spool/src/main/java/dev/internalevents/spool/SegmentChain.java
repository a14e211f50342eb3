package dev.internalevents.spool;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a spool in order, from the first with uncommitted frames to the current one, to which threads append.
 * It changes under the monitor of the {@link SpoolGate}; {@link #current} and {@link #needsSpare} can be read without
 * it.
 */
final class SegmentChain {

    private final SpoolGate gate;
    private final OpenFolder folder;
    private final SegmentFiles files;
    private final FrameCounts counts;

    /** Segments without uncommitted frames, for the keeper to reuse or delete. */
    private final Deque<Segment> retired = new ArrayDeque<>();

    private Segment first;
    private volatile Segment current;
    private volatile boolean needsSpare;

    /** Whether the keeper is creating a spare, which already counts as a file. */
    private boolean isPreparing;

    /** The full segment of an appending thread that was interrupted while it created the next one. */
    private @Nullable Segment toRoll;

    /** Does what other threads should not: creates files ahead, and reuses or deletes them. */
    private @Nullable Thread keeper;

    SegmentChain(SpoolGate gate, OpenFolder folder, SegmentFiles files, FrameCounts counts, SegmentRecovery recovered) {
        this.gate = gate;
        this.folder = folder;
        this.files = files;
        this.counts = counts;
        this.first = recovered.first();
        this.current = recovered.last();
    }

    /** Sets the thread that is woken when there is something to do; before any other thread uses the chain. */
    void keptBy(Thread thread) {
        keeper = thread;
    }

    // Appending

    Segment current() {
        return current;
    }

    /** Returns whether the keeper should create a spare once the current segment is half full. */
    boolean needsSpare() {
        return needsSpare;
    }

    private enum Rolled {
        YES,

        /** The caller is woken at the next change, and must try again. */
        WAITS,

        /** An interrupt closed a file; the keeper, which is never interrupted, must do it. */
        INTERRUPTED
    }

    /**
     * Moves on to the next segment. Any appending thread may call this, even one that is interrupted: its interrupt
     * flag is cleared and restored afterwards, because an interrupt closes channels and would make the spool
     * unavailable to all threads.
     */
    void roll(Segment exhausted) {
        boolean interrupted = Thread.interrupted();
        boolean isForKeeper = false;
        try {
            while (true) {
                Rolled rolled = isForKeeper ? askKeeper(exhausted) : rollOver(exhausted);
                if (rolled == Rolled.YES) {
                    return;
                } else if (rolled == Rolled.INTERRUPTED) {
                    isForKeeper = true;
                } else {
                    LockSupport.park(this);
                }
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Rolled askKeeper(Segment exhausted) {
        synchronized (gate) {
            if (current != exhausted || !gate.isReady()) {
                return Rolled.YES;
            }
            gate.wakeCaller();
            toRoll = exhausted;
        }
        LockSupport.unpark(keeper);
        return Rolled.WAITS;
    }

    private Rolled rollOver(Segment exhausted) {
        synchronized (gate) {
            if (current == exhausted && gate.isReady() && isPreparing && !files.hasSpare()) {
                // The spare that is being created counts as room: wait for it instead of reporting the spool as full.
                gate.wakeCaller();
                return Rolled.WAITS;
            }
            try {
                if (current == exhausted && gate.isReady()) {
                    advanceOrFull();
                }
                return Rolled.YES;
            } catch (ClosedByInterruptException e) {
                return Rolled.INTERRUPTED;
            } catch (IOException e) {
                gate.unavailable(FolderFailure.describe(folder.path(), e));
                return Rolled.YES;
            } finally {
                gate.changed();
            }
        }
    }

    private void advanceOrFull() throws IOException {
        if (files.canGrow()) {
            advance();
        } else {
            gate.set(new SpoolState.Full(files.maxBytes()));
        }
    }

    private void advance() throws IOException {
        Segment next = files.newSegment(current.number() + 1);
        current.next = next;
        current = next;
        needsSpare = true;
    }

    // Reading and committing

    /** The start of the uncommitted frames. */
    record Start(Segment segment, long frames) {}

    Start start() {
        synchronized (gate) {
            return new Start(first, counts.committedSoFar());
        }
    }

    /** Commits everything before the mark; does nothing if more is committed already. */
    void commit(Mark mark) {
        boolean freed;
        Place place = mark.place();
        synchronized (gate) {
            if (mark.frames() < counts.committedSoFar()) {
                return;
            }
            counts.committed(mark.frames());
            while (first.number() < place.segment()) {
                retireFirst();
            }
            if (place.offset() > first.committed()) {
                first.commit(place.offset());
            }
            if (place.offset() == first.capacity() && first.next != null) {
                retireFirst();
            }
            freed = !retired.isEmpty();
        }
        if (freed) {
            LockSupport.unpark(keeper);
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

    /** From now on, overwrites frames with zeros once they are committed, including those committed before. */
    void wipeCommitted() {
        synchronized (gate) {
            for (Segment segment = first; segment != null; segment = segment.next) {
                segment.wipeCommitted();
            }
            retired.forEach(Segment::wipeCommitted);
        }
    }

    // Files

    boolean canGrow() {
        synchronized (gate) {
            return isPreparing || files.canGrow();
        }
    }

    List<Extent> extents() {
        synchronized (gate) {
            List<Extent> extents = new ArrayList<>();
            for (Segment segment = first; segment != null; segment = segment.next) {
                extents.add(new Extent(segment.path(), segment.safeBytes()));
            }
            return extents;
        }
    }

    // For the keeper; see there for the order

    /** Does what {@link #askKeeper} asks for. */
    void rollAsked() {
        Segment asked;
        synchronized (gate) {
            asked = toRoll;
            toRoll = null;
        }
        if (asked != null && rollOver(asked) == Rolled.INTERRUPTED) {
            throw new IllegalStateException("the keeper was interrupted");
        }
    }

    /** A committed segment, and the name that its file gets as a spare; null if it is not needed as one. */
    record Retired(Segment segment, @Nullable Path spareName) {}

    /** Returns the next committed segment; null if there is none. */
    @Nullable
    Retired nextRetired() {
        synchronized (gate) {
            Segment done = retired.poll();
            return done == null ? null : new Retired(done, files.spareName(done));
        }
    }

    /**
     * Adds the spare that a committed segment became, or null if its file was deleted; a full spool may have room now.
     */
    void recycled(@Nullable Spare spare) {
        synchronized (gate) {
            files.add(spare);
            if (gate.isFull() && files.canGrow()) {
                gate.set(new SpoolState.Ready());
            }
        }
    }

    /** Creates a spare if the current segment is half full and there is none. */
    void prepareSpare() {
        Path name;
        synchronized (gate) {
            // Only a spool that is written to needs one.
            if (!needsSpare || current.tail() <= current.capacity() / 2) {
                return;
            }
            needsSpare = false;
            if (files.hasSpare() || !gate.isReady() || !files.isRoomForAnother()) {
                return;
            }
            name = files.reserveSpare();
            isPreparing = true;
        }
        Spare spare = null;
        try {
            spare = files.create(name);
        } catch (IOException e) {
            // Ignored: the current segment still has room, and the writer that fills it retries and reports the error.
        } finally {
            synchronized (gate) {
                isPreparing = false;
                files.add(spare);
                gate.changed();
            }
        }
    }

    /** Rewrites deleted files, and accepts frames again. */
    void reopen() throws IOException {
        synchronized (gate) {
            folder.restore();
            if (current.isDeleted()) {
                files.forgetSpares();
            }
            restoreDeleted();
            if (current.tail() == current.capacity()) {
                if (!files.canGrow()) {
                    gate.set(new SpoolState.Full(files.maxBytes()));
                    return;
                }
                advance();
            }
            if (!gate.isClosed()) {
                gate.set(new SpoolState.Ready());
            }
        }
    }

    /** Only this process can still read the frames of a deleted file, and they would be lost with it. */
    private void restoreDeleted() throws IOException {
        for (Segment segment = first; segment != null; segment = segment.next) {
            if (segment.isDeleted()) {
                if (segment == current) {
                    current.seal();
                }
                segment.restore();
            }
        }
    }

    /** Deletes and closes the files of a closed spool, and unlocks the folder. */
    void release() {
        synchronized (gate) {
            try {
                first.wipe();
            } catch (IOException | InternalError e) {
                // The next start wipes it.
            }
            try {
                closeFiles();
            } catch (IOException | InternalError e) {
                // The next open deletes what is left: committed segments and prepared files contain no frames to read.
            }
        }
        folder.unlock();
    }

    private void closeFiles() throws IOException {
        for (Segment done = retired.poll(); done != null; done = retired.poll()) {
            done.close();
            Files.deleteIfExists(done.path());
        }
        for (Segment left = first; left != null; left = left.next) {
            if (left.isDeleted() || left.isRestored()) {
                keepDeleted(left);
            }
            left.close();
        }
        files.deleteSpares();
    }

    /** Rewrites the file once more: frames and the commit position may have been written after it was restored. */
    private void keepDeleted(Segment segment) throws IOException {
        if (counts.held() == 0) {
            Files.deleteIfExists(segment.path());
            return;
        }
        folder.restoreForNextStart();
        segment.restore();
    }
}
