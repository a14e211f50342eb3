package dev.internalevents.benchmarks.track;

/**
 * A client for each of four threads: what the machine gives when nothing at all is shared. It is no way to use the client,
 * but shows how much of what four threads lack is the machine's and how much the client's.
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
