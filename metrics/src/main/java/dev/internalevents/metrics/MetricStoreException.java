package dev.internalevents.metrics;

/** A store of counters cannot be read or written now. */
public final class MetricStoreException extends RuntimeException {

    public MetricStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
