package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.http.HttpConnection;
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

    /** Events, and bytes of them, that wait beside the others at most. */
    private static final int MAX_SUSPECTS = 256;

    private static final long MAX_SUSPECT_BYTES = 8 << 20;

    /** Failures beside others that passed, after which an event may give way to another suspect. */
    private static final int LEAST_COUNTED = 2;

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
    private final EventKind kind;

    private final Deque<Part> inHand = new ArrayDeque<>();
    private final Queue<Part> suspects = new PriorityQueue<>(Comparator.comparingLong(Part::notBefore));
    private PayloadBody body = new PayloadBody(HttpConnection.HEADROOM);
    private PayloadBody next = new PayloadBody(HttpConnection.HEADROOM);
    private Outbox.@Nullable Taken nextTaken;
    private long errorSaidAt;
    private long suspectBytes;
    private boolean wasSuspect;

    /** What becomes of events that are not delivered, and who waits for the end of all. */
    interface Undelivered {

        /** Keeps an event that the collector fails at; the place in words, or null when there is none. */
        @Nullable
        String setAside(PayloadBody event, String reason, int tries);

        /** Whether there is an outbox, so that an event that cannot be set aside is kept. */
        boolean isDurable();

        /** Keeps events in the outbox, behind all others; returns how many, from the first on. */
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
        this.kind = settings.kind();
    }

    @Override
    public void run() {
        boolean isOver = false;
        while (!isOver) {
            // Nobody ends this thread by an interrupt; one that a listener left would end waits, and close files.
            boolean ignored = Thread.interrupted();
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
        Part first = suspects.peek();
        boolean isAnyDue = first != null && untilNext(first) <= 0;
        Part suspect = isAnyDue ? dueSuspect() : first;
        // One suspect, one of the others: so many of them do not keep the others from being sent.
        Part part = isAnyDue && suspect != null && !wasSuspect ? null : nextOfTheOthers(isAnyDue, first);
        wasSuspect = part == null && isAnyDue;
        return wasSuspect ? (suspect == null ? first : suspect) : part;
    }

    /** One of those whose time has come and of which a failure would say something; null when there is none. */
    private @Nullable Part dueSuspect() {
        long delivered = accounts.delivered();
        for (Part suspect : suspects) {
            if (untilNext(suspect) <= 0 && suspect.wouldCount(delivered)) {
                return suspect;
            }
        }
        return null;
    }

    private @Nullable Part nextOfTheOthers(boolean isSuspectDue, @Nullable Part suspect) {
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
            long most = suspect == null ? Long.MAX_VALUE : isSuspectDue ? 0 : untilNext(suspect);
            taken = batches.take(body, most);
        }
        if (taken == null) {
            return null;
        }
        Part whole = new Part(taken, body);
        inHand.add(whole);
        return whole;
    }

    private long untilNext(Part suspect) {
        long now = System.nanoTime();
        long left = suspect.notBefore() - now;
        return batches.isHurried() ? Math.min(left, suspect.triedAt() + HURRIED_NANOS - now) : left;
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
        Answer answer = kept(part, post(part.events()));
        if (answer instanceof Answer.Failed failed) {
            if (!circuit.isEnded()) {
                failed(part, failed, round);
            }
            return;
        }
        if (answer instanceof Answer.Rejected rejection) {
            circuit.succeeded();
            rejected(part, rejection);
        } else {
            circuit.delivered();
            batches.size().delivered(part.events().size());
            // The accounts last: who waits for them may ask for all else at once.
            health.recovered();
            accounts.delivered(part.events());
            end(part);
        }
    }

    /** A single event that is too large for the collector is not given up either, if its kind is kept. */
    private Answer kept(Part part, Answer answer) {
        return kind.isKept() && part.isOne() && answer instanceof Answer.Rejected rejection
                ? new Answer.Failed(rejection.reason(), 0, true)
                : answer;
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
                batches.size().tooLarge(part.events().size(), part.isDivided());
            }
            divide(part);
            return;
        }
        health.rejecting(rejection.reason());
        accounts.rejected(part.events(), rejection.reason());
        end(part);
    }

    private void failed(Part part, Answer.Failed failure, long round) {
        boolean isSuspect = suspects.contains(part);
        boolean isOneOfSeveral = circuit.hasPardonedOthers();
        boolean counts = failure.mayBeOfOne()
                && part.failed(failure.reason(), System.nanoTime(), accounts.delivered(), accounts.whatIsHeld());
        long wait = 0;
        if (isSuspect && counts) {
            // It is the event, and not the collector, that is waited for.
            circuit.succeeded();
        } else if (!failure.mayBeOfOne() || !circuit.pardons(isSuspect || part.isDivided())) {
            wait = circuit.failed(round, failure.retryAfterMillis());
        }
        if (!isSuspect) {
            // Of one that waits beside the others it was said before.
            health.failing(failure.reason(), part.events().count(), wait);
        }
        accounts.failed(part.events(), failure.reason());
        if (!failure.mayBeOfOne()) {
            postpone(part);
            return;
        }
        if (!part.isSuspicious(isOneOfSeveral)) {
            // The others first: if they pass, it is this part, and the collector is not waited for.
            if (inHand.remove(part)) {
                inHand.add(part);
            }
        } else if (!part.isOne()) {
            divide(part);
        } else if (part.isGivenUp(giveUp, System.nanoTime())) {
            boolean ignored = setAside(part);
        } else if (inHand.contains(part)) {
            suspect(part);
        } else {
            postpone(part);
        }
    }

    /** It goes alone from now on, between the others. */
    private void suspect(Part part) {
        if (suspects.size() >= MAX_SUSPECTS || suspectBytes > MAX_SUSPECT_BYTES) {
            Part worst = suspects.stream()
                    .max(Comparator.comparingInt(Part::counted))
                    .filter(one -> one.counted() >= LEAST_COUNTED)
                    .orElse(null);
            if (worst == null || !setAside(worst)) {
                // The collector fails at everything, or the disk does: what comes behind is tried in turn.
                inHand.remove(part);
                inHand.add(part);
                return;
            }
        }
        Part copy = part.copy(HttpConnection.HEADROOM);
        inHand.remove(part);
        copy.waitUntil(System.nanoTime() + betweenTries(copy));
        suspects.add(copy);
        suspectBytes += copy.events().size();
        accounts.suspect(1);
    }

    private void postpone(Part part) {
        if (suspects.remove(part)) {
            part.waitUntil(System.nanoTime() + betweenTries(part));
            suspects.add(part);
        }
    }

    /** The time to give up is divided among the tries, so that both end together; however many, there is a wait. */
    private long betweenTries(Part part) {
        long mostMillis = Durations.nanos(giveUp.after()) / giveUp.tries() / 1_000_000;
        long least = backOff.boundMillis(1);
        return Math.max(least, Math.min(mostMillis, backOff.boundMillis(part.failures() + 1))) * 1_000_000;
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

    /** False if it has to be kept and no place is found. */
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
        String told = place == null ? why : why + "; it is set aside in " + place;
        health.rejecting(told);
        accounts.rejected(part.events(), told);
        end(part);
        return true;
    }

    /** Its turn comes again, behind all that wait now in the outbox. */
    private boolean keep(Part part) {
        if (undelivered.save(part.events()) == 1) {
            end(part);
            return true;
        }
        postpone(part);
        return false;
    }

    private void end(Part part) {
        if (!inHand.remove(part) && suspects.remove(part)) {
            noSuspectAnyMore(part);
        }
        part.done();
        undelivered.settled();
    }

    private void noSuspectAnyMore(Part part) {
        suspectBytes -= part.events().size();
        accounts.suspect(-1);
    }

    /** The client ends before the collector took these. */
    private void leaveAll() {
        Outbox.Taken ready = nextTaken;
        if (ready != null) {
            nextTaken = null;
            inHand.add(new Part(ready, next));
        }
        while (!inHand.isEmpty() || !suspects.isEmpty()) {
            boolean isSuspect = inHand.isEmpty();
            Part part = isSuspect ? suspects.remove() : inHand.remove();
            if (isSuspect) {
                noSuspectAnyMore(part);
            }
            leave(part, isSuspect || part.isDivided());
            undelivered.settled();
        }
    }

    /** @param isAfterOthers whether events that were taken after these are delivered */
    private void leave(Part part, boolean isAfterOthers) {
        if (!part.keep()) {
            // What came from memory goes to the outbox on disk, if it works by now.
            accounts.leave(part.events(), undelivered.save(part.events()));
            part.done();
        } else if (isAfterOthers
                && undelivered.save(part.events()) == part.events().count()) {
            // The outbox has them behind the others now, so that those are not sent once more at the next start.
            part.done();
        }
    }
}
