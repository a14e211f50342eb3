package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier process left in a segment. Every whole frame is found, also behind one that was never finished; what
 * lies between becomes a gap, and the end is cut, so that appending may go on there. What was committed may have been
 * overwritten, to any part; then reading begins where it ends. A segment with damage, which is something other than a
 * writer's sudden end leaves, is copied aside before it is mended.
 */
final class SegmentScan {

    private final MappedSegment segment;
    private long whole;
    private long torn;
    private long damaged;
    private @Nullable Path setAside;

    private SegmentScan(MappedSegment segment) {
        this.segment = segment;
    }

    static SegmentScan of(MappedSegment segment) throws IOException {
        SegmentScan scan = new SegmentScan(segment);
        scan.run();
        return scan;
    }

    /** Whole frames that are not committed. */
    long whole() {
        return whole;
    }

    long torn() {
        return torn;
    }

    long damaged() {
        return damaged;
    }

    @Nullable
    Path setAside() {
        return setAside;
    }

    private void run() throws IOException {
        if (segment.isSpare()) {
            // What it held was committed, under this number or another, and nothing was appended since.
            segment.restoreHeader();
            segment.truncate(Segment.HEADER_BYTES);
            return;
        }
        if (!segment.hasWholeHeader()) {
            // A process that was killed before it wrote the header left nothing but zeros.
            if (!segment.isAllZeros()) {
                copyAside();
            }
            segment.restoreHeader();
        }
        boolean used = segment.isUsed();
        int committed = segment.committed();
        int end = Segment.HEADER_BYTES;
        for (int at = end; at + Segment.FRAME_HEADER_BYTES <= segment.capacity(); ) {
            int size = segment.wholeAt(at);
            if (size == 0 && at < committed) {
                at = committed;
                end = committed;
            } else if (size == 0) {
                int next = nextWhole(at + 8);
                if (next < 0) {
                    break;
                }
                if (segment.isUnfinishedAt(at)) {
                    torn++;
                } else {
                    damaged++;
                    copyAside();
                }
                segment.passOver(at, next);
                at = next;
            } else {
                if (at < committed && at + size > committed) {
                    // No frame begins at the reader's place: it reads this one again rather than half of it.
                    committed = at;
                    segment.commit(at);
                }
                if (segment.lengthAt(at) > 0 && at >= committed) {
                    whole++;
                }
                at += size;
                end = at;
            }
        }
        if (end < committed) {
            // The reader's place is behind the last frame: nothing of this segment waits.
            segment.commit(end);
        }
        int rest = used ? Math.min(end + Segment.FRAME_HEADER_BYTES, segment.capacity()) : segment.capacity();
        if (!segment.isZero(end, rest)) {
            torn++;
        }
        segment.truncate(end);
    }

    private int nextWhole(int from) {
        for (int at = from; at + Segment.FRAME_HEADER_BYTES <= segment.capacity(); at += 8) {
            if (segment.wholeAt(at) > 0) {
                return at;
            }
        }
        return -1;
    }

    private void copyAside() throws IOException {
        if (setAside == null) {
            Path file = segment.path();
            for (int i = 1; setAside == null; i++) {
                Path copy = file.resolveSibling(file.getFileName() + (i == 1 ? ".damaged" : ".damaged-" + i));
                if (!Files.exists(copy)) {
                    Files.copy(file, copy);
                    setAside = copy;
                }
            }
        }
    }
}
