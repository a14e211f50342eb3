package dev.internalevents.client.emitter;

import dev.internalevents.client.http.HttpConnection;
import dev.internalevents.protocol.PayloadBody;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sending thread: takes a batch and keeps trying until the collector takes or refuses it; while the collector is at
 * it, the next full batch is encoded. What is not taken as a whole is divided; an event that the collector fails at again
 * and again waits beside the others, so that they pass. Everything that changes here belongs to that thread, and nothing
 * ends it but the end of the client.
 */
final class Sender implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);

    /** Events that wait beside the others at most; where there are more, the collector fails at all of them. */
    private static final int MAX_SUSPECTS = 16;

    private static final long HURRIED_NANOS = 100_000_000;
    private static final long AFTER_ERROR_NANOS = 200_000_000;
    private static final long SAY_AGAIN_NANOS = 60_000_000_000L;

    private final Collector collector;
    private final Batches batches;
    private final Circuit circuit;
    private final Accounts accounts;
    private final CollectorHealth health;
    private final BackOff backOff;
    private final GiveUp giveUp;
    private final Undelivered undelivered;

    private final Deque<Part> inHand = new ArrayDeque<>();
    private final Queue<Part> suspects = new PriorityQueue<>(Comparator.comparingLong(Part::notBefore));
    private PayloadBody body = new PayloadBody(HttpConnection.HEADROOM);
    private PayloadBody next = new PayloadBody(HttpConnection.HEADROOM);
    private Outbox.@Nullable Taken nextTaken;
    private long errorSaidAt;

    /** What becomes of events that are not delivered, and who waits for the end of all. */
    interface Undelivered {

        /** Keeps an event that the collector fails at; the place in words, or null when there is none. */
        @Nullable
        String setAside(PayloadBody event, String reason, int tries);

        /** Keeps events from memory that are left when the client ends; returns how many, from the first on. */
        int save(PayloadBody events);

        /** Events have found their end. */
        void settled();
    }

    Sender(
            EmitterSettings settings,
            Collector collector,
            Batches batches,
            Circuit circuit,
            Accounts accounts,
            CollectorHealth health,
            Undelivered undelivered) {
        this.collector = collector;
        this.batches = batches;
        this.circuit = circuit;
        this.accounts = accounts;
        this.health = health;
        this.backOff = settings.backOff();
        this.giveUp = settings.giveUp();
        this.undelivered = undelivered;
    }

    @Override
    public void run() {
        boolean isOver = false;
        while (!isOver) {
            try {
                Part part = nextPart();
                if (part != null) {
                    send(part);
                } else if (batches.isOver() || circuit.isEnded()) {
                    leaveAll();
                    isOver = true;
                }
            } catch (Throwable e) {
                // A lack of memory or a fault in a library: what is in hand is sent once more.
                survive(e);
            }
        }
    }

    private void survive(Throwable e) {
        try {
            health.broken("sending failed here: " + e);
            long now = System.nanoTime();
            if (errorSaidAt == 0 || now - errorSaidAt > SAY_AGAIN_NANOS) {
                errorSaidAt = now;
                LOG.error("sending failed; it is tried again", e);
            }
        } catch (Throwable again) {
            // There may be no memory for words.
        }
        LockSupport.parkNanos(this, AFTER_ERROR_NANOS);
    }

    // What is sent next

    /** Null when there is nothing to be sent now, or at the end. */
    private @Nullable Part nextPart() {
        Part suspect = suspects.peek();
        if (suspect != null && untilNext(suspect) <= 0) {
            return suspect;
        }
        Part part = inHand.peek();
        if (part != null) {
            return part;
        }
        Outbox.Taken taken = nextTaken;
        if (taken != null) {
            nextTaken = null;
            PayloadBody sent = body;
            body = next;
            next = sent;
        } else {
            body.clear();
            taken = batches.take(body, suspect == null ? Long.MAX_VALUE : untilNext(suspect));
        }
        if (taken == null) {
            return null;
        }
        Part whole = new Part(taken, body);
        inHand.add(whole);
        return whole;
    }

    private long untilNext(Part suspect) {
        long left = suspect.notBefore() - System.nanoTime();
        return batches.isHurried() ? Math.min(left, HURRIED_NANOS) : left;
    }

    private void prepareNext() {
        if (nextTaken == null && inHand.size() <= 1) {
            next.clear();
            nextTaken = batches.takeAtOnce(next);
        }
    }

    // Sending

    private void send(Part part) {
        long round = circuit.enter();
        if (round < 0) {
            leaveAll();
            return;
        }
        Answer answer = post(part.events());
        if (answer instanceof Answer.Failed failed) {
            if (!circuit.isEnded()) {
                failed(part, failed, circuit.failed(round, failed.retryAfterMillis()));
            }
            return;
        }
        circuit.succeeded();
        if (answer instanceof Answer.Rejected rejection) {
            rejected(part, rejection);
        } else {
            // The accounts last: who waits for them may ask for all else at once.
            health.recovered();
            accounts.delivered(part.events());
            end(part);
        }
    }

    private Answer post(PayloadBody events) {
        try {
            return collector.post(events, this::prepareNext);
        } catch (RuntimeException | Error e) {
            LOG.debug("a request could not be sent", e);
            return new Answer.Failed("a request could not be sent: " + e, 0);
        }
    }

    private void rejected(Part part, Answer.Rejected rejection) {
        if (!part.isOne() && rejection.mayBeOfOne()) {
            if (rejection instanceof Answer.TooLarge) {
                // Later requests need not find out again.
                batches.halve(part.events().size());
            }
            divide(part);
            return;
        }
        health.rejecting(rejection.reason());
        accounts.rejected(part.events(), rejection.reason());
        end(part);
    }

    private void failed(Part part, Answer.Failed failure, long waitMillis) {
        if (!suspects.contains(part)) {
            // Of one that waits beside the others it was said before.
            health.failing(failure.reason(), part.events().count(), waitMillis);
        }
        accounts.failed(part.events(), failure.reason());
        if (!failure.mayBeOfOne()) {
            postpone(part);
            return;
        }
        part.failed(System.nanoTime(), accounts.delivered(), accounts.held() == 1);
        if (!part.isSuspicious()) {
            // The others first: if they pass, it is this part, and the collector is not waited for.
            if (inHand.remove(part)) {
                inHand.add(part);
            }
        } else if (!part.isOne()) {
            divide(part);
        } else if (part.isGivenUp(giveUp, System.nanoTime())) {
            setAside(part, failure.reason());
        } else if (inHand.contains(part)) {
            suspect(part);
        } else {
            postpone(part);
        }
    }

    /** It goes alone from now on, between the others. */
    private void suspect(Part part) {
        if (suspects.size() < MAX_SUSPECTS) {
            Part copy = part.copy(HttpConnection.HEADROOM);
            inHand.remove(part);
            copy.waitUntil(System.nanoTime() + betweenTries(copy));
            suspects.add(copy);
        }
    }

    private void postpone(Part part) {
        if (suspects.remove(part)) {
            part.waitUntil(System.nanoTime() + betweenTries(part));
            suspects.add(part);
        }
    }

    /** The time to give up is divided among the tries, so that both end together. */
    private long betweenTries(Part part) {
        long mostMillis = Durations.nanos(giveUp.after()) / giveUp.tries() / 1_000_000;
        return Math.min(mostMillis, backOff.boundMillis(part.failures() + 1)) * 1_000_000;
    }

    private void divide(Part part) {
        int count = part.events().count();
        Part first = part.some(0, count / 2, HttpConnection.HEADROOM);
        Part second = part.some(count / 2, count, HttpConnection.HEADROOM);
        inHand.remove(part);
        part.divided();
        inHand.push(second);
        inHand.push(first);
    }

    // The end of events

    private void setAside(Part part, String reason) {
        String why = reason + " to each of " + part.failures() + " tries of this event alone";
        String place = undelivered.setAside(part.events(), reason, part.failures());
        String told = place == null ? why : why + "; it is set aside in " + place;
        health.rejecting(told);
        accounts.rejected(part.events(), told);
        end(part);
    }

    private void end(Part part) {
        if (!inHand.remove(part)) {
            suspects.remove(part);
        }
        part.done();
        undelivered.settled();
    }

    /** The client ends before the collector took these. */
    private void leaveAll() {
        Outbox.Taken ready = nextTaken;
        if (ready != null) {
            nextTaken = null;
            inHand.add(new Part(ready, next));
        }
        while (!inHand.isEmpty() || !suspects.isEmpty()) {
            Part part = inHand.isEmpty() ? suspects.remove() : inHand.remove();
            if (!part.keep()) {
                // What came from memory goes to the outbox on disk, if it works by now.
                accounts.leave(part.events(), undelivered.save(part.events()));
                part.done();
            }
            undelivered.settled();
        }
    }
}
