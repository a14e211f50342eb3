package dev.internalevents.client.internal.emitter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The events of some threads, in the order in which they came, with places for all that the {@link QueueRoom} ever gives.
 * Any thread adds, without a lock; one at a time takes. Who adds and who takes write to different cache lines.
 *
 * <p>Places come in chunks, which are made when the first event needs one, and used again: a chunk that was emptied is put
 * behind the last one. So the ring has as much memory as its fullest moment needed.
 *
 * <p>A thread that adds may come to the end of its stack at any call. Between claiming a place and filling it there is
 * none, because the one who takes waits for a place that was claimed.
 */
final class EventRing {

    private static final int LINE = 16;
    private static final int END = LINE;
    private static final int GRANTED = LINE + 1;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(OutgoingEvent[].class);
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int MIN_CHUNK_BITS = 10;
    private static final int MAX_CHUNKS = 1 << 15;

    private final QueueRoom room;
    private final int chunkBits;
    private final int chunkMask;
    private final int ringMask;

    /** By the number of a place without its last bits; null where no chunk is yet. */
    private final AtomicReferenceArray<@Nullable OutgoingEvent @Nullable []> chunks;

    /** What was added since the start, and how far that may go: {@link QueueRoom}'s words. */
    private final long[] words = new long[3 * LINE];

    /** Room that was got and not entered in {@link #GRANTED}; guarded by the words. */
    private volatile long owed;

    /** Events taken since the start; belongs to the one who takes, and is read by others. */
    private volatile long taken;

    /** The chunk behind the last one that was put there by the one who takes. */
    private long ahead;

    EventRing(QueueRoom room) {
        this.room = room;
        int bits = MIN_CHUNK_BITS;
        while (room.maxEvents() >>> bits > MAX_CHUNKS) {
            bits++;
        }
        this.chunkBits = bits;
        this.chunkMask = (1 << bits) - 1;
        // One more than the events need, because the first and the last of them may be in the middle of theirs.
        int needed = (room.maxEvents() >>> bits) + 2;
        this.chunks = new AtomicReferenceArray<>(Integer.highestOneBit(needed - 1) << 1);
        this.ringMask = chunks.length() - 1;
    }

    /** Adds an event; false when there is no room for it. */
    boolean add(OutgoingEvent event) {
        long step = QueueRoom.of(event);
        while (true) {
            long end = (long) WORD.getVolatile(words, END);
            long missing = QueueRoom.missing(end + step, (long) WORD.getVolatile(words, GRANTED));
            if (missing != 0) {
                if (!grant(missing)) {
                    return false;
                }
                continue;
            }
            @Nullable OutgoingEvent[] chunk = chunk((int) end >>> chunkBits & ringMask);
            if (WORD.compareAndSet(words, END, end, end + step)) {
                // A plain write: the fields of an event are final, so whoever sees it sees them.
                chunk[(int) end & chunkMask] = event;
                return true;
            }
        }
    }

    private boolean grant(long missing) {
        if (owed != 0) {
            synchronized (words) {
                long paid = owed;
                WORD.getAndAdd(words, GRANTED, paid);
                owed = 0;
            }
            return true;
        }
        long grant = room.grant(missing);
        if (grant == QueueRoom.NONE) {
            return false;
        }
        try {
            WORD.getAndAdd(words, GRANTED, grant);
        } catch (StackOverflowError e) {
            synchronized (words) {
                owed += grant;
            }
            throw e;
        }
        return true;
    }

    /** The chunk at a place of the ring; an empty one is made if there is none. */
    private @Nullable OutgoingEvent[] chunk(int at) {
        @Nullable OutgoingEvent[] chunk = chunks.getAcquire(at);
        if (chunk != null) {
            return chunk;
        }
        @Nullable OutgoingEvent[] made = new OutgoingEvent[chunkMask + 1];
        @Nullable OutgoingEvent[] first = chunks.compareAndExchange(at, null, made);
        return first == null ? made : first;
    }

    /** The event that has waited longest, or null; it stays. */
    @Nullable
    OutgoingEvent peek() {
        @Nullable OutgoingEvent[] chunk = chunks.getAcquire((int) taken >>> chunkBits & ringMask);
        return chunk == null ? null : (OutgoingEvent) SLOT.getAcquire(chunk, (int) taken & chunkMask);
    }

    /** Takes what {@link #peek} answered. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time takes
    void remove() {
        long number = taken >>> chunkBits;
        int at = (int) number & ringMask;
        @Nullable OutgoingEvent[] chunk = chunks.getAcquire(at);
        if (chunk != null) {
            SLOT.setRelease(chunk, (int) taken & chunkMask, (Object) null);
            if (((int) taken & chunkMask) == chunkMask) {
                chunks.set(at, null);
                reuse(chunk, number);
            }
        }
        taken++;
    }

    /** Puts an empty chunk where the next one is missing; what comes next in the ring was not used yet. */
    private void reuse(@Nullable OutgoingEvent[] chunk, long emptied) {
        ahead = Math.max(ahead, emptied + 1);
        while (ahead <= emptied + ringMask + 1 && !chunks.compareAndSet((int) ahead & ringMask, null, chunk)) {
            ahead++;
        }
    }

    /** Events in the ring, those included that are being added. */
    int size() {
        int from = (int) taken;
        return (int) (long) WORD.getVolatile(words, END) - from;
    }
}
