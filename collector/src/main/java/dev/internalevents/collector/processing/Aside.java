package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.WaitingEvent;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.WaitingRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the waiting requests: those with events that wait for a schema, limited in number, bytes and time. The
 * requests themselves are in the store. Used by the processing thread, except {@link #size}, which any thread may call.
 */
final class Aside {

    /** How long an event waits for its schema by default. */
    static final Duration MAX_WAIT = Duration.ofMinutes(15);

    /** How long an event waits if users are watching for it: longer than a registry may take for one response. */
    static final Duration SHORT_WAIT = Duration.ofSeconds(7);

    static final int MAX_REQUESTS = 10_000;
    static final int MAX_EVENTS = 100_000;
    private static final long RETRY_NANOS = 30_000_000_000L;
    private static final long MIN_RETRY_NANOS = 500_000_000L;

    private final long maxBytes;
    private final Duration maxWait;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Adding> adding = new LinkedHashMap<>();
    private final Map<String, LookUps> lookUps = new LinkedHashMap<>();
    private final List<String> settling = new ArrayList<>();
    private long bytes;
    private long events;
    private long addingBytes;
    private int addingEvents;
    private volatile int size;

    private static final class Entry {
        private final WaitingRequest.Summary request;
        /** Null for a request that was waiting before the start and has not been retried since. */
        private @Nullable LookUps lookUps;

        private long tried = System.nanoTime();

        private Entry(WaitingRequest.Summary request, @Nullable LookUps lookUps) {
            this.request = request;
            this.lookUps = lookUps;
        }

        /** Returns whether a retry may succeed. */
        private boolean isSettled() {
            LookUps known = lookUps;
            return known == null || known.isAnySettled();
        }

        /** Returns whether a look-up for it is in flight, or has ended since the last try. */
        private boolean isDecidedSoon() {
            LookUps known = lookUps;
            return known == null || known.isAnySettled() || known.isAnyInFlight();
        }
    }

    /** The look-ups for which the events of one request wait: one per schema, however many events use it. */
    static final class LookUps {

        private final Map<SchemaKey, WaitingEvent.LookUp> bySchema = new HashMap<>();

        void add(WaitingEvent.LookUp lookUp) {
            bySchema.put(lookUp.schema(), lookUp);
        }

        private boolean isAnySettled() {
            return bySchema.values().stream()
                    .anyMatch(lookUp -> lookUp.settled().isDone());
        }

        private boolean isAnyInFlight() {
            return bySchema.values().stream()
                    .anyMatch(lookUp -> lookUp.inFlight().getAsBoolean());
        }
    }

    /** The part of a request that the transaction stores as waiting. */
    private static final class Adding {
        private final Instant since;
        private final byte[] frame;
        private final Set<Integer> events;

        private Adding(Instant since, byte[] frame, List<Integer> events) {
            this.since = since;
            this.frame = frame;
            this.events = new LinkedHashSet<>(events);
        }

        private WaitingRequest request(String origin) {
            return new WaitingRequest(origin, since, List.copyOf(events), frame);
        }
    }

    /**
     * @param maxBytes maximum total size of the frames in bytes
     * @param maxWait how long an event waits for its schema
     */
    Aside(EventStore store, long maxBytes, Duration maxWait) {
        this.maxBytes = maxBytes;
        this.maxWait = maxWait;
        store.waiting().forEach(request -> enter(request, null));
    }

    private void enter(WaitingRequest.Summary request, @Nullable LookUps waitsFor) {
        entries.put(request.origin(), new Entry(request, waitsFor));
        bytes += request.bytes();
        events += request.events().size();
        size = entries.size();
    }

    private void remove(String origin) {
        Entry entry = entries.remove(origin);
        if (entry != null) {
            bytes -= entry.request.bytes();
            events -= entry.request.events().size();
        }
        size = entries.size();
    }

    /**
     * Returns whether a look-up for any of the schemas is in flight, or has ended and the event has not been retried
     * since.
     */
    boolean isAnyDecidedSoon() {
        for (Entry entry : entries.values()) {
            if (entry.isDecidedSoon()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the number of waiting requests. */
    int size() {
        return size;
    }

    /** Starts a transaction, discarding what a failed one recorded. */
    void begin() {
        adding.clear();
        lookUps.clear();
        settling.clear();
        addingBytes = 0;
        addingEvents = 0;
    }

    /** What became of an event that is to wait. */
    enum Put {
        WAITS,
        WAITED_ALREADY,
        LIMIT_REACHED
    }

    /** Adds an event to the waiting ones with the transaction. */
    Put put(String origin, WaitingEvent event, byte[] frame) {
        Adding known = adding.get(origin);
        Entry before = entries.get(origin);
        if (known == null && before != null) {
            known = new Adding(before.request.since(), frame, before.request.events());
            adding.put(origin, known);
            settling.add(origin);
        }
        if (known != null && known.events.contains(event.index())) {
            return Put.WAITED_ALREADY;
        }
        boolean full = hasMaxEvents()
                || (known == null
                        && (entries.size() + adding.size() >= MAX_REQUESTS
                                || bytes + addingBytes + frame.length > maxBytes));
        if (full) {
            return Put.LIMIT_REACHED;
        }
        if (known == null) {
            known = new Adding(Instant.now(), frame, List.of());
            adding.put(origin, known);
            addingBytes += frame.length;
        }
        lookUps.computeIfAbsent(origin, first -> new LookUps()).add(event.lookUp());
        known.events.add(event.index());
        addingEvents++;
        return Put.WAITS;
    }

    /** Returns the failed event for an event that cannot wait because a limit is reached. */
    FailedEvent tooMany(WaitingEvent event) {
        return because(
                event,
                "; the event could not wait, because "
                        + (hasMaxEvents()
                                ? events + addingEvents + " events"
                                : entries.size() + " requests with " + (bytes >> 20) + " MB")
                        + " are already waiting");
    }

    private boolean hasMaxEvents() {
        return events + addingEvents >= MAX_EVENTS;
    }

    /** Returns the failed event for an event that has waited for the maximum time. */
    FailedEvent tooLong(WaitingEvent event) {
        return because(
                event,
                "; it has waited for "
                        + (maxWait.toMinutes() > 0
                                ? maxWait.toMinutes() + " minutes"
                                : maxWait.toSeconds() + " seconds"));
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

    /** Removes a waiting request with the transaction, except for the events that continue to wait. */
    void settle(WaitingRequest request, List<Integer> left, LookUps waitsFor) {
        settling.add(request.origin());
        if (!left.isEmpty()) {
            adding.put(request.origin(), new Adding(request.since(), request.frame(), left));
            lookUps.put(request.origin(), waitsFor);
        }
    }

    /** Removes a request that is no longer in the store. */
    void gone(String origin) {
        remove(origin);
    }

    /** Records that a request was retried without any change. */
    void tried(String origin, LookUps waitsFor) {
        // Move it to the end, so that the others are retried first.
        Entry entry = entries.remove(origin);
        if (entry != null) {
            entry.tried = System.nanoTime();
            entry.lookUps = waitsFor;
            entries.put(origin, entry);
        }
    }

    /** Returns what the transaction changes. */
    EventSource.WaitingChanges changes() {
        List<WaitingRequest> added = new ArrayList<>(adding.size());
        adding.forEach((origin, one) -> added.add(one.request(origin)));
        return new EventSource.WaitingChanges(List.copyOf(settling), added);
    }

    void committed() {
        settling.forEach(this::remove);
        adding.forEach((origin, one) -> enter(one.request(origin).summary(), lookUps.get(origin)));
        begin();
    }

    /** Returns the origins of up to {@code maxRequests} requests to retry now. */
    List<String> due(int maxRequests) {
        if (entries.isEmpty()) {
            return List.of();
        }
        long now = System.nanoTime();
        Instant time = Instant.now();
        return entries.values().stream()
                .filter(entry -> isDue(entry, now, time))
                .limit(maxRequests)
                .map(entry -> entry.request.origin())
                .toList();
    }

    private boolean isDue(Entry entry, long now, Instant time) {
        long rested = now - entry.tried;
        return (rested > MIN_RETRY_NANOS && (entry.isSettled() || isLate(entry.request, time))) || rested > RETRY_NANOS;
    }

    /**
     * Returns whether a request has waited for the maximum time. The clock may have been changed meanwhile, in either
     * direction.
     */
    boolean isLate(WaitingRequest.Summary request, Instant now) {
        return Duration.between(request.since(), now).abs().compareTo(maxWait) >= 0;
    }

    boolean isLate(WaitingRequest request, Instant now) {
        return isLate(request.summary(), now);
    }
}
