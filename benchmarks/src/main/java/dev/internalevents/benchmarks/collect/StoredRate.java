package dev.internalevents.benchmarks.collect;

import java.io.IOException;

/**
 * How fast a collector stores while it has more than enough to do. It stores tens of thousands of events in a step, so what
 * was stored at the beginning and the end of a few seconds says little: here, time is taken from one step to another.
 */
final class StoredRate {

    private static final int POLL_MILLIS = 25;

    private StoredRate() {}

    /** Watches a collector for some seconds. */
    static double perSecond(CollectorUnderTest collector, int seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        long last = collector.stored();
        long lastAt = 0;
        long first = -1;
        long firstAt = 0;
        while (System.nanoTime() < end) {
            long now = collector.stored();
            if (now != last) {
                last = now;
                lastAt = System.nanoTime();
                if (first < 0) {
                    first = last;
                    firstAt = lastAt;
                }
            }
            Thread.sleep(POLL_MILLIS);
        }
        if (last == first || first < 0) {
            throw new IOException("fewer than two steps were stored in " + seconds + " s");
        }
        return (last - first) * 1e9 / (lastAt - firstAt);
    }
}
