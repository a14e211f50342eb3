package dev.internalevents.metrics;

/** Thrown when a store of counters cannot be read or written at the moment. */
public final class MetricStoreException extends RuntimeException {

    public MetricStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
