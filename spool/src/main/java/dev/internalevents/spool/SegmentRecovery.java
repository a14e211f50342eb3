package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Opens what earlier processes left in a folder: reads and repairs the segments in order, links them, and adds the one
 * to append to. Files that are missing, unreadable or damaged are reported; those that cannot be used are moved out of
 * the way.
 */
final class SegmentRecovery {

    private final Path folder;
    private final SpoolSettings settings;
    private final SegmentFiles files;
    private final List<Damage> damages = new ArrayList<>();
    private final List<Path> setAside = new ArrayList<>();
    private long whole;
    private long torn;
    private long damaged;
    private final UUID id;
    private final Segment first;
    private final Segment last;

    /** Blocks while it reads every segment once. */
    SegmentRecovery(Path folder, SpoolSettings settings, SegmentFiles files) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.files = files;
        UUID known = SpoolId.of(folder, damages);
        List<Segment> segments = openAll();
        if (segments.isEmpty()) {
            // Numbers start again, so the spool gets a new id: old places must not apply to the new segments.
            this.id = SpoolId.create(folder);
            this.first = this.last = files.newSegment(1);
        } else {
            this.id = known;
            Segment newest = segments.get(segments.size() - 1);
            if (!files.areStaged()) {
                this.first = segments.get(0);
                this.last = newest;
            } else if (whole == 0) {
                deleteAll(segments.get(0));
                this.first = this.last = files.newSegment(newest.number() + 1);
            } else {
                this.first = segments.get(0);
                this.last = stagedAfter(first, newest);
            }
        }
    }

    UUID id() {
        return id;
    }

    Recovery found() {
        return new Recovery(whole, torn, damaged, setAside, damages);
    }

    /** Returns the first segment; the others follow it. */
    Segment first() {
        return first;
    }

    /** Returns the segment to append to. */
    Segment last() {
        return last;
    }

    private List<Segment> openAll() throws IOException {
        List<Segment> segments = new ArrayList<>();
        Segment before = null;
        for (var found : segmentFiles().entrySet()) {
            MappedSegment segment = open(found.getValue(), found.getKey());
            if (segment == null) {
                continue;
            }
            reportMissing(before, segment);
            add(SegmentScan.of(segment));
            if (before != null) {
                before.seal();
                before.next = segment;
            }
            if (settings.wipe()) {
                segment.wipeCommitted();
            }
            segments.add(segment);
            before = segment;
            files.found();
        }
        return segments;
    }

    private SortedMap<Long, Path> segmentFiles() throws IOException {
        SortedMap<Long, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                long number = Segment.number(file);
                if (number >= 0) {
                    found.put(number, file);
                } else if (SegmentFiles.isSpare(file)) {
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

    /**
     * Returns null if the path is not a readable file; it is moved out of the way, so that the other segments can be
     * used.
     */
    private @Nullable MappedSegment open(Path file, long number) throws IOException {
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

    private void add(SegmentScan scan) {
        whole += scan.whole();
        torn += scan.torn();
        damaged += scan.damaged();
        if (scan.setAside() != null) {
            setAside.add(scan.setAside());
        }
        if (scan.damage() != null) {
            damages.add(scan.damage());
        }
    }

    /**
     * Reports segments that are missing between two others. Segments are numbered without gaps and committed in order;
     * those that were committed may already be deleted.
     */
    private void reportMissing(@Nullable Segment before, Segment next) {
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
     * Returns the segment to append to. Segments of an earlier process are mapped, new ones are staged. An empty last
     * segment is replaced, so that restarts take no space. If there is no room for another segment, appending continues
     * in the last.
     */
    private Segment stagedAfter(Segment start, Segment newest) throws IOException {
        if (newest.tail() == Segment.HEADER_BYTES && newest != start) {
            Segment before = start;
            while (before.next != newest) {
                before = Objects.requireNonNull(before.next);
            }
            before.next = null;
            deleteAll(newest);
            before.next = files.newSegment(newest.number());
            return before.next;
        }
        if (!files.isRoomForAnother()) {
            return newest;
        }
        try {
            Segment next = files.newSegment(newest.number() + 1);
            newest.seal();
            newest.next = next;
            return next;
        } catch (IOException e) {
            // The disk is full. The frames in the spool can still be read, which frees space.
            return newest;
        }
    }

    private void deleteAll(Segment from) throws IOException {
        for (Segment segment = from; segment != null; segment = segment.next) {
            Files.delete(segment.path());
            files.deleted();
        }
    }
}
