package dev.internalevents.client.internal.emitter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The events of some threads, in the order in which they were added, with slots for all the room that the
 * {@link QueueRoom} can grant. Any thread can add, without a lock; one thread at a time takes. Adding and taking
 * threads write to different cache lines.
 *
 * <p>Slots are allocated in chunks when the first event needs one, and reused: an emptied chunk is put behind the last
 * one. So the ring uses as much memory as its fullest moment needed.
 *
 * <p>A thread that adds may exhaust its stack at any method call. There is none between claiming a slot and filling it,
 * because the taking thread waits for a claimed slot.
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

    /** Indexed by a slot's number without its last bits; null where there is no chunk yet. */
    private final AtomicReferenceArray<@Nullable OutgoingEvent @Nullable []> chunks;

    /** The room used by all events added since the start, and the room granted: words of {@link QueueRoom}. */
    private final long[] words = new long[3 * LINE];

    /** Room that was granted but not yet added to {@link #GRANTED}; guarded by the words. */
    private volatile long owed;

    /** Events taken since the start; written only by the thread that takes, and read by others. */
    private volatile long taken;

    /** The number of the chunk behind the last one that the taking thread reused. */
    private long ahead;

    EventRing(QueueRoom room) {
        this.room = room;
        int bits = MIN_CHUNK_BITS;
        while (room.maxEvents() >>> bits > MAX_CHUNKS) {
            bits++;
        }
        this.chunkBits = bits;
        this.chunkMask = (1 << bits) - 1;
        // One more than the events need, because the first and the last event may be in the middle of their chunks.
        int needed = (room.maxEvents() >>> bits) + 2;
        this.chunks = new AtomicReferenceArray<>(Integer.highestOneBit(needed - 1) << 1);
        this.ringMask = chunks.length() - 1;
    }

    /** Adds an event; returns false if there is no room for it. */
    boolean add(OutgoingEvent event) {
        long step = room.of(event);
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
                // A plain write is enough: the fields of an event are final, so a thread that sees the event sees them.
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

    /** Returns the chunk at an index of the ring; creates an empty one if there is none. */
    private @Nullable OutgoingEvent[] chunk(int at) {
        @Nullable OutgoingEvent[] chunk = chunks.getAcquire(at);
        if (chunk != null) {
            return chunk;
        }
        @Nullable OutgoingEvent[] made = new OutgoingEvent[chunkMask + 1];
        @Nullable OutgoingEvent[] first = chunks.compareAndExchange(at, null, made);
        return first == null ? made : first;
    }

    /** Returns the oldest event, or null; it stays in the ring. */
    @Nullable
    OutgoingEvent peek() {
        @Nullable OutgoingEvent[] chunk = chunks.getAcquire((int) taken >>> chunkBits & ringMask);
        return chunk == null ? null : (OutgoingEvent) SLOT.getAcquire(chunk, (int) taken & chunkMask);
    }

    /** Removes the event returned by {@link #peek}. */
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

    /** Puts an empty chunk where the next one is missing; the slots that follow in the ring are unused. */
    private void reuse(@Nullable OutgoingEvent[] chunk, long emptied) {
        ahead = Math.max(ahead, emptied + 1);
        while (ahead <= emptied + ringMask + 1 && !chunks.compareAndSet((int) ahead & ringMask, null, chunk)) {
            ahead++;
        }
    }

    /** Returns the number of events in the ring, including those being added. */
    int size() {
        int from = (int) taken;
        return (int) (long) WORD.getVolatile(words, END) - from;
    }
}
