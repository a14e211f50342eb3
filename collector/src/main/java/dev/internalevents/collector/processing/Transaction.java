package dev.internalevents.collector.processing;

import org.jspecify.annotations.Nullable;

/** How much the current transaction contains, and whether more fits into it. Used by the processing thread. */
final class Transaction {

    private Limits limits = new Limits(0, 0, 0, Isolation.Measure.NONE, "");
    private Isolation.Measure measure = Isolation.Measure.NONE;
    private int given;
    private int leftOut;
    private int putAside;
    private long bytes;
    private byte @Nullable [] lastFrame;

    /**
     * The limits of one transaction.
     *
     * @param events maximum number of events
     * @param bytes approximate maximum size of their rows and requests; the last event may exceed it
     * @param until time of {@link System#nanoTime} after which no more results are added
     * @param measure how to store its first event
     * @param reason the reason for the measure
     */
    record Limits(long events, long bytes, long until, Isolation.Measure measure, String reason) {}

    /** Starts an empty transaction. */
    void begin(Limits within) {
        limits = within;
        measure = within.measure();
        given = 0;
        leftOut = 0;
        putAside = 0;
        bytes = 0;
    }

    /** Returns whether another event does not fit. */
    boolean isFull() {
        return given >= limits.events() || (given + putAside > 0 && bytes >= limits.bytes());
    }

    /** Returns whether the results of further requests must wait for the next transaction. */
    boolean isOver() {
        return isFull() || (given + putAside > 0 && System.nanoTime() - limits.until() > 0);
    }

    /** Returns the measure for the next event: that of the limits for the first one, none afterwards. */
    Isolation.Measure takeMeasure() {
        Isolation.Measure now = measure;
        measure = Isolation.Measure.NONE;
        return now;
    }

    /** Returns the reason for the measure. */
    String reason() {
        return limits.reason();
    }

    /** Adds an event with the frame of its request, if that is stored. */
    void add(long weight, byte @Nullable [] frame) {
        given++;
        bytes += weight + frameBytes(frame);
    }

    /** Adds an event that waits for a schema, with the frame of its request. */
    void addAside(byte[] frame) {
        putAside++;
        // In memory until the transaction ends, and a second time while it is written.
        bytes += 2 * frameBytes(frame);
    }

    /** Adds an event that is dropped for good. */
    void leaveOut() {
        leftOut++;
    }

    /** Returns the size of a frame, counted once for the events of a request, which share it. */
    @SuppressWarnings("ReferenceEquality")
    private long frameBytes(byte @Nullable [] frame) {
        if (frame == null || frame == lastFrame) {
            return 0;
        }
        lastFrame = frame;
        return frame.length;
    }

    /** Returns the number of events in the transaction so far. */
    int given() {
        return given;
    }

    /** Returns the number of events in the transaction, including those dropped for good. */
    int dealtWith() {
        return given + leftOut;
    }
}
