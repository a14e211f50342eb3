package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.PayloadBody;

/**
 * Events that are sent in one request: a batch, or a part of one that was divided because the collector did not accept
 * it as a whole. Used by one sending thread.
 */
final class Part {

    /**
     * Failures with 500 of several events before they are divided, and of one event before others are sent ahead of it.
     */
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
    private int refusedBy;
    private int finallyRefusedBy;

    /** Whether it failed as part of a larger one. */
    private boolean hasFailedBefore;

    private String reason = "";

    /** Creates a part with all events that were taken. */
    Part(Outbox.Taken taken, PayloadBody events) {
        this(new Batch(taken), events);
    }

    private Part(Batch batch, PayloadBody events) {
        this.batch = batch;
        this.events = events;
        batch.open++;
    }

    /** Events taken together, and the number of parts that are not finished. */
    private static final class Batch {
        private final Outbox.Taken taken;
        private int open;

        private Batch(Outbox.Taken taken) {
            this.taken = taken;
        }
    }

    boolean isOf(Outbox.Taken taken) {
        return batch.taken == taken;
    }

    PayloadBody events() {
        return events;
    }

    boolean isOne() {
        return events.count() == 1;
    }

    /** Returns some of its events, as a part of the same batch. */
    Part some(int from, int to, int headroom) {
        PayloadBody body = new PayloadBody(headroom);
        body.addFrom(events, from, to);
        Part part = new Part(batch, body);
        part.isDivided = true;
        part.hasFailedBefore = hasFailedBefore || failures > 0;
        part.deliveredAtFirstFailure = deliveredAtFirstFailure;
        return part;
    }

    /** Returns a copy with its own body, including the failures so far. */
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

    /** Marks it as divided: its parts are finished separately. */
    void divided() {
        batch.open--;
    }

    /** Marks its events as finished; the outbox removes the batch with its last part. */
    void done() {
        batch.open--;
        if (batch.open == 0) {
            batch.taken.settle();
        }
    }

    /** Called when the client ends; returns true if the outbox stores the events for the next start. */
    boolean keep() {
        return batch.taken.keep();
    }

    // Endpoints

    /**
     * An endpoint did not accept these events; another one is asked next.
     *
     * @param isFinal whether its response is one after which the same request is never retried
     */
    void refusedBy(Endpoint endpoint, boolean isFinal) {
        refusedBy |= Endpoints.bit(endpoint);
        if (isFinal) {
            finallyRefusedBy |= Endpoints.bit(endpoint);
        }
    }

    /** Returns the endpoints that did not accept these events since the last that counted, as a set of bits. */
    int refusedBy() {
        return refusedBy;
    }

    /** Returns the endpoints that responded as if these events must not be retried, as a set of bits. */
    int finallyRefusedBy() {
        return finallyRefusedBy;
    }

    /** The last response is the one that counts: all endpoints may be asked again. */
    void askAllAgain() {
        refusedBy = 0;
    }

    // Failures

    /** The failures of an event so far; see {@link #failed}. */
    record Failures(int all, int counted, long firstAt, long deliveredAtFirst) {}

    /** Returns its failures so far. */
    Failures soFar() {
        return new Failures(failures, counted, firstFailureAt, deliveredAtFirstFailure);
    }

    /** Adds failures of the same event when it was part of another batch. */
    void addEarlier(Failures earlier) {
        failures += earlier.all;
        counted += earlier.counted;
        firstFailureAt = earlier.firstAt;
        deliveredAtFirstFailure = earlier.deliveredAtFirst;
    }

    /** The events that the client has. */
    enum Held {
        ONE,

        /** Several, and the collector failed at each of them. */
        SUSPECTS,
        OTHERS;

        /** Returns the same without {@link #ONE}: failures of a lone event count only if others were delivered. */
        Held asSeveral() {
            return this == ONE ? SUSPECTS : this;
        }
    }

    /**
     * Records that the collector failed at these events, or at all events. The first failure counts against an event. A
     * later one counts only if others were delivered since the last failure; if others were delivered earlier and none
     * is left that could be, it always counts. For an event that is the only one in the client, every failure counts;
     * if several all fail and none was delivered, the collector is at fault.
     *
     * @param delivered number of events delivered so far
     * @param held which events the client has
     * @return whether the failure counts against the event
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
     * Returns whether this is more than a transient failure.
     *
     * @param isOneOfSeveral whether others failed just before it: then the first failure is enough, as for a part of a
     *     divided batch
     */
    boolean isSuspicious(boolean isOneOfSeveral) {
        return failures >= (isDivided || isOneOfSeveral ? 1 : SUSPICIOUS);
    }

    boolean isDivided() {
        return isDivided;
    }

    /** Returns whether another failure would count against it; if not, retrying it yields no information. */
    boolean wouldCount(long delivered) {
        return delivered > deliveredAtLastFailure;
    }

    /** Returns the failures that count against it, because others were delivered in the meantime. */
    int counted() {
        return counted;
    }

    /** Returns the last failure's reason. */
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

    /** Postpones it until then, so that others are sent first. */
    void waitUntil(long nanoTime) {
        notBefore = nanoTime;
    }

    long notBefore() {
        return notBefore;
    }
}
