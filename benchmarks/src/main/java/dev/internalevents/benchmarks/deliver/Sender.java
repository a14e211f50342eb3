package dev.internalevents.benchmarks.deliver;

import java.nio.file.Path;

/** One way of sending the reference event, as fast as it goes. For one thread. */
interface Sender {

    /** Hands over some events; waits when as many wait as should. */
    void send() throws Exception;

    /** Blocks until nothing waits any more. */
    void drain() throws Exception;

    /** The ways by name; the folder is for those that keep events on disk. */
    static Sender of(Side side, String url, Path folder) throws Exception {
        return switch (side) {
            case OURS -> new OurSender(url, 250, null);
            case OURS_OUTBOX -> new OurSender(url, 250, folder);
            case OURS_BATCH_1 -> new OurSender(url, 1, null);
            case SNOWPLOW -> new SnowplowSender(url, 250);
            case RAW -> new RawSender(url, 250);
            case RAW_BATCH_1 -> new RawSender(url, 1);
        };
    }
}
