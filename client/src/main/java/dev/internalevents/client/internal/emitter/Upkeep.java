package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.Lifecycle;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The timer's task: aborts requests that take too long, lets other parts retry and log, and warns about a full queue.
 */
final class Upkeep implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);
    private static final long TICK_NANOS = 250_000_000;

    /** While a caller waits, requests to one of several endpoints have little time. */
    private static final long HURRIED_TICK_NANOS = 50_000_000;

    private static final int TICKS_PER_SECOND = 4;

    private final EmitterSettings settings;
    private final Lifecycle lifecycle;
    private final List<Connections> connections;
    private final Outboxes outboxes;
    private final Accounts accounts;
    private final Endpoints endpoints;
    private boolean isPressureSaid;

    Upkeep(
            EmitterSettings settings,
            Lifecycle lifecycle,
            List<Connections> connections,
            Outboxes outboxes,
            Accounts accounts,
            Endpoints endpoints) {
        this.settings = settings;
        this.lifecycle = lifecycle;
        this.connections = List.copyOf(connections);
        this.outboxes = outboxes;
        this.accounts = accounts;
        this.endpoints = endpoints;
    }

    @Override
    public void run() {
        long readNanos = Durations.nanos(settings.delivery().readTimeout());
        int ticks = 0;
        while (!lifecycle.isEnded()) {
            long tick = !endpoints.isOne() && lifecycle.isHurried() ? HURRIED_TICK_NANOS : TICK_NANOS;
            LockSupport.parkNanos(this, Math.min(tick, readNanos / 4 + 1_000_000));
            try {
                tick(++ticks);
            } catch (RuntimeException | Error e) {
                endpoints.broken("the timer failed: " + e);
            }
        }
    }

    private void tick(int ticks) {
        connections.forEach(each -> each.expire(endpoints));
        if (ticks % TICKS_PER_SECOND == 0) {
            outboxes.tick();
            accounts.tick();
            warnOfPressure();
        }
    }

    /**
     * Warns, before any event is dropped, about a queue that fills although requests succeed, because that is caused by
     * the settings.
     */
    private void warnOfPressure() {
        if (!isPressureSaid && endpoints.lastFailure() == null && outboxes.all().isHalfFull()) {
            isPressureSaid = true;
            LOG.warn(
                    "{}: half of the queue is full although requests succeed: each of {} thread(s) sends one request a"
                            + " round trip, with {} event(s) at most; set a larger batch size or thread count",
                    endpoints,
                    settings.delivery().threadCount(),
                    settings.batching().mostTogether());
        }
    }
}
