package dev.internalevents.iglu;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.internalevents.protocol.SchemaKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The look-ups of one registry that have not ended. The number in flight, the number waiting, and the number of unknown
 * keys of one vendor within a time are limited. A key whose look-up failed is looked up again with back-off, if it is
 * requested again. While the registry fails for every key, one probe at a time is sent and the other look-ups wait. No
 * method blocks; safe for use by several threads.
 */
final class LookUps {

    private static final Logger LOG = LoggerFactory.getLogger(LookUps.class);
    private static final int MAX_FAILED = 10_000;

    private final String registry;
    private final LookUpLimits limits;
    private final BiConsumer<SchemaKey, Consumer<Outcome>> request;
    private final BiConsumer<SchemaKey, Outcome> ended;

    private final Map<SchemaKey, LookUp> open = new HashMap<>();
    private final Deque<LookUp> ready = new ArrayDeque<>();
    private final Cache<SchemaKey, Failed> failed =
            Caffeine.newBuilder().maximumSize(MAX_FAILED).build();
    private final VendorBudgets budgets;
    private int inFlight;
    private CompletableFuture<Void> pauseOfFull = CompletableFuture.completedFuture(null);

    private final Availability availability;
    private boolean probing;

    private static final class LookUp {
        private final SchemaKey key;
        private final CompletableFuture<Void> settled = new CompletableFuture<>();
        private final long since = System.nanoTime();
        private final @Nullable Failed before;
        /** Changed only under the lock. */
        private volatile State state;

        private LookUp(SchemaKey key, @Nullable Failed before, State state) {
            this.key = key;
            this.before = before;
            this.state = state;
        }

        private boolean isOlderThan(Duration age) {
            return System.nanoTime() - since > age.toNanos();
        }
    }

    private enum State {
        BACKING_OFF,
        READY,
        IN_FLIGHT,
        CLOSED
    }

    private record Failed(int attempts, String what, long notBefore) {}

    /**
     * @param registry the name used in messages
     * @param request requests one schema without blocking, and calls back once, on another thread
     * @param ended called with each outcome before the look-up settles
     */
    LookUps(
            String registry,
            LookUpLimits limits,
            BiConsumer<SchemaKey, Consumer<Outcome>> request,
            BiConsumer<SchemaKey, Outcome> ended) {
        this.registry = registry;
        this.limits = limits;
        this.budgets = new VendorBudgets(registry, limits);
        this.availability = new Availability(registry, limits);
        this.request = request;
        this.ended = ended;
    }

    /** Looks up an unknown key, unless it is already being looked up. */
    Registry.Pending ask(SchemaKey key) {
        Registry.Pending pending;
        synchronized (this) {
            LookUp lookUp = open.get(key);
            if (lookUp == null) {
                if (open.size() >= limits.waiting() + limits.inFlight()) {
                    return full();
                }
                Failed before = failed.getIfPresent(key);
                Registry.Pending overBudget = before == null ? budgets.spend(key.vendor()) : null;
                if (overBudget != null) {
                    return overBudget;
                }
                lookUp = begin(key, before);
            }
            pending = pending(lookUp);
        }
        send();
        return pending;
    }

    /** Returns what was wrong with the last look-up; null if it was answered, or there was none. */
    @Nullable
    String failing() {
        return availability.failing();
    }

    /** Looks up a known key again; does nothing while that is not possible. */
    void refresh(SchemaKey key) {
        synchronized (this) {
            if (open.containsKey(key) || open.size() >= limits.waiting()) {
                return;
            }
            Failed before = failed.getIfPresent(key);
            if (before != null && before.notBefore() - System.nanoTime() > 0) {
                return;
            }
            begin(key, before);
        }
        send();
    }

    private LookUp begin(SchemaKey key, @Nullable Failed before) {
        long pause = before == null ? 0 : before.notBefore() - System.nanoTime();
        LookUp lookUp = new LookUp(key, before, pause > 0 ? State.BACKING_OFF : State.READY);
        open.put(key, lookUp);
        if (pause > 0) {
            Delays.executor(pause).execute(() -> {
                synchronized (this) {
                    makeReady(lookUp);
                }
                send();
            });
        } else {
            ready.add(lookUp);
        }
        if (availability.away() != null) {
            probeAfter(0);
        }
        return lookUp;
    }

    private void makeReady(LookUp lookUp) {
        if (lookUp.state == State.BACKING_OFF) {
            lookUp.state = State.READY;
            ready.add(lookUp);
        }
    }

    private Registry.Pending pending(LookUp lookUp) {
        String what = lookUp.before != null ? lookUp.before.what() : availability.away();
        return what == null
                ? new Registry.Pending(
                        "the registry " + registry + " has not answered yet",
                        lookUp.settled,
                        !lookUp.isOlderThan(limits.undecided()),
                        () -> isInFlight(lookUp))
                : new Registry.Pending(
                        "the registry " + registry + " does not answer: " + what,
                        lookUp.settled,
                        false,
                        () -> isInFlight(lookUp));
    }

    /** Returns whether the registry is asked now, or as soon as one of the requests in flight has ended. */
    private boolean isInFlight(LookUp lookUp) {
        State state = lookUp.state;
        return state == State.IN_FLIGHT || (state == State.READY && availability.away() == null);
    }

    private Registry.Pending full() {
        if (pauseOfFull.isDone()) {
            pauseOfFull = Delays.after(limits.backOff().first().toNanos());
        }
        return new Registry.Pending(
                "more than " + limits.waiting() + " unknown schemas wait for the registry " + registry,
                pauseOfFull,
                false);
    }

    /** Sends the look-ups that may be sent now. */
    private void send() {
        List<LookUp> sent = new ArrayList<>(0);
        synchronized (this) {
            while (availability.away() == null && inFlight < limits.inFlight() && !ready.isEmpty()) {
                LookUp lookUp = ready.remove();
                lookUp.state = State.IN_FLIGHT;
                inFlight++;
                sent.add(lookUp);
            }
        }
        for (LookUp lookUp : sent) {
            request.accept(lookUp.key, outcome -> end(lookUp.key, outcome, false));
        }
    }

    private void end(SchemaKey key, Outcome outcome, boolean probe) {
        try {
            ended.accept(key, outcome);
        } catch (RuntimeException e) {
            LOG.error("the answer of the registry {} for {} cannot be used", registry, key, e);
        } finally {
            settle(key, outcome, probe);
        }
    }

    private void settle(SchemaKey key, Outcome outcome, boolean probe) {
        List<LookUp> settled = new ArrayList<>(1);
        synchronized (this) {
            inFlight--;
            if (probe) {
                probing = false;
            }
            close(key, settled);
            if (outcome instanceof Outcome.Away gone) {
                failed(key, gone, probe, settled);
            } else {
                failed.invalidate(key);
                answered(key);
            }
        }
        send();
        settled.forEach(lookUp -> lookUp.settled.complete(null));
    }

    private void close(SchemaKey key, List<LookUp> settled) {
        LookUp lookUp = open.remove(key);
        if (lookUp != null) {
            if (lookUp.state == State.READY) {
                ready.remove(lookUp);
            }
            lookUp.state = State.CLOSED;
            settled.add(lookUp);
        }
    }

    /** Ends waits that are too long; callers may ask again. */
    private void closeUnasked(List<LookUp> settled) {
        open.values().removeIf(lookUp -> {
            boolean old = lookUp.state != State.IN_FLIGHT && lookUp.isOlderThan(limits.unasked());
            if (old) {
                lookUp.state = State.CLOSED;
                settled.add(lookUp);
            }
            return old;
        });
        ready.removeIf(lookUp -> lookUp.state == State.CLOSED);
    }

    private void failed(SchemaKey key, Outcome.Away gone, boolean probe, List<LookUp> settled) {
        Failed before = failed.getIfPresent(key);
        int attempts = before == null ? 1 : before.attempts() + 1;
        failed.put(
                key,
                new Failed(
                        attempts,
                        gone.what(),
                        System.nanoTime()
                                + limits.backOff()
                                        .pause(attempts, gone.retryAfter())
                                        .toNanos()));
        Duration nextProbe = availability.failed(key, gone, probe);
        if (nextProbe != null) {
            probeAfter(nextProbe.toNanos());
        }
        if (availability.away() != null) {
            closeUnasked(settled);
        }
    }

    private void answered(SchemaKey key) {
        if (availability.answered(key)) {
            // Earlier failures no longer count.
            failed.invalidateAll();
            open.values().forEach(this::makeReady);
        }
    }

    private void probeAfter(long nanos) {
        if (probing) {
            return;
        }
        probing = true;
        Delays.executor(nanos).execute(this::probe);
    }

    private void probe() {
        SchemaKey key;
        synchronized (this) {
            key = availability.away() == null ? null : keyToProbe();
            if (key == null) {
                probing = false;
                return;
            }
            LookUp lookUp = open.get(key);
            if (lookUp != null) {
                if (lookUp.state == State.READY) {
                    ready.remove(lookUp);
                }
                lookUp.state = State.IN_FLIGHT;
            }
            inFlight++;
        }
        request.accept(key, outcome -> end(key, outcome, true));
    }

    /** Returns the key of the next probe; null if no look-up is open. */
    private @Nullable SchemaKey keyToProbe() {
        if (open.isEmpty()) {
            return null;
        }
        SchemaKey answered = availability.lastAnswered();
        LookUp known = answered == null ? null : open.get(answered);
        boolean onItsWay = known != null && known.state == State.IN_FLIGHT;
        if (answered != null && !onItsWay && (availability.isProbedWithAnsweredKey() || ready.isEmpty())) {
            return answered;
        }
        return ready.isEmpty()
                ? open.values().stream()
                        .filter(lookUp -> lookUp.state == State.BACKING_OFF)
                        .map(lookUp -> lookUp.key)
                        .findFirst()
                        .orElse(null)
                : ready.element().key;
    }
}
