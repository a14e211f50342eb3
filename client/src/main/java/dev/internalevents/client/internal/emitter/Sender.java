package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.client.internal.http.HttpConnection;
import dev.internalevents.protocol.PayloadBody;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sending thread: takes a batch and retries until the collector accepts or rejects it. While the collector
 * processes it, the next full batch is encoded. A batch that is not accepted as a whole is divided. An event that the
 * collector repeatedly fails at is retried separately, so that other events are delivered. All mutable state here
 * belongs to this thread, and only the end of the client ends it.
 */
final class Sender implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);

    private static final long AFTER_ERROR_NANOS = 200_000_000;
    private static final long SAY_AGAIN_NANOS = 60_000_000_000L;

    private final Connections connections;
    private final Batches batches;
    private final Endpoints endpoints;
    private final Accounts accounts;
    private final GiveUp giveUp;
    private final Undelivered undelivered;
    private final Backlog backlog;
    private final Lifecycle lifecycle;
    private final EventKind kind;

    private final Hand inHand;
    private final Suspects suspects;

    /** Where the last request was sent. */
    private Endpoint endpoint;

    private long errorSaidAt;
    private boolean wasSuspect;
    private boolean isOver;

    /** Whether something was thrown since events were last looked for. */
    private boolean hasFailed;

    Sender(EmitterSettings settings, Connections connections, SendingState shared) {
        this.connections = connections;
        this.batches = shared.batches();
        this.inHand = new Hand(batches);
        this.endpoints = shared.endpoints();
        this.endpoint = endpoints.first();
        this.accounts = shared.accounts();
        this.undelivered = shared.undelivered();
        this.backlog = shared.backlog();
        this.lifecycle = shared.lifecycle();
        this.kind = settings.kind();
        this.giveUp = settings.delivery().giveUp();
        this.suspects = new Suspects(settings.delivery(), accounts, lifecycle);
    }

    @Override
    public void run() {
        while (!isOver) {
            try {
                sendUntilOver();
            } catch (Throwable e) {
                // A page of a mapped file that is gone is reported late, even while another error is handled.
                hasFailed = true;
            }
        }
    }

    private void sendUntilOver() {
        while (!isOver) {
            // This thread is not ended by an interrupt; one set by a listener would end waits and close files.
            boolean ignored = Thread.interrupted();
            try {
                if (hasFailed) {
                    inHand.recover(suspects);
                    hasFailed = false;
                }
                Part part = nextPart();
                if (part != null) {
                    send(part);
                } else if (batches.isOver() || lifecycle.isEnded()) {
                    leaveAll();
                    isOver = true;
                }
            } catch (Throwable e) {
                // Out of memory, or a fault in a library: the events in hand are sent again.
                hasFailed = true;
                survive(e);
            }
        }
    }

    private void survive(Throwable e) {
        try {
            endpoints.broken("sending failed here: " + e);
            long now = System.nanoTime();
            if (errorSaidAt == 0 || now - errorSaidAt > SAY_AGAIN_NANOS) {
                errorSaidAt = now;
                LOG.error("sending failed; it is retried", e);
            }
        } catch (Throwable again) {
            // There may be no memory for texts.
        }
        LockSupport.parkNanos(this, AFTER_ERROR_NANOS);
    }

    // Choosing what to send next

    /** Returns null if there is nothing to send now, or at the end. */
    private @Nullable Part nextPart() {
        if (!suspects.isEmpty() && undelivered.isHeldUp()) {
            moveSuspects();
        }
        Part first = suspects.first();
        boolean isAnyDue = first != null && suspects.untilDue(first) <= 0;
        Part suspect = isAnyDue ? suspects.informative() : first;
        // Alternates between suspects and others, so that many suspects do not block the others.
        Part part = isAnyDue && suspect != null && !wasSuspect ? null : nextOfTheOthers(isAnyDue, first);
        wasSuspect = part == null && isAnyDue;
        return wasSuspect ? (suspect == null ? first : suspect) : part;
    }

    private @Nullable Part nextOfTheOthers(boolean isSuspectDue, @Nullable Part suspect) {
        return inHand.first(suspect == null ? Long.MAX_VALUE : isSuspectDue ? 0 : suspects.untilDue(suspect));
    }

    // Sending

    private void send(Part part) {
        Endpoints.Turn turn = endpoints.enter(part.refusedBy(), part.failures() > 0);
        if (turn == null) {
            leaveAll();
            return;
        }
        try {
            send(part, turn);
        } finally {
            // Without an outcome, because something was thrown, no other request would be sent.
            turn.endpoint().circuit().ended(turn.round());
        }
    }

    private void send(Part part, Endpoints.Turn turn) {
        endpoint = turn.endpoint();
        Answer answer = kept(part, post(part.events(), turn));
        if (answer instanceof Answer.Failed && lifecycle.isEnded()) {
            return;
        }
        if (answer instanceof Answer.NotAccepted refusal && isForAnother(part, refusal)) {
            leaveToAnother(part, refusal, turn);
        } else if (answer instanceof Answer.Failed failed) {
            part.askAllAgain();
            failed(part, failed, turn, accounts.whatIsHeld());
        } else if (answer instanceof Answer.Rejected rejection) {
            part.askAllAgain();
            if (part.isOne() && endpoints.isAnotherLeft(endpoint, part.finallyRefusedBy())) {
                // The other one is away, and this one may be set up wrongly. A refusal counts if it accepts others.
                failed(
                        part,
                        new Answer.Failed(rejection.reason(), 0, true),
                        turn,
                        accounts.whatIsHeld().asSeveral());
            } else {
                endpoint.circuit().succeeded();
                rejected(part, rejection);
            }
        } else {
            // The counters last: a thread that waits for them may read everything else at once.
            endpoints.delivered(endpoint);
            batches.size().delivered(part.events().size());
            accounts.delivered(part.events());
            end(part);
        }
    }

    /** Turns the rejection of a single event into a failure, if its kind must not be given up. */
    private Answer kept(Part part, Answer answer) {
        return kind.isKept() && part.isOne() && answer instanceof Answer.Rejected rejection
                ? new Answer.Failed(rejection.reason(), 0, true)
                : answer;
    }

    private Answer post(PayloadBody events, Endpoints.Turn turn) {
        try {
            return connections.post(turn, events, inHand::prepareNext);
        } catch (RuntimeException | Error e) {
            hasFailed = true;
            LOG.debug("a request could not be sent", e);
            return new Answer.Failed("a request could not be sent: " + e, 0);
        }
    }

    /**
     * Returns whether another endpoint decides about events that this one did not accept: one that works, or, if the
     * response says nothing about the events, one that may work again. Requests that are too large are divided first.
     */
    private boolean isForAnother(Part part, Answer.NotAccepted refusal) {
        if (endpoints.isOne() || (refusal instanceof Answer.TooLarge && !part.isOne())) {
            return false;
        }
        return endpoints.isAnotherWorking(endpoint, part.refusedBy())
                || (refusal instanceof Answer.Refused refused
                        && !refused.mayBeOfOne()
                        && endpoints.isAnotherLeft(endpoint, part.finallyRefusedBy()));
    }

    /** Keeps the part in hand; it is sent to an endpoint that has not refused it, and this one has to wait. */
    private void leaveToAnother(Part part, Answer.NotAccepted refusal, Endpoints.Turn turn) {
        long wait = endpoints.failed(turn, refusal.retryAfterMillis());
        part.refusedBy(endpoint, refusal instanceof Answer.Rejected);
        endpoint.health().leftForAnother(refusal.reason(), part.events().count(), wait);
        accounts.failed(part.events(), named(refusal.reason()));
    }

    /** Returns the reason with the endpoint, if there are several. */
    private String named(String reason) {
        return endpoints.isOne() ? reason : endpoint.address() + ": " + reason;
    }

    private void rejected(Part part, Answer.Rejected rejection) {
        if (!part.isOne() && rejection.mayBeOfOne()) {
            if (rejection instanceof Answer.TooLarge) {
                // So that later requests are not too large.
                batches.size().tooLarge(part.events().size(), part.isDivided());
            }
            divide(part);
            return;
        }
        endpoint.health().rejecting(rejection.reason());
        accounts.rejected(part.events(), named(rejection.reason()));
        end(part);
    }

    private void failed(Part part, Answer.Failed failure, Endpoints.Turn turn, Part.Held held) {
        Circuit circuit = endpoint.circuit();
        boolean isSuspect = suspects.contains(part);
        boolean isOneOfSeveral = circuit.hasPardonedOthers();
        boolean counts = failure.mayBeOfOne()
                && part.failed(named(failure.reason()), System.nanoTime(), accounts.delivered(), held);
        long wait = 0;
        if (isSuspect && counts) {
            // Only the event has to wait, not the collector.
            circuit.succeeded();
        } else if (!failure.mayBeOfOne() || !circuit.pardons(isSuspect || part.isDivided())) {
            wait = endpoints.failed(turn, failure.retryAfterMillis());
        }
        if (!isSuspect) {
            // For an event that is retried separately, this was already reported.
            endpoint.health().failing(failure.reason(), part.events().count(), wait);
        }
        accounts.failed(part.events(), named(failure.reason()));
        if (!failure.mayBeOfOne()) {
            suspects.postpone(part);
            return;
        }
        if (!part.isSuspicious(isOneOfSeveral)) {
            // Send the others first: if they are accepted, this part is the cause, and no wait for the collector is
            // needed.
            if (inHand.remove(part)) {
                inHand.addLast(part);
            }
        } else if (!part.isOne()) {
            divide(part);
        } else if (part.isGivenUp(giveUp, System.nanoTime())) {
            boolean ignored = setAside(part);
        } else if (inHand.contains(part)) {
            suspect(part);
        } else {
            suspects.postpone(part);
        }
    }

    /** Retries it separately from now on, in between the others. */
    private void suspect(Part part) {
        if (suspects.isFull()) {
            Part worst = suspects.worst();
            if (worst == null || !setAside(worst)) {
                // The collector fails at everything, or the disk fails: the events behind it are tried in turn.
                inHand.remove(part);
                inHand.addLast(part);
                return;
            }
        }
        Part copy = part.copy(HttpConnection.HEADROOM);
        Part.Failures earlier = undelivered.failuresBefore(copy);
        if (earlier != null) {
            copy.addEarlier(earlier);
        }
        inHand.remove(part);
        suspects.add(copy);
    }

    /**
     * Moves events that are retried separately behind the others, so that the files of those can be freed. If the
     * outbox is full already, they are set aside, because new events would be lost.
     */
    private void moveSuspects() {
        for (Part part : suspects.all()) {
            // Those in memory keep no file.
            boolean isOnDisk = part.keep();
            if (isOnDisk && undelivered.move(part)) {
                end(part);
            } else if (isOnDisk && !kind.isKept() && part.counted() >= Suspects.LEAST_COUNTED) {
                boolean ignored = setAside(part);
            }
        }
    }

    private void divide(Part part) {
        int count = part.events().count();
        Part first = part.some(0, count / 2, HttpConnection.HEADROOM);
        Part second = part.some(count / 2, count, HttpConnection.HEADROOM);
        inHand.remove(part);
        part.divided();
        inHand.addFirst(second);
        inHand.addFirst(first);
    }

    // Finishing events

    /** Returns false if it must not be lost and could not be stored. */
    private boolean setAside(Part part) {
        if (kind.isKept()) {
            accounts.refusedForNow(part.events(), part.reason());
            return keep(part);
        }
        String why = part.reason() + " to each of " + part.failures() + " tries of this event alone";
        String place = undelivered.setAside(part.events(), part.reason(), part.failures());
        if (place == null && undelivered.isDurable()) {
            return keep(part);
        }
        String details = place == null ? why : why + "; it is set aside in " + place;
        endpoint.health().rejecting(details);
        accounts.rejected(part.events(), details);
        end(part);
        return true;
    }

    /** Moves it behind all events queued in the outbox. */
    private boolean keep(Part part) {
        if (undelivered.save(part.events()) == 1) {
            end(part);
            return true;
        }
        suspects.postpone(part);
        return false;
    }

    private void end(Part part) {
        if (!inHand.remove(part)) {
            suspects.remove(part);
        }
        part.done();
        backlog.settled();
    }

    /** Handles the remaining events when the client ends before the collector accepted them. */
    private void leaveAll() {
        inHand.addReady();
        while (!inHand.isEmpty() || !suspects.isEmpty()) {
            boolean isSuspect = inHand.isEmpty();
            Part part = isSuspect ? suspects.removeFirst() : inHand.removeFirst();
            leave(part, isSuspect || part.isDivided());
            backlog.settled();
        }
    }

    /** @param isAfterOthers whether events that were taken after these are already delivered */
    private void leave(Part part, boolean isAfterOthers) {
        if (!part.keep()) {
            // Events from memory are saved in the outbox on disk, if it works now.
            accounts.leave(part.events(), undelivered.save(part.events()));
            part.done();
        } else if (isAfterOthers
                && undelivered.save(part.events()) == part.events().count()) {
            // They are now stored behind the others, so that the next start does not send those once more.
            part.done();
        }
    }
}
