package dev.internalevents.client.emitter;

import dev.internalevents.protocol.PayloadBody;

/**
 * Events that are sent in one request: a batch, or what is left of one that was divided because the collector did not
 * take it as a whole. Belongs to one sending thread.
 */
final class Part {

    /** Answers of 500 to several events before they are divided, and to one before others are sent meanwhile. */
    private static final int SUSPICIOUS = 2;

    private final Batch batch;
    private final PayloadBody events;
    private int failures;
    private int counted;
    private long firstFailureAt;
    private long deliveredAtLastFailure;
    private long triedAt;
    private long notBefore;
    private boolean isDivided;

    /** All that was taken. */
    Part(Outbox.Taken taken, PayloadBody events) {
        this(new Batch(taken), events);
    }

    private Part(Batch batch, PayloadBody events) {
        this.batch = batch;
        this.events = events;
        batch.open++;
    }

    /** What was taken together, and how many parts of it have not found their end. */
    private static final class Batch {
        private final Outbox.Taken taken;
        private int open;

        private Batch(Outbox.Taken taken) {
            this.taken = taken;
        }
    }

    PayloadBody events() {
        return events;
    }

    boolean isOne() {
        return events.count() == 1;
    }

    /** Some of its events, as a part of the same batch. */
    Part some(int from, int to, int headroom) {
        PayloadBody body = new PayloadBody(headroom);
        body.addFrom(events, from, to);
        Part part = new Part(batch, body);
        part.isDivided = true;
        return part;
    }

    /** The same in a body of its own, with what the collector said so far. */
    Part copy(int headroom) {
        Part copy = some(0, events.count(), headroom);
        copy.failures = failures;
        copy.counted = counted;
        copy.firstFailureAt = firstFailureAt;
        copy.deliveredAtLastFailure = deliveredAtLastFailure;
        copy.triedAt = triedAt;
        batch.open--;
        return copy;
    }

    /** It was divided: its end is that of the parts. */
    void divided() {
        batch.open--;
    }

    /** Its events have found their end; the outbox forgets the batch with the last part. */
    void done() {
        batch.open--;
        if (batch.open == 0) {
            batch.taken.settle();
        }
    }

    /** The client ends; true when the outbox keeps the events for the next start. */
    boolean keep() {
        return batch.taken.keep();
    }

    // What the collector said

    /**
     * It failed at these events, or at whatever it is sent.
     *
     * @param delivered events that were delivered so far; a failure counts against an event only if others pass
     * @param isNothingElse whether no other events are held than such that it failed at
     * @return whether it counts
     */
    boolean failed(long now, long delivered, boolean isNothingElse) {
        if (failures++ == 0) {
            firstFailureAt = now;
        }
        triedAt = now;
        boolean counts = counted == 0 || delivered > deliveredAtLastFailure || isNothingElse;
        if (counts) {
            counted++;
        }
        deliveredAtLastFailure = delivered;
        return counts;
    }

    /**
     * Whether it is more than a failure that comes and goes.
     *
     * @param isOneOfSeveral whether others failed just before it: then the first failure says enough, as it does of what was
     *     divided
     */
    boolean isSuspicious(boolean isOneOfSeveral) {
        return failures >= (isDivided || isOneOfSeveral ? 1 : SUSPICIOUS);
    }

    boolean isDivided() {
        return isDivided;
    }

    /** Whether another failure would count against it: else there is nothing to be learnt from one. */
    boolean wouldCount(long delivered) {
        return delivered > deliveredAtLastFailure;
    }

    /** Failures that count against it, because others passed meanwhile. */
    int counted() {
        return counted;
    }

    long triedAt() {
        return triedAt;
    }

    boolean isGivenUp(GiveUp giveUp, long now) {
        return counted >= giveUp.tries() && now - firstFailureAt >= Durations.nanos(giveUp.after());
    }

    int failures() {
        return failures;
    }

    /** Others are sent until then. */
    void waitUntil(long nanoTime) {
        notBefore = nanoTime;
    }

    long notBefore() {
        return notBefore;
    }
}
