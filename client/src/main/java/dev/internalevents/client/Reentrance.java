package dev.internalevents.client;

/**
 * Records which application code a thread is currently calling, for one client. A listener that tracks an event does
 * not receive that event. An interceptor that tracks an event is called again for it, because every event must be
 * checked, but with limits on the recursion.
 *
 * <p>A thread may exhaust its stack at any call. Therefore the caller reads the numbers before and restores them
 * afterwards without a method call: a number that stayed too high would drop all further events of the thread.
 */
final class Reentrance {

    /**
     * Maximum depth: an event of the application is the first level, an event tracked while it is handled the second.
     */
    static final int MAX_DEPTH = 8;

    /** Maximum events of the third level and deeper, for one event of the first level. */
    static final int MAX_NESTED = 100;

    /** Index of the nesting depth: how many events this thread is tracking, each inside the one before. */
    static final int DEPTH = 0;

    private static final int NESTED = 1;

    /** Index of the first word with one bit for each listener that is being called. */
    private static final int LISTENERS = 2;

    /**
     * Plain numbers: an object of this library's classes that stays on a thread would prevent the application's class
     * loader from being collected.
     */
    private final ThreadLocal<long[]> ofThread;

    Reentrance(int listeners) {
        int length = LISTENERS + (listeners + Long.SIZE - 1) / Long.SIZE;
        this.ofThread = ThreadLocal.withInitial(() -> new long[length]);
    }

    long[] ofThread() {
        return ofThread.get();
    }

    /** Enters the tracking of an event; returns false if events are nested too deeply or too often. */
    static boolean enter(long[] calls) {
        long depth = calls[DEPTH];
        if (depth == 0) {
            calls[NESTED] = 0;
        } else if (depth >= MAX_DEPTH || (depth >= 2 && ++calls[NESTED] > MAX_NESTED)) {
            return false;
        }
        calls[DEPTH] = depth + 1;
        return true;
    }

    /** Returns the index of the word with a listener's bit. */
    static int word(int listener) {
        return LISTENERS + listener / Long.SIZE;
    }

    /** Returns a listener's bit in its word. */
    static long bit(int listener) {
        return 1L << listener;
    }
}
