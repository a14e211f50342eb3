package dev.internalevents.store;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.Outcome;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.spool.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Events for store tests, made by the real pipeline and passed to a store as one transaction. */
public class Events implements EventSource {

    static final Instant START = Instant.parse("2026-11-23T21:00:00Z");
    static final UUID SPOOL = UUID.fromString("7f3c1f0e-1111-4222-8333-944455556666");

    private static final Pipeline PIPELINE =
            new Pipeline(new SchemaValidator(new Resolver(List.of(new ShippedRegistry()))));

    private final List<Entry> entries = new ArrayList<>();
    private int next;
    private long number;
    private long position;

    public Events(long lastNumber) {
        this.number = lastNumber;
    }

    /** Adds a request with one event. */
    public Events add(Map<String, String> parameters) {
        return add(START.plusSeconds(number), null, parameters);
    }

    public Events add(Instant received, @Nullable String session, Map<String, String> parameters) {
        List<String> headers =
                session == null ? List.of("Host: test") : List.of("Host: test", "X-Micro-Session: " + session);
        byte[] body = PayloadData.encode(List.of(new TrackerPayload(new LinkedHashMap<>(parameters))));
        return add(payload(received, headers, body));
    }

    public Events add(CollectorPayload payload) {
        position++;
        byte[] frame = PayloadFrame.encode(payload);
        for (Outcome outcome : PIPELINE.process(payload, "test/" + number)) {
            ProcessedEvent event = (ProcessedEvent) outcome;
            StoredEvent stored = new StoredEvent(++number, payload.session(), event);
            entries.add(new Entry(stored, stored.isGood() ? null : frame, null));
        }
        return this;
    }

    /** Adds an event of another transaction unchanged. */
    Events take(StoredEvent event) {
        entries.add(new Entry(event, null, null));
        return this;
    }

    /** Returns a tracker's request that reveals everything a sender can reveal about itself. */
    public static CollectorPayload payload(Instant received, List<String> headers, byte[] body) {
        return new CollectorPayload(
                new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp2"),
                null,
                "application/json",
                null,
                RequestBody.of(body),
                new CollectorPayload.Source("test", "UTF-8", "localhost"),
                new CollectorPayload.Context(received, "10.1.2.3", "agent", "http://referrer.test/a", headers, "user"));
    }

    public List<StoredEvent> events() {
        return entries.stream().map(Entry::event).toList();
    }

    @Override
    public @Nullable Entry peek() {
        return next < entries.size() ? entries.get(next) : null;
    }

    @Override
    public void advance() {
        next++;
    }

    @Override
    public Progress progress() {
        return new Progress(new Place(SPOOL, 1, (int) position), 0);
    }
}
