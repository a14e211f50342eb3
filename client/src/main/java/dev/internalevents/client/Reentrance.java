package dev.internalevents.client;

/**
 * Which calls of the application's code a thread is in, for one client. A listener that tracks is not told of what it
 * tracks itself; an interceptor that does is called again, because nothing leaves unchecked, but not without end.
 *
 * <p>A thread may come to the end of its stack at any call, so the caller reads the numbers before and writes them back
 * afterwards without a call: a number that stayed up would silence the thread for good.
 */
final class Reentrance {

    /** An event of the application is the first level, one that is tracked for it the second. */
    static final int MAX_DEPTH = 8;

    /** Events of the third level and below, for one of the first. */
    static final int MAX_NESTED = 100;

    /** Where the number of events is that this thread is tracking, each for the one before. */
    static final int DEPTH = 0;

    private static final int NESTED = 1;

    /** From here on, a bit for each listener that is being called. */
    private static final int LISTENERS = 2;

    /** Plain numbers: an object of ours that stays on a thread would keep the application's class loader. */
    private final ThreadLocal<long[]> ofThread;

    Reentrance(int listeners) {
        int length = LISTENERS + (listeners + Long.SIZE - 1) / Long.SIZE;
        this.ofThread = ThreadLocal.withInitial(() -> new long[length]);
    }

    long[] ofThread() {
        return ofThread.get();
    }

    /** An event is tracked; false if that is for an event which is for an event, and so on, too deep or too often. */
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

    /** Where a listener's bit is. */
    static int word(int listener) {
        return LISTENERS + listener / Long.SIZE;
    }

    /** A listener's bit in its word. */
    static long bit(int listener) {
        return 1L << listener;
    }
}
