package dev.internalevents.benchmarks.deliver;

import java.nio.file.Path;

/** Sends the reference event as fast as possible. Not thread-safe. */
interface Sender {

    /** Sends or queues some events; waits if the queue is full. */
    void send() throws Exception;

    /** Blocks until the queue is empty. */
    void drain() throws Exception;

    /** Creates the sender of a side; the folder is for senders that store events on disk. */
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
