package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.protocol.PayloadBody;
import dev.internalevents.protocol.Printable;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs what becomes of events, and notifies the listener. Safe for use by several threads. */
final class Accounts {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);
    private static final int MAX_NAMES = 1_000;
    private static final int MAX_NAME_LENGTH = 1_000;

    private final DeliveryListener listener;
    private final EventKind kind;
    private final UndeliveredLog log;
    private final AtomicInteger suspects = new AtomicInteger();
    private final ThreadLocal<boolean[]> telling = ThreadLocal.withInitial(() -> new boolean[1]);
    private final StripedCounter tracked = new StripedCounter();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);
    private final Map<DropReason, Map<String, LongAdder>> droppedByName = new EnumMap<>(DropReason.class);

    Accounts(DeliveryListener listener) {
        this(EventKind.INTERNAL, listener);
    }

    Accounts(EventKind kind, DeliveryListener listener) {
        this.kind = kind;
        this.log = new UndeliveredLog(LOG, kind);
        this.listener = listener;
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, new LongAdder());
            droppedByName.put(reason, new ConcurrentHashMap<>());
        }
    }

    void tracked() {
        tracked.increment();
    }

    /** Counts events of an earlier start, found in the outbox. */
    void recovered(long events) {
        tracked.add(events);
    }

    void delivered(PayloadBody body) {
        delivered.add(body.count());
        if (DeliveryLog.isOn()) {
            survive(() -> DeliveryLog.delivered(kind, SentEvents.of(body)));
        }
        if (listener != DeliveryListener.NONE) {
            tell(l -> l.onDelivered(SentEvents.of(body)));
        }
    }

    void rejected(PayloadBody body, String reason) {
        rejected.add(body.count());
        survive(() -> SentEvents.of(body).forEach(event -> log.add(reason, event.name())));
        if (DeliveryLog.isOn()) {
            survive(() -> DeliveryLog.failed(kind, SentEvents.of(body), reason, false));
        }
        tell(l -> l.onRejected(SentEvents.of(body), reason));
    }

    /**
     * Logs events that stay queued although the collector accepts others but not these: no other log line would name
     * them.
     */
    void refusedForNow(PayloadBody body, String reason) {
        survive(() -> SentEvents.of(body).forEach(event -> log.add(reason + "; queued for retry", event.name())));
    }

    void failed(PayloadBody body, String reason) {
        retries.increment();
        if (DeliveryLog.isOn()) {
            survive(() -> DeliveryLog.failed(kind, SentEvents.of(body), reason, true));
        }
        if (listener != DeliveryListener.NONE) {
            tell(l -> l.onRetried(SentEvents.of(body), reason));
        }
    }

    /**
     * Counts events of threads that exhausted their stack, dropped as {@link DropReason#UNREADABLE}: incrementing a
     * field needs no method call. Guarded by itself.
     */
    static final class Uncounted {
        long events;
    }

    final Uncounted uncounted = new Uncounted();

    /**
     * Counts a dropped event. It may throw before the event is counted; failures afterwards are not thrown.
     *
     * @param cause the failure, if it is not evident from the reason
     */
    void drop(DropReason reason, String name, @Nullable Throwable cause) {
        drop(reason, name, cause, null);
    }

    /** Like {@link #drop}, for an event that could be read. */
    void refuse(DropReason reason, String name, String why) {
        drop(reason, name, null, why);
    }

    private void drop(DropReason reason, String name, @Nullable Throwable cause, @Nullable String why) {
        counter(reason).increment();
        try {
            Map<String, LongAdder> names = names(reason);
            // Names are stored unchanged, unless they are too long.
            String known = name.length() <= MAX_NAME_LENGTH ? name : Printable.of(name);
            names.computeIfAbsent(
                            names.size() < MAX_NAMES || names.containsKey(known) ? known : "(others)",
                            n -> new LongAdder())
                    .increment();
            if (reason != DropReason.UNDEFINED) {
                // The interceptor that checks definitions logs each name once, with a hint.
                String more = cause == null ? why : described(cause);
                log.add(more == null ? reason.words() : reason.words() + " (" + more + ")", name);
            }
            tell(l -> l.onDropped(name, reason));
        } catch (Throwable e) {
            // The event is counted; the thread's stack may be too small for more.
        }
    }

    /** Returns the failure as text. The {@code toString()} of an application's exception may fail too. */
    private static String described(Throwable cause) {
        try {
            return String.valueOf(cause);
        } catch (Throwable e) {
            return cause.getClass().getName();
        }
    }

    /** Counts events that were tracked and then lost, including their names. */
    void lost(DropReason reason, long events) {
        counter(reason).add(events);
        if (events > 0) {
            names(reason).computeIfAbsent("(unknown)", n -> new LongAdder()).add(events);
            log.add(reason.words() + ", " + events + " of them: their file was truncated", "(unknown)");
        }
    }

    /**
     * Drops the events of a request because the client is being closed.
     *
     * @param saved how many of them, from the first on, are stored elsewhere
     */
    void leave(PayloadBody body, int saved) {
        for (int i = saved; i < body.count(); i++) {
            drop(DropReason.LEFT_AT_CLOSE, name(body, i), null);
        }
    }

    private static String name(PayloadBody body, int index) {
        try {
            return SentEvents.name(body, index);
        } catch (RuntimeException | Error e) {
            return "(unreadable)";
        }
    }

    /** Changes the number of events that are retried alone because the collector fails at them. */
    void suspect(int more) {
        suspects.addAndGet(more);
    }

    /** Returns whether the client has events that could be delivered before the one that the collector fails at. */
    Part.Held whatIsHeld() {
        long held = held();
        return held <= 1 ? Part.Held.ONE : held <= suspects.get() ? Part.Held.SUSPECTS : Part.Held.OTHERS;
    }

    /** Returns how many events were delivered so far. */
    long delivered() {
        return delivered.sum();
    }

    long dropped(DropReason reason) {
        return counter(reason).sum();
    }

    ClientStats stats(long queued, long spooled) {
        // Tracked is read last, so that held is never too low.
        long toCollector = delivered.sum();
        long refused = rejected.sum();
        Map<DropReason, Long> lost = new EnumMap<>(DropReason.class);
        dropped.forEach((reason, count) -> lost.put(reason, count.sum()));
        synchronized (uncounted) {
            lost.merge(DropReason.UNREADABLE, uncounted.events, Long::sum);
        }
        long allLost = lost.values().stream().mapToLong(Long::longValue).sum();
        long all = tracked.sum();
        long held = Math.max(0, all - toCollector - refused - allLost);
        // A batch stays on disk as a whole until the last of its events is finished.
        long onDisk = Math.min(spooled, held);
        return new ClientStats(all, toCollector, refused, allLost, held, retries.sum(), queued, onDisk, lost);
    }

    long held() {
        return stats(0, 0).held();
    }

    Map<DropReason, Map<String, Long>> drops() {
        Map<DropReason, Map<String, Long>> copy = new EnumMap<>(DropReason.class);
        droppedByName.forEach((reason, names) -> {
            if (!names.isEmpty()) {
                Map<String, Long> counts = new TreeMap<>();
                names.forEach((name, count) -> counts.put(name, count.sum()));
                copy.put(reason, counts);
            }
        });
        return copy;
    }

    /** Returns how many events were tracked so far. */
    long trackedSoFar() {
        return tracked.sum();
    }

    void tick() {
        log.tick();
    }

    /** Logs everything that was not logged yet. */
    void flush() {
        log.flush();
    }

    private LongAdder counter(DropReason reason) {
        LongAdder adder = dropped.get(reason);
        return adder == null ? new LongAdder() : adder;
    }

    private Map<String, LongAdder> names(DropReason reason) {
        return droppedByName.getOrDefault(reason, Map.of());
    }

    /** Returns whether the calling thread is inside a call of the listener. */
    boolean isTelling() {
        return telling.get()[0];
    }

    /**
     * Calls the listener, unless this thread is already calling it: events that a listener causes, for example by
     * tracking an event for each drop, are not reported to it.
     */
    private void tell(Consumer<DeliveryListener> call) {
        if (listener == DeliveryListener.NONE) {
            return;
        }
        boolean[] isTelling = telling.get();
        if (isTelling[0]) {
            return;
        }
        try {
            isTelling[0] = true;
            call.accept(listener);
        } catch (Throwable e) {
            // A failing listener affects neither the counters nor the sending.
            survive(() -> LOG.warn("the delivery listener failed; delivery goes on", e));
        } finally {
            // No method call here: it could fail if the stack is exhausted, and the listener would never be called on
            // this thread again.
            isTelling[0] = false;
        }
    }

    /**
     * Runs a task that logs or notifies, and ignores its failure: without memory for texts, the counters are still
     * correct.
     */
    private static void survive(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            try {
                LOG.debug("an event could not be logged or reported", e);
            } catch (RuntimeException | Error again) {
                // Logging is not possible either.
            }
        }
    }
}
