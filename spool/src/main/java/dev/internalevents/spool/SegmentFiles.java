package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a spool: counts them, so that they stay within the maximum size, creates segments, and stores the
 * spares, which wait to become segments. Guarded by the monitor of the {@link SpoolGate}; methods that the chain does
 * not call take it.
 */
final class SegmentFiles {

    private static final String PREPARED = ".prepared";

    /**
     * The maximum number of committed segments kept for reuse: as many as writers may be ahead of a reader that keeps
     * up.
     */
    private static final int MAX_SPARES = 3;

    private final SpoolGate gate;
    private final Path folder;
    private final SpoolSettings settings;
    private final boolean isForced;
    private final @Nullable Staging staging;
    private final Deque<Spare> spares = new ArrayDeque<>();
    private int count;
    private long prepared;

    SegmentFiles(SpoolGate gate, Path folder, SpoolSettings settings) {
        this.gate = gate;
        this.folder = folder;
        this.settings = settings;
        this.isForced = !(settings.durability() instanceof Durability.EndOfProcess);
        this.staging = settings.durability() instanceof Durability.Disk ? new Staging(settings.segmentBytes()) : null;
    }

    /** Returns whether a file was a spare of a process that has ended. */
    static boolean isSpare(Path file) {
        return file.getFileName().toString().endsWith(PREPARED);
    }

    /** Returns whether segments buffer their frames in memory; see {@link StagedSegment}. */
    boolean areStaged() {
        return staging != null;
    }

    // Counting

    /** Counts a file that an earlier process left. */
    void found() {
        count++;
    }

    /** Counts a file that was deleted. */
    void deleted() {
        count--;
    }

    /** Returns the size of all files in bytes. */
    long bytes() {
        synchronized (gate) {
            return (long) count * settings.segmentBytes();
        }
    }

    /** Returns whether another file fits into the maximum size. */
    boolean isRoomForAnother() {
        return (count + 1L) * settings.segmentBytes() <= settings.maxBytes();
    }

    /** Returns whether there can be another segment. */
    boolean canGrow() {
        return hasSpare() || isRoomForAnother();
    }

    long maxBytes() {
        return settings.maxBytes();
    }

    // Creating

    /** Makes an empty segment of a spare, or of a new file if there is none. */
    Segment newSegment(long number) throws IOException {
        Spare spare = spares.poll();
        if (spare == null) {
            spare = create(nextName());
            count++;
        }
        try {
            Segment segment = staging == null
                    ? MappedSegment.start(spare, folder, number)
                    : StagedSegment.start(spare, staging, folder, number);
            if (settings.wipe()) {
                segment.wipeCommitted();
            }
            if (isForced) {
                OwnerOnly.forceNames(folder);
            }
            return segment;
        } catch (IOException e) {
            count--;
            if (!Files.deleteIfExists(spare.file())) {
                // It already had the segment's name, and contains no frame.
                Files.deleteIfExists(Segment.path(folder, number));
            }
            throw e;
        }
    }

    /** Creates the file of a spare, which does not count yet; needs no lock. */
    Spare create(Path name) throws IOException {
        return Spare.create(name, settings.segmentBytes(), isForced);
    }

    // Spares

    boolean hasSpare() {
        return !spares.isEmpty();
    }

    /** Counts a spare that is about to be created, and returns its name. */
    Path reserveSpare() {
        count++;
        return nextName();
    }

    /**
     * Returns the name under which the file of a committed segment becomes a spare; null if it is not needed as one.
     */
    @Nullable
    Path spareName(Segment done) {
        return spares.size() < MAX_SPARES && done.capacity() == settings.segmentBytes() ? nextName() : null;
    }

    /** Adds a spare whose file is counted already; null means that the file does not exist. */
    void add(@Nullable Spare spare) {
        if (spare == null) {
            count--;
        } else {
            spares.add(spare);
        }
    }

    /**
     * Removes the spares that contain frames of an earlier segment; they still count, and are added again by the
     * caller.
     */
    List<Spare> takeUsed() {
        List<Spare> used = new ArrayList<>();
        synchronized (gate) {
            spares.removeIf(spare -> spare.used() && used.add(spare));
        }
        return used;
    }

    /** Adds spares that were returned by {@link #takeUsed}. */
    void addAll(List<Spare> taken) {
        synchronized (gate) {
            spares.addAll(taken);
        }
    }

    /** Removes all spares, whose files were deleted. */
    void forgetSpares() {
        count -= spares.size();
        spares.clear();
    }

    void deleteSpares() throws IOException {
        for (Spare spare : spares) {
            Files.deleteIfExists(spare.file());
        }
    }

    private Path nextName() {
        return folder.resolve(prepared++ + PREPARED);
    }
}
