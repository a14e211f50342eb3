package dev.internalevents.benchmarks.track;

/**
 * One client for each of four threads: the throughput of the machine if the threads share nothing. The client should
 * not be used like this, but the figure shows how much of the scaling loss with four threads is due to the machine and
 * how much to the client.
 */
final class SeparateSide implements TrackedSide {

    private static final int THREADS = 4;

    private final OurSide[] sides = new OurSide[THREADS];

    SeparateSide() throws Exception {
        for (int i = 0; i < THREADS; i++) {
            sides[i] = new OurSide();
        }
    }

    @Override
    public void track() {
        sides[(int) Thread.currentThread().getId() % THREADS].track();
    }

    @Override
    public long drain(long tracked) {
        long arrived = 0;
        for (OurSide side : sides) {
            arrived -= side.drain(0);
        }
        return tracked - arrived;
    }

    @Override
    public void close() {
        for (OurSide side : sides) {
            side.close();
        }
    }
}
