package dev.internalevents.spool;

import org.jspecify.annotations.Nullable;

/**
 * Consumes a spool in order. Reading changes nothing on disk: what was read and not committed is read again after the
 * next start. Not safe for use by several threads at once, but for {@link #commit}.
 */
public final class SpoolReader {

    private final Spool spool;
    private Segment segment;
    private int at;
    private long frames;

    SpoolReader(Spool spool, Segment start) {
        this.spool = spool;
        this.segment = start;
        this.at = start.committed();
    }

    /** The length of the next frame, or -1 when there is none yet. Never blocks. */
    public int nextLength() {
        while (true) {
            if (at + Segment.FRAME_HEADER_BYTES > segment.capacity()) {
                Segment next = segment.next;
                if (next == null) {
                    return -1;
                }
                segment = next;
                at = next.committed();
                continue;
            }
            int length = segment.lengthAt(at);
            if (length == 0) {
                segment.skipUnfinished();
                return -1;
            } else if (length > 0) {
                return length;
            }
            at -= length;
        }
    }

    /**
     * Copies the next frame and moves on.
     *
     * @param into has room for {@link #nextLength()} bytes from the offset on
     * @throws IllegalStateException when there is none
     */
    public void next(byte[] into, int offset) {
        int length = nextLength();
        if (length < 0) {
            throw new IllegalStateException("there is no next frame; ask nextLength first");
        }
        segment.copy(at, length, into, offset);
        at += Segment.frameSize(length);
        frames++;
    }

    /** The next frame, or null when there is none yet. Never blocks. */
    public byte @Nullable [] next() {
        int length = nextLength();
        if (length < 0) {
            return null;
        }
        byte[] frame = new byte[length];
        next(frame, 0);
        return frame;
    }

    /** Goes back to the first frame that is not committed. */
    public void rewind() {
        Spool.Start start = spool.start();
        segment = start.segment();
        at = segment.committed();
        frames = start.frames();
    }

    /** The place behind the last frame that was read. */
    public Mark mark() {
        return new Mark(segment.number(), at, frames);
    }

    /**
     * Says that everything before the mark is handled: it is not read again, and its place on disk is freed, a whole
     * segment at a time. A mark before one that was committed already changes nothing. Safe for use by any thread.
     */
    public void commit(Mark mark) {
        spool.commit(mark);
    }
}
