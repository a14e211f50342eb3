package dev.internalevents.client.emitter;

import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.protocol.PayloadBody;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where events went: counted, logged, and told to the listener. Safe for use by several threads. */
final class Accounts {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);
    private static final int MAX_NAMES = 1_000;

    private final DeliveryListener listener;
    private final UndeliveredLog log = new UndeliveredLog(LOG);
    private final StripedCounter tracked = new StripedCounter();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);
    private final Map<DropReason, Map<String, LongAdder>> droppedByName = new EnumMap<>(DropReason.class);

    Accounts(DeliveryListener listener) {
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
        if (listener != DeliveryListener.NONE) {
            tell(l -> l.onDelivered(events(body)));
        }
    }

    void rejected(PayloadBody body, String reason) {
        rejected.add(body.count());
        List<SentEvent> events = events(body);
        events.forEach(event -> log.add(reason, event.name()));
        tell(l -> l.onFailed(events, reason, false));
    }

    void failed(PayloadBody body, String reason) {
        retries.increment();
        if (listener != DeliveryListener.NONE) {
            tell(l -> l.onFailed(events(body), reason, true));
        }
    }

    /** @param cause what went wrong where that is not the reason's own business */
    void drop(DropReason reason, String name, @Nullable RuntimeException cause) {
        counter(reason).increment();
        Map<String, LongAdder> names = names(reason);
        names.computeIfAbsent(
                        names.size() < MAX_NAMES || names.containsKey(name) ? name : "(others)", n -> new LongAdder())
                .increment();
        if (reason != DropReason.UNDEFINED) {
            // What checks definitions logs each name once, with a hint.
            log.add(cause == null ? reason.words() : reason.words() + " (" + cause + ")", name);
        }
        tell(l -> l.onDropped(name, reason));
    }

    /**
     * Events of a request that the client gives up because it ends.
     *
     * @param saved of them, from the first on, are kept elsewhere
     */
    void leave(PayloadBody body, int saved) {
        events(body).stream().skip(saved).forEach(event -> drop(DropReason.LEFT_AT_CLOSE, event.name(), null));
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

    void tick() {
        log.tick();
    }

    void close() {
        log.flush();
    }

    private LongAdder counter(DropReason reason) {
        LongAdder adder = dropped.get(reason);
        return adder == null ? new LongAdder() : adder;
    }

    private Map<String, LongAdder> names(DropReason reason) {
        return droppedByName.getOrDefault(reason, Map.of());
    }

    private void tell(Consumer<DeliveryListener> call) {
        try {
            call.accept(listener);
        } catch (RuntimeException e) {
            LOG.warn("the delivery listener failed; delivery goes on", e);
        }
    }

    private static List<SentEvent> events(PayloadBody body) {
        List<SentEvent> events = new ArrayList<>(body.count());
        for (int i = 0; i < body.count(); i++) {
            Map<?, ?> event = body.event(i);
            events.add(new SentEvent(String.valueOf(event.get("eid")), String.valueOf(event.get("se_ac"))));
        }
        return events;
    }
}
