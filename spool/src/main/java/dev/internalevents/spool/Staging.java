package dev.internalevents.spool;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Pools the memory of staged segments: at most two buffers, one for the current segment and one for the segment before
 * it.
 */
final class Staging {

    private static final int KEPT = 2;

    private final int size;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    Staging(int size) {
        this.size = size;
    }

    /** Returns a buffer of zeros of the size of a segment. */
    synchronized ByteBuffer take() {
        ByteBuffer memory = free.poll();
        return memory == null ? ByteBuffer.allocateDirect(size).order(Segment.ORDER) : memory;
    }

    void giveBack(ByteBuffer memory) {
        for (int at = 0; at < size; at += Segment.ZEROS.length) {
            memory.put(at, Segment.ZEROS, 0, Math.min(Segment.ZEROS.length, size - at));
        }
        synchronized (this) {
            if (free.size() < KEPT) {
                free.add(memory);
            }
        }
    }
}
