package dev.internalevents.metrics.redis;

/** What the key of a counter must contain. */
enum KeyContent {
    WHOLE_NUMBER("a whole number"),
    NUMBER("a number"),
    HYPER_LOG_LOG("a HyperLogLog"),
    HASH("a hash of whole numbers");

    private final String words;

    KeyContent(String words) {
        this.words = words;
    }

    /** Returns the words for messages. */
    @Override
    public String toString() {
        return words;
    }
}
