package dev.internalevents.spool;

import org.jspecify.annotations.Nullable;

/**
 * Consumes a spool in order. Reading changes nothing on disk: frames that were read but not committed are read again
 * after the next start. Not thread-safe, except {@link #commit}.
 */
public final class SpoolReader {

    private final OpenFolder folder;
    private final SegmentChain chain;
    private Segment segment;
    private int at;
    private long frames;

    SpoolReader(OpenFolder folder, SegmentChain chain) {
        this.folder = folder;
        this.chain = chain;
        this.segment = chain.start().segment();
        this.at = segment.committed();
    }

    /** Returns the length of the next frame, or -1 if there is none yet. Never blocks. */
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
     * Copies the next frame and moves past it.
     *
     * @param into has room for {@link #nextLength()} bytes, starting at the offset
     * @throws IllegalStateException if there is no next frame
     */
    public void next(byte[] into, int offset) {
        int length = nextLength();
        if (length < 0) {
            throw new IllegalStateException("there is no next frame; call nextLength first");
        }
        segment.copy(at, length, into, offset);
        at += Segment.frameSize(length);
        frames++;
    }

    /** Returns the next frame, or null if there is none yet. Never blocks. */
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
        SegmentChain.Start start = chain.start();
        segment = start.segment();
        at = segment.committed();
        frames = start.frames();
    }

    /** Returns the position after the last frame that was read. */
    public Mark mark() {
        return new Mark(new Place(folder.id(), segment.number(), at), frames);
    }

    /**
     * Commits everything before the mark: it is not read again, and its space on disk is freed, a whole segment at a
     * time. A mark before one that is already committed changes nothing. Safe for use by any thread.
     */
    public void commit(Mark mark) {
        chain.commit(mark);
    }
}
