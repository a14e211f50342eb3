package dev.internalevents.benchmarks.harness;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.Outcome;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.TrackerPayload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@link VariedEvents} after the pipeline, 50 of a request. */
public final class ProcessedEvents {

    private static final int REQUEST = 50;

    private final VariedEvents varied;
    private final SchemaValidator schemas = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));
    private final Pipeline pipeline = new Pipeline(schemas);
    private final @Nullable String userAgent;
    private Instant now = Instant.parse("2026-11-02T00:00:00Z");
    private int requests;

    /** @param userAgent of the requests; null for events without the context that is derived from it */
    public ProcessedEvents(long seed, @Nullable String userAgent) {
        this.varied = new VariedEvents(seed);
        this.userAgent = userAgent;
    }

    /** Returns the text of a shipped schema. */
    public Optional<String> schema(SchemaKey key) {
        return schemas.text(key);
    }

    /** Returns the next events, at least as many as asked for. */
    public List<GoodEvent> next(int count) {
        List<GoodEvent> events = new ArrayList<>(count);
        while (events.size() < count) {
            now = now.plus(Duration.ofMillis(20));
            for (Outcome outcome : pipeline.process(request(), "benchmark/" + ++requests)) {
                if (!(outcome instanceof GoodEvent good)) {
                    throw new IllegalStateException("a reference event is not good: " + outcome);
                }
                events.add(good);
            }
        }
        return events;
    }

    private CollectorPayload request() {
        List<TrackerPayload> events =
                Stream.generate(varied::next).limit(REQUEST).toList();
        return new CollectorPayload(
                new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp2"),
                null,
                "application/json",
                null,
                RequestBody.of(PayloadData.encode(events)),
                new CollectorPayload.Source("internal-events", "UTF-8", "collector"),
                new CollectorPayload.Context(now, "10.1.2.3", userAgent, null, List.of(), null));
    }
}
