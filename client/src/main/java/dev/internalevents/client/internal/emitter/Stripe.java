package dev.internalevents.client.internal.emitter;

/**
 * Spreads threads over a number of places, so that few of them contend for one. By thread id, because consecutive ids
 * go to different places, and nothing is stored for a thread.
 */
public final class Stripe {

    private Stripe() {}

    /**
     * Returns the calling thread's place, from 0 on.
     *
     * @param count the number of places, a power of two
     */
    public static int ofThread(int count) {
        return (int) Thread.currentThread().getId() & (count - 1);
    }
}
