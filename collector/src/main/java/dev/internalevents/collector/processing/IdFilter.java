package dev.internalevents.collector.processing;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/**
 * Says of an event id that it was never seen, or that it may have been: a chain of Bloom filters, each for a million ids,
 * in which one of a million new ids looks like an old one. Takes four bytes an id. For one thread at a time.
 */
final class IdFilter {

    private static final int IDS = 1 << 20;
    private static final int BITS_PER_ID = 32;
    private static final int HASHES = 12;

    private final Deque<Part> parts = new ArrayDeque<>();

    private static final class Part {
        private final long[] bits = new long[IDS / Long.SIZE * BITS_PER_ID];
        private int ids;
        private Instant newest = Instant.MIN;

        private long bit(long first, long second, int hash) {
            return Long.remainderUnsigned(first + hash * second, (long) bits.length * Long.SIZE);
        }
    }

    void add(UUID id, Instant received) {
        Part part = parts.peekFirst();
        if (part == null || part.ids == IDS) {
            part = new Part();
            parts.addFirst(part);
        }
        long first = first(id);
        long second = second(first);
        for (int i = 0; i < HASHES; i++) {
            long bit = part.bit(first, second, i);
            part.bits[(int) (bit >>> 6)] |= 1L << bit;
        }
        part.ids++;
        if (received.isAfter(part.newest)) {
            part.newest = received;
        }
    }

    boolean mayHave(UUID id) {
        long first = first(id);
        long second = second(first);
        for (Part part : parts) {
            if (has(part, first, second)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(Part part, long first, long second) {
        for (int i = 0; i < HASHES; i++) {
            long bit = part.bit(first, second, i);
            if ((part.bits[(int) (bit >>> 6)] & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Forgets ids of events that were all received before a time. */
    void forgetBefore(Instant time) {
        parts.removeIf(part -> part.newest.isBefore(time));
    }

    private static long first(UUID id) {
        return mixed(id.getMostSignificantBits() ^ mixed(id.getLeastSignificantBits()));
    }

    private static long second(long first) {
        return mixed(first + 0x9e3779b97f4a7c15L) | 1;
    }

    /** Many ids are random in few of their bits: versions, times, counters. */
    private static long mixed(long bits) {
        long mixed = (bits ^ bits >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
