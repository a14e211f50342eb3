package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier process left in a segment. Every whole frame is found, also behind one that was never finished; what
 * lies between becomes a gap, and the end is cut, so that appending may go on there. What was committed may have been
 * overwritten, to any part; then reading begins where it ends. A segment with damage, which is something other than a
 * writer's sudden end leaves, is copied before it is repaired.
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

    /** What is wrong with the file; null if its last process left it like this. */
    @Nullable
    Damage damage() {
        return damage;
    }

    private void run() throws IOException {
        boolean cut = segment.isCut();
        if (segment.isSpare()) {
            // What it held was committed, under this number or another, and nothing was appended since.
            segment.restoreHeader();
            segment.truncate(Segment.HEADER_BYTES);
            return;
        }
        boolean headerLost = false;
        if (!segment.hasWholeHeader()) {
            // A process that was killed before it wrote the header left nothing but zeros.
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
        int reached = Math.max(end, committed);
        boolean isEndKnown = end == segment.capacity() || (end + 8 <= segment.found() && segment.isZero(end, end + 8));
        if (cut && !isEndKnown) {
            lost += segment.capacity() - reached;
        }
        if (cut || damaged > 0 || headerLost) {
            damage = new Damage(segment.path(), cause(cut), lost, setAside);
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

    private String cause(boolean cut) {
        if (cut) {
            return "is " + segment.found() + " bytes long, and was made with " + segment.capacity();
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
