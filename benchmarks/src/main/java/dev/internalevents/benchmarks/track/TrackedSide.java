package dev.internalevents.benchmarks.track;

/**
 * One side of the comparison: tracks the reference event, built anew each time, and can wait until its queue is empty.
 */
interface TrackedSide extends AutoCloseable {

    /** Events that a thread tracks in a burst; a multiple of {@link #BATCH}. */
    int BURST = 10_000;

    /** Queue capacity of each side, in events: more than twice the bursts of four threads. */
    int QUEUE_CAPACITY = 100_000;

    /** Events per request or export of each side. */
    int BATCH = 250;

    void track();

    /**
     * Blocks until the queue is empty.
     *
     * @param tracked number of calls of {@link #track} since the start
     * @return how many of these events were rejected
     */
    long drain(long tracked);

    @Override
    void close();

    /** Creates a side by its name. */
    static TrackedSide of(String name) throws Exception {
        return switch (name) {
            case "ours" -> new OurSide();
            case "separate" -> new SeparateSide();
            case "snowplow" -> new SnowplowSide();
            case "opentelemetry" -> new OpenTelemetrySide();
            default -> throw new IllegalArgumentException(name);
        };
    }
}
