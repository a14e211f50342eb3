package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Scans and repairs a segment left by an earlier process. It finds every complete frame, even after one that was never
 * finished. What lies between becomes a gap, and the end is cleared, so that appending can continue there. Committed
 * frames may have been overwritten in any part; reading then starts after them. A damaged segment, one that shows more
 * than the sudden end of a writer, is copied before it is repaired.
 */
final class SegmentScan {

    private final MappedSegment segment;
    private long whole;
    private long torn;
    private long damaged;
    private @Nullable Path setAside;
    private @Nullable Damage damage;

    private SegmentScan(MappedSegment segment) {
        this.segment = segment;
    }

    static SegmentScan of(MappedSegment segment) throws IOException {
        SegmentScan scan = new SegmentScan(segment);
        scan.run();
        return scan;
    }

    /** Returns the number of complete frames that are not committed. */
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

    /** Returns what is wrong with the file; null if its last process left it like this. */
    @Nullable
    Damage damage() {
        return damage;
    }

    private void run() throws IOException {
        boolean cut = segment.isCut();
        if (segment.isSpare()) {
            // Its frames were committed, under this number or another, and nothing was appended since.
            segment.restoreHeader();
            segment.truncate(Segment.HEADER_BYTES);
            return;
        }
        boolean headerLost = false;
        if (!segment.hasWholeHeader()) {
            // A process that was killed before it wrote the header left only zeros.
            if (!segment.isAllZeros()) {
                headerLost = true;
                copyAside();
            }
            segment.restoreHeader();
        }
        long lost = 0;
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
                    lost += Math.max(0, next - Math.max(at, committed));
                }
                segment.passOver(at, next);
                at = next;
            } else {
                if (at < committed && at + size > committed) {
                    // No frame starts at the commit position: read the frame that contains it again.
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
        int reached = Math.max(end, committed);
        boolean isEndKnown = end == segment.capacity() || (end + 8 <= segment.found() && segment.isZero(end, end + 8));
        if (cut && !isEndKnown) {
            lost += segment.capacity() - reached;
        }
        if (cut || damaged > 0 || headerLost) {
            damage = new Damage(segment.path(), cause(cut), lost, setAside);
        }
        if (end < committed) {
            // The commit position is after the last frame: this segment has nothing left to read.
            segment.commit(end);
        }
        int rest = used ? Math.min(end + Segment.FRAME_HEADER_BYTES, segment.capacity()) : segment.capacity();
        if (!segment.isZero(end, rest)) {
            torn++;
        }
        segment.truncate(end);
    }

    private String cause(boolean cut) {
        if (cut) {
            return "is " + segment.found() + " bytes long, but was created with " + segment.capacity();
        }
        return damaged > 0 ? "has " + damaged + " damaged frame(s)" : "has a damaged header";
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
            setAside = SetAside.copy(segment.path());
        }
    }
}
