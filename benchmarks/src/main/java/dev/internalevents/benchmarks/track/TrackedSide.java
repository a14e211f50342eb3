package dev.internalevents.benchmarks.track;

/** One side of the comparison: tracks the reference event, built anew each time, and says when its queue is empty. */
interface TrackedSide extends AutoCloseable {

    /** Events that a thread tracks in a burst: whole batches. */
    int BURST = 10_000;

    /** Room that each side's queue has: the bursts of four threads fit three times. */
    int QUEUE_CAPACITY = 100_000;

    /** Events in a request, or an export, of each side. */
    int BATCH = 250;

    void track();

    /**
     * Blocks until everything that was taken has left the queue.
     *
     * @param tracked calls of {@link #track} since the start
     * @return how many of them were refused
     */
    long drain(long tracked);

    @Override
    void close();

    /** The sides by name. */
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
