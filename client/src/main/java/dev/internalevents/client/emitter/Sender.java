package dev.internalevents.client.emitter;

import dev.internalevents.client.http.HttpConnection;
import dev.internalevents.protocol.PayloadBody;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sending thread: takes a batch and keeps trying until the collector takes or refuses it; while the collector is at
 * it, the next full batch is encoded. Everything that changes here belongs to that thread.
 */
final class Sender implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);

    private final Collector collector;
    private final Batches batches;
    private final Circuit circuit;
    private final Accounts accounts;
    private final CollectorHealth health;
    private final Runnable settled;
    private final ToIntFunction<PayloadBody> saver;

    private PayloadBody body = new PayloadBody(HttpConnection.HEADROOM);
    private PayloadBody next = new PayloadBody(HttpConnection.HEADROOM);
    private Outbox.@Nullable Taken nextTaken;

    /**
     * A sending thread's task.
     *
     * @param settled is told when events have found their end
     * @param saver keeps events from memory that were not delivered when the client ends; returns how many, from the first
     *     on
     */
    Sender(
            Collector collector,
            Batches batches,
            Circuit circuit,
            Accounts accounts,
            CollectorHealth health,
            Runnable settled,
            ToIntFunction<PayloadBody> saver) {
        this.collector = collector;
        this.batches = batches;
        this.circuit = circuit;
        this.accounts = accounts;
        this.health = health;
        this.settled = settled;
        this.saver = saver;
    }

    @Override
    public void run() {
        for (Outbox.Taken taken = nextBatch(); taken != null; taken = nextBatch()) {
            try {
                if (deliver(body, taken) || !taken.keep()) {
                    taken.settle();
                }
            } catch (RuntimeException | Error e) {
                LOG.error("a batch could not be sent", e);
                if (!taken.keep()) {
                    leave(body);
                    taken.settle();
                }
            }
            settled.run();
        }
    }

    /** The batch that is ready, else the one that comes; null at the end. */
    private Outbox.@Nullable Taken nextBatch() {
        Outbox.Taken ready = nextTaken;
        if (ready != null) {
            nextTaken = null;
            PayloadBody sent = body;
            body = next;
            next = sent;
            return ready;
        }
        body.clear();
        return batches.take(body);
    }

    private void prepareNext() {
        if (nextTaken == null) {
            next.clear();
            nextTaken = batches.takeAtOnce(next);
        }
    }

    /** Returns when each event is delivered or rejected; false when the client ended before the collector took all. */
    private boolean deliver(PayloadBody events, Outbox.Taken taken) {
        while (true) {
            long round = circuit.enter();
            if (round < 0) {
                if (!taken.keep()) {
                    leave(events);
                }
                return false;
            }
            Answer answer = collector.post(events, this::prepareNext);
            if (answer instanceof Answer.Failed failed) {
                if (!circuit.isEnded()) {
                    long wait = circuit.failed(round, failed.retryAfterMillis());
                    health.failing(failed.reason(), events.count(), wait);
                    accounts.failed(events, failed.reason());
                }
                continue;
            }
            circuit.succeeded();
            if (answer instanceof Answer.TooLarge && events.count() > 1) {
                return deliverHalves(events, taken);
            } else if (answer instanceof Answer.Rejected rejection) {
                health.rejecting(rejection.reason());
                accounts.rejected(events, rejection.reason());
            } else {
                // The accounts last: who waits for them may ask for all else at once.
                health.recovered();
                accounts.delivered(events);
            }
            return true;
        }
    }

    /** What came from memory goes to the outbox on disk, if it works by now. */
    private void leave(PayloadBody events) {
        accounts.leave(events, saver.applyAsInt(events));
    }

    private boolean deliverHalves(PayloadBody events, Outbox.Taken taken) {
        // Later requests need not find out again.
        batches.halve(events.size());
        int half = events.count() / 2;
        PayloadBody part = new PayloadBody(HttpConnection.HEADROOM);
        part.addFrom(events, 0, half);
        boolean first = deliver(part, taken);
        part.clear();
        part.addFrom(events, half, events.count());
        return deliver(part, taken) && first;
    }
}
