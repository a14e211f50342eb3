package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.protocol.PayloadBody;
import dev.internalevents.protocol.Printable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where events went: counted, logged, and told to the listener. Safe for use by several threads. */
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

    /** Events of an earlier start, found in the outbox. */
    void recovered(long events) {
        tracked.add(events);
    }

    void delivered(PayloadBody body) {
        delivered.add(body.count());
        if (DeliveryLog.isOn()) {
            survive(() -> DeliveryLog.delivered(kind, events(body)));
        }
        if (listener != DeliveryListener.NONE) {
            tell(l -> l.onDelivered(events(body)));
        }
    }

    void rejected(PayloadBody body, String reason) {
        rejected.add(body.count());
        survive(() -> events(body).forEach(event -> log.add(reason, event.name())));
        if (DeliveryLog.isOn()) {
            survive(() -> DeliveryLog.failed(kind, events(body), reason, false));
        }
        tell(l -> l.onFailed(events(body), reason, false));
    }

    /** Events that are kept although the collector takes others and not these: no other line would name them. */
    void refusedForNow(PayloadBody body, String reason) {
        survive(() -> events(body).forEach(event -> log.add(reason + "; kept and tried again", event.name())));
    }

    void failed(PayloadBody body, String reason) {
        retries.increment();
        if (DeliveryLog.isOn()) {
            survive(() -> DeliveryLog.failed(kind, events(body), reason, true));
        }
        if (listener != DeliveryListener.NONE) {
            tell(l -> l.onFailed(events(body), reason, true));
        }
    }

    /**
     * Events of threads that have used up their stack, dropped as {@link DropReason#UNREADABLE}: a field is added to without
     * a call. Guarded by itself.
     */
    static final class Uncounted {
        long events;
    }

    final Uncounted uncounted = new Uncounted();

    /**
     * Counts a dropped event, or throws before it has; what goes wrong afterwards is not thrown.
     *
     * @param cause what went wrong where that is not the reason's own business
     */
    void drop(DropReason reason, String name, @Nullable Throwable cause) {
        drop(reason, name, cause, null);
    }

    /** As {@link #drop}, of an event that could be read. */
    void refuse(DropReason reason, String name, String why) {
        drop(reason, name, null, why);
    }

    private void drop(DropReason reason, String name, @Nullable Throwable cause, @Nullable String why) {
        counter(reason).increment();
        try {
            Map<String, LongAdder> names = names(reason);
            // Names are kept as they are, but not whatever length they have.
            String known = name.length() <= MAX_NAME_LENGTH ? name : Printable.of(name);
            names.computeIfAbsent(
                            names.size() < MAX_NAMES || names.containsKey(known) ? known : "(others)",
                            n -> new LongAdder())
                    .increment();
            if (reason != DropReason.UNDEFINED) {
                // What checks definitions logs each name once, with a hint.
                String more = cause == null ? why : described(cause);
                log.add(more == null ? reason.words() : reason.words() + " (" + more + ")", name);
            }
            tell(l -> l.onDropped(name, reason));
        } catch (Throwable e) {
            // It is counted, and perhaps the thread has no stack left for more than that.
        }
    }

    /** A failure in a few words. Its own, if it is an application's, may fail too. */
    private static String described(Throwable cause) {
        try {
            return String.valueOf(cause);
        } catch (Throwable e) {
            return cause.getClass().getName();
        }
    }

    /** Events that were tracked and that nothing is left of, their names included. */
    void lost(DropReason reason, long events) {
        counter(reason).add(events);
        if (events > 0) {
            names(reason).computeIfAbsent("(unknown)", n -> new LongAdder()).add(events);
            log.add(reason.words() + ", " + events + " of them: their file was cut", "(unknown)");
        }
    }

    /**
     * Events of a request that the client gives up because it ends.
     *
     * @param saved of them, from the first on, are kept elsewhere
     */
    void leave(PayloadBody body, int saved) {
        for (int i = saved; i < body.count(); i++) {
            drop(DropReason.LEFT_AT_CLOSE, name(body, i), null);
        }
    }

    private static String name(PayloadBody body, int index) {
        try {
            return String.valueOf(body.event(index).get("se_ac"));
        } catch (RuntimeException | Error e) {
            return "(unreadable)";
        }
    }

    /** One more, or one less, of the events that the collector fails at waits beside the others. */
    void suspect(int more) {
        suspects.addAndGet(more);
    }

    /** Whether there are events that could pass the one that the collector fails at. */
    Part.Held whatIsHeld() {
        long held = held();
        return held <= 1 ? Part.Held.ONE : held <= suspects.get() ? Part.Held.SUSPECTS : Part.Held.OTHERS;
    }

    /** Events that were delivered so far. */
    long delivered() {
        return delivered.sum();
    }

    long dropped(DropReason reason) {
        return counter(reason).sum();
    }

    Emitter.Stats stats(long queued, long spooled) {
        // Tracked is read last, so that what is held is never too few.
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
        return new Emitter.Stats(all, toCollector, refused, allLost, held, retries.sum(), queued, spooled, lost);
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

    /** Events that were handed over so far. */
    long trackedSoFar() {
        return tracked.sum();
    }

    void tick() {
        log.tick();
    }

    /** Logs what is left to log. */
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

    /** Whether the calling thread is in a call of the listener. */
    boolean isTelling() {
        return telling.get()[0];
    }

    /** What a listener does in turn, such as tracking what was dropped, is not told to it while it is being told. */
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
            // Whatever it is, it is the listener's: what was counted stays counted, and sending goes on.
            survive(() -> LOG.warn("the delivery listener failed; delivery goes on", e));
        } finally {
            // Without a call: at the end of a stack it could fail, and nothing would be told on this thread any more.
            isTelling[0] = false;
        }
    }

    /** Words and names are the smaller part of an account: without memory for them, the counts still stand. */
    private static void survive(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            try {
                LOG.debug("an account could not be written", e);
            } catch (RuntimeException | Error again) {
                // There is nothing left to say it with.
            }
        }
    }

    private static List<SentEvent> events(PayloadBody body) {
        List<SentEvent> events = new ArrayList<>(body.count());
        for (int i = 0; i < body.count(); i++) {
            Map<?, ?> event = body.event(i);
            events.add(new SentEvent(
                    String.valueOf(event.get("eid")),
                    String.valueOf(event.get("se_ac")),
                    text(event.get("se_la")),
                    text(event.get("se_pr"))));
        }
        return events;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
