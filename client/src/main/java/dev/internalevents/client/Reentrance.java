package dev.internalevents.client;

/**
 * Which calls of the application's code this thread is in. A listener that tracks is not told of what it tracks itself; an
 * interceptor that does is called again, because nothing leaves unchecked, but not without end.
 */
final class Reentrance {

    private static final int MOST_DEPTH = 8;

    private static final int DEPTH = 0;

    /** A bit for each of the first 64 listeners; those beyond share the last. */
    private static final int LISTENERS = 1;

    /** Plain numbers: an object of ours that stays on a thread would keep the application's class loader. */
    private static final ThreadLocal<long[]> OF_THREAD = ThreadLocal.withInitial(() -> new long[2]);

    private Reentrance() {}

    static long[] ofThread() {
        return OF_THREAD.get();
    }

    /** An event is tracked; false when that is for an event which is for an event, and so on, too often. */
    static boolean enter(long[] calls) {
        if (calls[DEPTH] >= MOST_DEPTH) {
            return false;
        }
        calls[DEPTH]++;
        return true;
    }

    static void leave(long[] calls) {
        calls[DEPTH]--;
    }

    /** A listener is called; false when this thread is in it already. */
    static boolean begin(long[] calls, int listener) {
        if ((calls[LISTENERS] & bit(listener)) != 0) {
            return false;
        }
        calls[LISTENERS] |= bit(listener);
        return true;
    }

    static void end(long[] calls, int listener) {
        calls[LISTENERS] &= ~bit(listener);
    }

    private static long bit(int listener) {
        return 1L << Math.min(listener, Long.SIZE - 1);
    }
}
