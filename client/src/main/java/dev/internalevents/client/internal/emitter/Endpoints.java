package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.EndpointState;
import dev.internalevents.client.internal.Lifecycle;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The collectors that a client sends to, and the choice of one for each request. A client has them in a random order of
 * its own, so that many clients spread over them, and uses the first of that order that works. One that failed gets a
 * single request when its wait is over; once it accepts that, it is used again. Safe for use by several threads.
 */
final class Endpoints {

    /**
     * How long an endpoint that failed may take to connect and to respond while another one works: events wait for it
     * that the other would accept.
     */
    private static final long PROBE_NANOS = 1_000_000_000;

    /** The same for each endpoint while a caller waits in flush or close. */
    private static final long HURRIED_NANOS = 400_000_000;

    private final Lifecycle lifecycle;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Endpoint> configured;
    private final List<Endpoint> preferred;
    private volatile @Nullable String brokenBy;

    /** @param waiting returns the number of queued events */
    Endpoints(EmitterSettings settings, Lifecycle lifecycle, LongSupplier waiting) {
        this.lifecycle = lifecycle;
        List<Endpoint> all = new ArrayList<>();
        for (URI address : settings.destination().endpoints()) {
            all.add(new Endpoint(
                    all.size(),
                    address,
                    new Circuit(settings.delivery().backOff(), lifecycle, lock, changed),
                    new CollectorHealth(settings.kind(), address, waiting)));
        }
        this.configured = List.copyOf(all);
        Collections.shuffle(all);
        this.preferred = List.copyOf(all);
    }

    /**
     * Permission to send one request.
     *
     * @param round for {@link Circuit#failed}
     * @param mostNanos limit for connecting and for the exchange, beside the limits of the settings
     */
    record Turn(Endpoint endpoint, long round, long mostNanos) {}

    /** Returns the one that this client prefers. */
    Endpoint first() {
        return preferred.get(0);
    }

    // Choosing

    /**
     * Blocks until a request may be sent, and chooses where.
     *
     * @param refusedBy the endpoints that did not accept these events, which come last; see {@link Part#refusedBy}
     * @param hasFailed whether the events failed before: then one that may work again is tried, although a caller waits
     * @return null if the client has ended
     */
    @Nullable
    Turn enter(int refusedBy, boolean hasFailed) {
        lock.lock();
        try {
            while (!lifecycle.isEnded()) {
                Endpoint chosen = choose(refusedBy, hasFailed);
                if (chosen != null) {
                    long mostNanos = mostNanos(chosen);
                    return new Turn(chosen, chosen.circuit().enter(), mostNanos);
                }
                long left = Long.MAX_VALUE;
                for (Endpoint endpoint : preferred) {
                    left = Math.min(left, endpoint.circuit().untilProbe());
                }
                try {
                    // Waiting threads end when the client ends, not by an interrupt.
                    long ignored = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    // As above.
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Endpoint choose(int refusedBy, boolean hasFailed) {
        Endpoint working = null;
        Endpoint due = null;
        Endpoint last = null;
        for (Endpoint endpoint : preferred) {
            boolean isClosed = endpoint.circuit().isClosed();
            boolean isDue = !isClosed && endpoint.circuit().isProbeDue();
            if (contains(refusedBy, endpoint)) {
                last = last == null && (isClosed || isDue) ? endpoint : last;
            } else if (isClosed) {
                working = working == null ? endpoint : working;
            } else if (isDue && (due == null || hasWaitedLonger(endpoint, due))) {
                due = endpoint;
            }
        }
        if (due != null && (working == null || (refusedBy == 0 && (hasFailed || !lifecycle.isHurried())))) {
            return due;
        }
        return working != null ? working : last;
    }

    /**
     * An event that is retried after a wait of its own would otherwise find the first of the order due each time, and
     * never reach the others.
     */
    private static boolean hasWaitedLonger(Endpoint one, Endpoint than) {
        return one.circuit().untilProbe() < than.circuit().untilProbe();
    }

    private long mostNanos(Endpoint endpoint) {
        return !isAnotherWorking(endpoint, 0)
                ? Long.MAX_VALUE
                : lifecycle.isHurried() ? HURRIED_NANOS : endpoint.circuit().isClosed() ? Long.MAX_VALUE : PROBE_NANOS;
    }

    /**
     * Records a failed request, as {@link Circuit#failed}. If it was sent to the last endpoint that worked, the others
     * are tried again at once: each may have come back during its wait.
     */
    long failed(Turn turn, long retryAfterMillis) {
        Circuit circuit = turn.endpoint().circuit();
        lock.lock();
        try {
            boolean worked = circuit.isClosed();
            long wait = circuit.failed(turn.round(), retryAfterMillis);
            if (worked && !circuit.isClosed() && !isAnotherWorking(turn.endpoint(), 0)) {
                for (Endpoint endpoint : configured) {
                    if (endpoint.index() != turn.endpoint().index()) {
                        endpoint.circuit().endWait();
                    }
                }
            }
            return wait;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether another endpoint works, beside these. */
    boolean isAnotherWorking(Endpoint than, int beside) {
        if (configured.size() == 1) {
            return false;
        }
        int excluded = beside | bit(than);
        lock.lock();
        try {
            for (Endpoint endpoint : configured) {
                if (!contains(excluded, endpoint) && endpoint.circuit().isClosed()) {
                    return true;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether there is another endpoint beside these, working or not. */
    boolean isAnotherLeft(Endpoint than, int beside) {
        return Integer.bitCount(beside | bit(than)) < configured.size();
    }

    private static boolean contains(int set, Endpoint endpoint) {
        return (set & bit(endpoint)) != 0;
    }

    /** Returns the endpoint as a set, as in {@link Part#refusedBy()}. */
    static int bit(Endpoint endpoint) {
        return 1 << endpoint.index();
    }

    /**
     * Returns how long a request may be in flight now: less than the settings allow if a caller waits and another
     * endpoint works.
     */
    long mostInFlightNanos(int index) {
        return lifecycle.isHurried() && isAnotherWorking(configured.get(index), 0) ? HURRIED_NANOS : Long.MAX_VALUE;
    }

    boolean isOne() {
        return configured.size() == 1;
    }

    // State

    /** Records a failure in this process, not at a collector. */
    void broken(String reason) {
        brokenBy = reason;
    }

    /** Events were delivered to the endpoint. */
    void delivered(Endpoint endpoint) {
        endpoint.circuit().delivered();
        if (brokenBy != null) {
            brokenBy = null;
        }
        endpoint.health().recovered();
    }

    /**
     * Returns why the last requests failed; null if an endpoint accepted the last request to it. With several
     * endpoints, it names each.
     */
    @Nullable
    String lastFailure() {
        String broken = brokenBy;
        if (broken != null) {
            return broken;
        }
        if (isOne()) {
            return configured.get(0).health().lastFailure();
        }
        StringJoiner failures = new StringJoiner("; ");
        for (Endpoint endpoint : configured) {
            String failure = endpoint.health().lastFailure();
            if (failure == null) {
                return null;
            }
            failures.add(endpoint.address() + ": " + failure);
        }
        return failures.toString();
    }

    /** Returns the state of each, in the order of the settings. */
    List<EndpointState> states() {
        return configured.stream()
                .map(endpoint ->
                        new EndpointState(endpoint.address(), endpoint.health().lastFailure()))
                .toList();
    }

    /** Returns the addresses, for log lines. */
    @Override
    public String toString() {
        return configured.stream()
                .map(endpoint -> endpoint.address().toString())
                .collect(Collectors.joining(", "));
    }
}
