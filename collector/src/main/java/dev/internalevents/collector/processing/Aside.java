package dev.internalevents.collector.processing;

import dev.internalevents.store.EventStore;
import dev.internalevents.store.WaitingRequest;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.WaitingEvent;
import dev.internalevents.protocol.SchemaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests that are aside because some of their events wait for a schema: bounded in number and bytes, for a limited
 * time. They are in the store, this knows which. For the processing thread; {@link #size} for any.
 */
final class Aside {

    /** How long an event waits for its schema in production. */
    static final Duration MAX_WAIT = Duration.ofMinutes(15);

    /** The same if people wait for what becomes of their events: longer than a registry may take for one answer. */
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
        /** Null for a request that was aside before the start and has not been tried since. */
        private @Nullable LookUps lookUps;

        private long tried = System.nanoTime();

        private Entry(WaitingRequest.Summary request, @Nullable LookUps lookUps) {
            this.request = request;
            this.lookUps = lookUps;
        }

        /** Whether trying it again may change something. */
        private boolean isSettled() {
            LookUps known = lookUps;
            return known == null || known.isAnySettled();
        }

        /** Whether a registry is asked for it now, or has answered since it was tried. */
        private boolean isDecidedSoon() {
            LookUps known = lookUps;
            return known == null || known.isAnySettled() || known.isAnyInFlight();
        }
    }

    /** What the events of one request wait for: one look-up for each schema, however many events name it. */
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

    /** What the transaction puts aside of a request. */
    private static final class Adding {
        private final Instant since;
        private final byte[] frame;
        private final List<Integer> events;

        private Adding(Instant since, byte[] frame, List<Integer> events) {
            this.since = since;
            this.frame = frame;
            this.events = new ArrayList<>(events);
        }

        private WaitingRequest request(String origin) {
            return new WaitingRequest(origin, since, events, frame);
        }
    }

    /**
     * @param maxBytes of all their frames
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

    /** Whether a registry is asked for one of the schemas now, or has answered and the event has not been tried since. */
    boolean isAnyDecidedSoon() {
        for (Entry entry : entries.values()) {
            if (entry.isDecidedSoon()) {
                return true;
            }
        }
        return false;
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
        addingEvents = 0;
    }

    /** Puts an event aside with the transaction; false if there is no room. */
    boolean put(String origin, WaitingEvent event, byte[] frame) {
        Adding known = adding.get(origin);
        Entry before = entries.get(origin);
        boolean isNew = known == null && before == null;
        boolean full = events + addingEvents >= MAX_EVENTS
                || (isNew
                        && (entries.size() + adding.size() >= MAX_REQUESTS
                                || bytes + addingBytes + frame.length > maxBytes));
        if (full) {
            return false;
        }
        if (known == null) {
            known = before == null
                    ? new Adding(Instant.now(), frame, List.of())
                    : new Adding(before.request.since(), frame, before.request.events());
            adding.put(origin, known);
            addingBytes += before == null ? frame.length : 0;
            if (before != null) {
                settling.add(origin);
            }
        }
        known.events.add(event.index());
        addingEvents++;
        lookUps.computeIfAbsent(origin, first -> new LookUps()).add(event.lookUp());
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

    /** A request that was aside is taken from there with the transaction, but for those events that wait on. */
    void settle(WaitingRequest request, List<Integer> left, LookUps waitsFor) {
        settling.add(request.origin());
        if (!left.isEmpty()) {
            adding.put(request.origin(), new Adding(request.since(), request.frame(), left));
            lookUps.put(request.origin(), waitsFor);
        }
    }

    /** The store does not have it any more. */
    void gone(String origin) {
        remove(origin);
    }

    /** It was tried without any change. */
    void tried(String origin, LookUps waitsFor) {
        // To the end, so that the others have their turn first.
        Entry entry = entries.remove(origin);
        if (entry != null) {
            entry.tried = System.nanoTime();
            entry.lookUps = waitsFor;
            entries.put(origin, entry);
        }
    }

    List<WaitingRequest> added() {
        List<WaitingRequest> added = new ArrayList<>(adding.size());
        adding.forEach((origin, one) -> added.add(one.request(origin)));
        return added;
    }

    List<String> settled() {
        return List.copyOf(settling);
    }

    void committed() {
        settling.forEach(this::remove);
        adding.forEach((origin, one) -> enter(one.request(origin).summary(), lookUps.get(origin)));
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

    private boolean isDue(Entry entry, long now, Instant time) {
        long rested = now - entry.tried;
        return (rested > MIN_RETRY_NANOS && (entry.isSettled() || isLate(entry.request, time))) || rested > RETRY_NANOS;
    }

    /** Whether a request has waited long enough; by a clock that may have been set in between. */
    boolean isLate(WaitingRequest.Summary request, Instant now) {
        return Duration.between(request.since(), now).abs().compareTo(maxWait) >= 0;
    }

    boolean isLate(WaitingRequest request, Instant now) {
        return isLate(request.summary(), now);
    }
}
