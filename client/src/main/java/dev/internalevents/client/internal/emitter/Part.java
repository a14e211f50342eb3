package dev.internalevents.client.internal.emitter;

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
    private long deliveredAtFirstFailure;
    private long deliveredAtLastFailure;
    private long triedAt;
    private long notBefore;
    private boolean isDivided;

    /** As part of a larger one. */
    private boolean hasFailedBefore;

    private String reason = "";

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
        part.hasFailedBefore = hasFailedBefore || failures > 0;
        part.deliveredAtFirstFailure = deliveredAtFirstFailure;
        return part;
    }

    /** The same in a body of its own, with what the collector said so far. */
    Part copy(int headroom) {
        Part copy = some(0, events.count(), headroom);
        copy.failures = failures;
        copy.counted = counted;
        copy.firstFailureAt = firstFailureAt;
        copy.deliveredAtFirstFailure = deliveredAtFirstFailure;
        copy.deliveredAtLastFailure = deliveredAtLastFailure;
        copy.reason = reason;
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

    /** The events that the client holds. */
    enum Held {
        ONE,

        /** Several, and it failed at each of them. */
        SUSPECTS,
        OTHERS
    }

    /**
     * It failed at these events, or at whatever it is sent. That counts against an event only if others passed since, or,
     * when others passed earlier and none is left that could, in any case. An event that is alone in the client counts by
     * itself; of several that all fail, and nothing has passed, it is the collector that fails.
     *
     * @param delivered events that were delivered so far
     * @param held who else is there
     * @return whether it counts
     */
    boolean failed(String why, long now, long delivered, Held held) {
        reason = why;
        if (failures++ == 0) {
            firstFailureAt = now;
            if (!hasFailedBefore) {
                deliveredAtFirstFailure = delivered;
            }
        }
        triedAt = now;
        boolean counts = counted == 0
                || delivered > deliveredAtLastFailure
                || held == Held.ONE
                || (held == Held.SUSPECTS && delivered > deliveredAtFirstFailure);
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

    /** What it said last. */
    String reason() {
        return reason;
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
