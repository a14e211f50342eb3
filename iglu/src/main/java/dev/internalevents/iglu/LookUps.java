package dev.internalevents.iglu;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.internalevents.protocol.SchemaKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The look-ups of one registry that have not ended. The number in flight, the number waiting, and the number of unknown keys
 * of one vendor within a time are limited. A key whose look-up failed is looked up again with back-off, if it is requested
 * again. While the registry fails for every key, one probe at a time is sent and the other look-ups wait. No method blocks;
 * safe for use by several threads.
 */
final class LookUps {

    private static final Logger LOG = LoggerFactory.getLogger(LookUps.class);
    private static final int MAX_FAILED = 10_000;
    private static final int MAX_VENDORS = 10_000;

    /**
     * The limits of the look-ups.
     *
     * @param inFlight the maximum number of look-ups at a time
     * @param waiting the maximum number of look-ups that wait for their turn
     * @param perVendor the maximum number of unknown keys of one vendor that are looked up within {@code vendorWindow}
     * @param vendorWindow the time after which the limit of a vendor starts again
     * @param firstBackOff the pause after a first failure; each further failure doubles it
     * @param lastBackOff the maximum pause, even if the registry asks for a longer one
     * @param undecided how long to wait for a first look-up before later registries are used
     * @param unasked how long a look-up waits for an unavailable registry before it must be requested again
     */
    record Limits(
            int inFlight,
            int waiting,
            int perVendor,
            Duration vendorWindow,
            Duration firstBackOff,
            Duration lastBackOff,
            Duration undecided,
            Duration unasked) {

        static final Limits DEFAULT = new Limits(
                50,
                10_000,
                200,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1));

        /** Returns the time until the next attempt. */
        Duration pause(int attempts, Duration retryAfter) {
            Duration backOff = firstBackOff.multipliedBy(1L << Math.min(attempts - 1, 20));
            Duration pause = backOff.compareTo(retryAfter) < 0 ? retryAfter : backOff;
            return pause.compareTo(lastBackOff) < 0 ? pause : lastBackOff;
        }
    }

    /** After this many different keys failed in a row, with no answer in between, a probe tests whether all keys fail. */
    private static final int SUSPICIOUS = 3;

    private final String registry;
    private final Limits limits;
    private final BiConsumer<SchemaKey, Consumer<Outcome>> request;
    private final BiConsumer<SchemaKey, Outcome> ended;

    private final Map<SchemaKey, LookUp> open = new HashMap<>();
    private final Deque<LookUp> ready = new ArrayDeque<>();
    private final Cache<SchemaKey, Failed> failed =
            Caffeine.newBuilder().maximumSize(MAX_FAILED).build();
    private final Cache<String, Budget> budgets =
            Caffeine.newBuilder().maximumSize(MAX_VENDORS).build();
    private int inFlight;
    private CompletableFuture<Void> pauseOfFull = CompletableFuture.completedFuture(null);

    // The registry as a whole
    private final Set<SchemaKey> failedInARow = new HashSet<>();
    private volatile @Nullable String away;
    /** Whether it was logged that the registry does not answer. */
    private boolean warned;

    private boolean probeFailed;
    private boolean probing;
    private int probes;
    private @Nullable SchemaKey lastAnswered;

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

    private static final class Budget {
        private final long since = System.nanoTime();
        private int left;
        private @Nullable CompletableFuture<Void> renewed;

        private Budget(int left) {
            this.left = left;
        }
    }

    /**
     * @param registry the name used in messages
     * @param request requests one schema without blocking, and calls back once, on another thread
     * @param ended called with each outcome before the look-up settles
     */
    LookUps(
            String registry,
            Limits limits,
            BiConsumer<SchemaKey, Consumer<Outcome>> request,
            BiConsumer<SchemaKey, Outcome> ended) {
        this.registry = registry;
        this.limits = limits;
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
                Registry.Pending overBudget = before == null ? spend(key.vendor()) : null;
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
            delayed(pause).execute(() -> {
                synchronized (this) {
                    makeReady(lookUp);
                }
                send();
            });
        } else {
            ready.add(lookUp);
        }
        if (away != null) {
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
        String what = lookUp.before != null ? lookUp.before.what() : away;
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
        return state == State.IN_FLIGHT || (state == State.READY && away == null);
    }

    /** Counts one look-up against the vendor's limit, or returns what to wait for if the limit is reached. */
    private Registry.@Nullable Pending spend(String vendor) {
        Budget budget = budgets.getIfPresent(vendor);
        long window = limits.vendorWindow().toNanos();
        if (budget == null || System.nanoTime() - budget.since > window) {
            budget = new Budget(limits.perVendor());
            budgets.put(vendor, budget);
        }
        if (budget.left > 0) {
            budget.left--;
            return null;
        }
        if (budget.renewed == null) {
            budget.renewed = after(budget.since + window - System.nanoTime());
        }
        return new Registry.Pending(
                "more than " + limits.perVendor() + " unknown schemas of the vendor " + vendor
                        + " were asked for within " + limits.vendorWindow().toSeconds()
                        + " s; the registry " + registry + " is asked for the others as the limit allows",
                budget.renewed,
                false);
    }

    private Registry.Pending full() {
        if (pauseOfFull.isDone()) {
            pauseOfFull = after(limits.firstBackOff().toNanos());
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
            while (away == null && inFlight < limits.inFlight() && !ready.isEmpty()) {
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
                                + limits.pause(attempts, gone.retryAfter()).toNanos()));
        if (!warned) {
            warned = true;
            LOG.warn("the registry {} does not answer, and is tried again: {}", registry, gone.what());
        }
        if (failedInARow.size() < SUSPICIOUS) {
            failedInARow.add(key);
        }
        if (probe) {
            probes++;
            probeFailed = true;
            away = gone.what();
            probeAfter(limits.pause(probes, gone.retryAfter()).toNanos());
        } else if (gone.unreachable()) {
            probeFailed = true;
            boolean first = away == null;
            away = gone.what();
            if (first) {
                probeAfter(limits.pause(1, gone.retryAfter()).toNanos());
            }
        } else if (failedInARow.size() >= SUSPICIOUS && away == null) {
            away = gone.what();
            probeAfter(0);
        }
        if (away != null) {
            closeUnasked(settled);
        }
    }

    private void answered(SchemaKey key) {
        lastAnswered = key;
        if (warned) {
            warned = false;
            LOG.info("the registry {} answers again", registry);
        }
        failedInARow.clear();
        if (probeFailed) {
            // The registry was unavailable and is back: earlier failures no longer count.
            failed.invalidateAll();
            open.values().forEach(this::makeReady);
        }
        away = null;
        probeFailed = false;
        probes = 0;
    }

    private void probeAfter(long nanos) {
        if (probing) {
            return;
        }
        probing = true;
        delayed(nanos).execute(this::probe);
    }

    private void probe() {
        SchemaKey key;
        synchronized (this) {
            key = away == null ? null : keyToProbe();
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

    /**
     * Returns the key of the next probe; null if no look-up is open. A key that was answered before distinguishes a registry
     * that is unavailable from one that cannot handle the waiting keys. Every second probe uses a waiting key, because the
     * answered one may fail for its own reasons.
     */
    private @Nullable SchemaKey keyToProbe() {
        if (open.isEmpty()) {
            return null;
        }
        LookUp known = lastAnswered == null ? null : open.get(lastAnswered);
        boolean onItsWay = known != null && known.state == State.IN_FLIGHT;
        if (lastAnswered != null && !onItsWay && (probes % 2 == 0 || ready.isEmpty())) {
            return lastAnswered;
        }
        return ready.isEmpty()
                ? open.values().stream()
                        .filter(lookUp -> lookUp.state == State.BACKING_OFF)
                        .map(lookUp -> lookUp.key)
                        .findFirst()
                        .orElse(null)
                : ready.element().key;
    }

    private static CompletableFuture<Void> after(long nanos) {
        return CompletableFuture.runAsync(() -> {}, delayed(nanos));
    }

    private static Executor delayed(long nanos) {
        return CompletableFuture.delayedExecutor(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
}
