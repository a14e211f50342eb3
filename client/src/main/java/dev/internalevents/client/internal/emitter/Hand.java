package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.http.HttpConnection;
import dev.internalevents.protocol.PayloadBody;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a sending thread has taken and not finished, without the suspects: the parts of a batch, and the next batch,
 * which is encoded while the collector processes this one. Used by one sending thread.
 */
final class Hand {

    private final Batches batches;
    private final Deque<Part> parts = new ArrayDeque<>();
    private PayloadBody body = new PayloadBody(HttpConnection.HEADROOM);
    private PayloadBody next = new PayloadBody(HttpConnection.HEADROOM);
    private Outbox.@Nullable Taken nextTaken;

    Hand(Batches batches) {
        this.batches = batches;
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    boolean contains(Part part) {
        return parts.contains(part);
    }

    boolean remove(Part part) {
        return parts.remove(part);
    }

    void addFirst(Part part) {
        parts.push(part);
    }

    void addLast(Part part) {
        parts.add(part);
    }

    Part removeFirst() {
        return parts.remove();
    }

    /**
     * Returns the first part; takes a batch if there is none.
     *
     * @param max the maximum wait for a first event, in nanoseconds
     * @return null if there is no event within that time
     */
    @Nullable
    Part first(long max) {
        Part part = parts.peek();
        if (part != null) {
            return part;
        }
        if (nextTaken != null) {
            addReady();
            return parts.peek();
        }
        body.clear();
        Outbox.Taken taken = batches.take(body, max);
        if (taken != null) {
            parts.add(new Part(taken, body));
        }
        return parts.peek();
    }

    /** Adds the next batch, if it was prepared. */
    void addReady() {
        Outbox.Taken ready = nextTaken;
        if (ready != null) {
            // First what needs memory; and it must not be added twice.
            Part part = new Part(ready, next);
            nextTaken = null;
            PayloadBody sent = body;
            body = next;
            next = sent;
            parts.add(part);
        }
    }

    /** Takes the next full batch, if there is one. */
    void prepareNext() {
        if (nextTaken == null && parts.size() <= 1) {
            next.clear();
            nextTaken = batches.takeAtOnce(next);
        }
    }

    /** After something was thrown: ends what it was thrown out of, and adds events that were taken and not received. */
    void recover(Suspects suspects) {
        batches.endTurn();
        receive(body, suspects);
        receive(next, suspects);
    }

    private void receive(PayloadBody into, Suspects suspects) {
        Outbox.Taken taken = batches.takenInto(into);
        if (taken == null || taken == nextTaken) {
            return;
        }
        for (Part part : parts) {
            if (part.isOf(taken)) {
                return;
            }
        }
        for (Part part : suspects.all()) {
            if (part.isOf(taken)) {
                return;
            }
        }
        // The copy stays when the body is reused.
        parts.add(new Part(taken, into).copy(HttpConnection.HEADROOM));
    }
}
