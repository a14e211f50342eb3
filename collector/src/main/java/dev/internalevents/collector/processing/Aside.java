package dev.internalevents.collector.processing;

import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.WaitingRequest;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.WaitingEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The requests that are aside because some of their events wait for a schema: bounded in number and bytes, for a quarter
 * of an hour at most. They are in the store, this knows which. For the processing thread; {@link #size} for any.
 */
final class Aside {

    /** How long an event waits for its schema. */
    static final Duration MAX_WAIT = Duration.ofMinutes(15);

    static final int MAX_REQUESTS = 10_000;
    private static final long RETRY_NANOS = 30_000_000_000L;
    private static final long MIN_RETRY_NANOS = 500_000_000L;

    private final long maxBytes;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, WaitingRequest> adding = new LinkedHashMap<>();
    private final Map<String, CompletableFuture<Void>> lookUps = new LinkedHashMap<>();
    private final List<String> settling = new ArrayList<>();
    private long bytes;
    private long addingBytes;
    private volatile int size;

    private static final class Entry {
        private final WaitingRequest.Summary request;
        private @Nullable CompletableFuture<Void> lookUp;
        private long tried = System.nanoTime();

        private Entry(WaitingRequest.Summary request, @Nullable CompletableFuture<Void> lookUp) {
            this.request = request;
            this.lookUp = lookUp;
        }
    }

    /** @param maxBytes of all their frames */
    Aside(EventStore store, long maxBytes) {
        this.maxBytes = maxBytes;
        store.waiting().forEach(request -> enter(request, null));
    }

    private void enter(WaitingRequest.Summary request, @Nullable CompletableFuture<Void> lookUp) {
        entries.put(request.origin(), new Entry(request, lookUp));
        bytes += request.bytes();
        size = entries.size();
    }

    private void remove(String origin) {
        Entry entry = entries.remove(origin);
        if (entry != null) {
            bytes -= entry.request.bytes();
        }
        size = entries.size();
    }

    /** Requests that are aside. */
    int size() {
        return size;
    }

    /** A transaction begins; what was noted for one that failed is forgotten. */
    void begin() {
        adding.clear();
        lookUps.clear();
        settling.clear();
        addingBytes = 0;
    }

    /** Puts an event aside with the transaction; false if there is no room. */
    boolean put(String origin, WaitingEvent event, byte[] frame) {
        WaitingRequest known = adding.get(origin);
        Entry before = known == null ? entries.get(origin) : null;
        if (known == null && before == null) {
            boolean full =
                    entries.size() + adding.size() >= MAX_REQUESTS || bytes + addingBytes + frame.length > maxBytes;
            if (full) {
                return false;
            }
            addingBytes += frame.length;
        }
        List<Integer> events =
                new ArrayList<>(known != null ? known.events() : before != null ? before.request.events() : List.of());
        events.add(event.index());
        Instant since = before == null ? Instant.now() : before.request.since();
        if (before != null) {
            settling.add(origin);
        }
        adding.put(origin, new WaitingRequest(origin, known == null ? since : known.since(), events, frame));
        lookUps.put(origin, event.settled());
        return true;
    }

    /** What an event is that there is no room for. */
    FailedEvent tooMany(WaitingEvent event) {
        return because(
                event,
                "; it was not kept waiting, because " + entries.size() + " requests with " + (bytes >> 20)
                        + " MB wait already");
    }

    /** What an event is that has waited long enough. */
    static FailedEvent tooLong(WaitingEvent event) {
        return because(event, "; it has waited for " + MAX_WAIT.toMinutes() + " minutes");
    }

    private static FailedEvent because(WaitingEvent event, String why) {
        FailedEvent failed = event.otherwise();
        List<Failure> failures = failed.failures().stream()
                .map(failure -> new Failure(
                        failure.step(),
                        failure.where(),
                        failure.schema(),
                        failure.pointer(),
                        failure.message() + why + ", and is tried again when the registry answers"))
                .toList();
        return new FailedEvent(failed.payload(), failed.index(), failed.raw(), failed.atomic(), failures, failed.key());
    }

    /** A request that was aside is taken from there with the transaction, but for those events that wait on. */
    void settle(WaitingRequest request, List<Integer> left, @Nullable CompletableFuture<Void> lookUp) {
        settling.add(request.origin());
        if (!left.isEmpty() && lookUp != null) {
            adding.put(request.origin(), request.withEvents(left));
            lookUps.put(request.origin(), lookUp);
        }
    }

    /** The store does not have it any more. */
    void gone(String origin) {
        remove(origin);
    }

    /** It was tried without any change. */
    void tried(String origin, CompletableFuture<Void> lookUp) {
        Entry entry = entries.get(origin);
        if (entry != null) {
            entry.tried = System.nanoTime();
            entry.lookUp = lookUp;
        }
    }

    List<WaitingRequest> added() {
        return List.copyOf(adding.values());
    }

    List<String> settled() {
        return List.copyOf(settling);
    }

    void committed() {
        settling.forEach(this::remove);
        adding.forEach((origin, request) -> enter(request.summary(), lookUps.get(origin)));
        begin();
    }

    /** The origins of some requests that it makes sense to try again. */
    List<String> due(int most) {
        if (entries.isEmpty()) {
            return List.of();
        }
        long now = System.nanoTime();
        Instant time = Instant.now();
        return entries.values().stream()
                .filter(entry -> isDue(entry, now, time))
                .limit(most)
                .map(entry -> entry.request.origin())
                .toList();
    }

    private static boolean isDue(Entry entry, long now, Instant time) {
        long rested = now - entry.tried;
        CompletableFuture<Void> lookUp = entry.lookUp;
        return (rested > MIN_RETRY_NANOS && (lookUp == null || lookUp.isDone() || isLate(entry.request, time)))
                || rested > RETRY_NANOS;
    }

    /** Whether a request has waited long enough; by a clock that may have been set in between. */
    static boolean isLate(WaitingRequest.Summary request, Instant now) {
        return Duration.between(request.since(), now).abs().compareTo(MAX_WAIT) >= 0;
    }

    static boolean isLate(WaitingRequest request, Instant now) {
        return isLate(request.summary(), now);
    }
}
