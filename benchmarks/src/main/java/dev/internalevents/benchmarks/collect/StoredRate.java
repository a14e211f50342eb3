package dev.internalevents.benchmarks.collect;

import java.io.IOException;

/**
 * Measures how fast a saturated collector stores events. It stores tens of thousands of events in one step, so the
 * counts at the start and end of a few seconds would be inaccurate. The time is therefore taken from the first step to
 * the last.
 */
final class StoredRate {

    private static final int POLL_MILLIS = 25;

    private StoredRate() {}

    /** Watches a collector for the given time and returns the events stored per second. */
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
            throw new IOException("the collector stored fewer than two steps in " + seconds + " s");
        }
        return (last - first) * 1e9 / (lastAt - firstAt);
    }
}
