package dev.internalevents.benchmarks.deliver;

/** The sides of the comparison. */
enum Side {
    OURS("ours, batch 250"),
    SNOWPLOW("Snowplow, batch 250"),
    RAW("socket, prepared bodies, 250"),
    OURS_OUTBOX("ours, batch 250, outbox"),
    OURS_BATCH_1("ours, batch 1"),
    RAW_BATCH_1("socket, prepared bodies, 1");

    private final String words;

    Side(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
