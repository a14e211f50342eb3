package dev.internalevents.benchmarks.tsv;

import dev.internalevents.benchmarks.harness.Median;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.benchmarks.harness.VariedEvents;
import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.EnrichedTsv;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.Outcome;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Measures the CPU time of the writing thread for each event that becomes a line of enriched TSV. */
public final class Tsv {

    private static final int EVENTS = 20_000;
    private static final int BATCH = 50;
    private static final int WARM_UP = 20;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Tsv() {}

    public static Result run(boolean quick) {
        List<GoodEvent> events = processed();
        JsonWriter out = new JsonWriter();
        for (int i = 0; i < WARM_UP; i++) {
            write(events, out);
        }
        Median micros = new Median();
        long bytes = 0;
        int rounds = quick ? 15 : 101;
        for (int i = 0; i < rounds; i++) {
            long begun = THREADS.getCurrentThreadCpuTime();
            bytes = write(events, out);
            micros.add((THREADS.getCurrentThreadCpuTime() - begun) / 1e3 / EVENTS);
        }
        System.out.printf(
                "  %,d varied reference events, %d rounds: %.2f µs CPU an event, %d bytes a line%n",
                EVENTS, rounds, micros.get(), bytes / EVENTS);
        return new Result().put("us_event", micros.get()).put("bytes_event", bytes / EVENTS);
    }

    private static long write(List<GoodEvent> events, JsonWriter out) {
        long bytes = 0;
        for (GoodEvent event : events) {
            EnrichedTsv.write(event, out.reset());
            bytes += out.length();
        }
        return bytes;
    }

    private static List<GoodEvent> processed() {
        Pipeline pipeline = new Pipeline(new SchemaValidator(new Resolver(List.of(new ShippedRegistry()))));
        VariedEvents varied = new VariedEvents(1);
        List<GoodEvent> events = new ArrayList<>(EVENTS);
        while (events.size() < EVENTS) {
            List<TrackerPayload> batch = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                batch.add(varied.next());
            }
            for (Outcome outcome : pipeline.process(request(PayloadData.encode(batch)), "benchmark/" + events.size())) {
                if (!(outcome instanceof GoodEvent good)) {
                    throw new IllegalStateException("an event is not good: " + outcome);
                }
                events.add(good);
            }
        }
        return events;
    }

    private static CollectorPayload request(byte[] body) {
        return new CollectorPayload(
                new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp2"),
                null,
                "application/json",
                null,
                RequestBody.of(body),
                new CollectorPayload.Source("benchmark", "UTF-8", "localhost"),
                new CollectorPayload.Context(
                        Instant.parse("2026-11-01T12:00:00Z"),
                        "127.0.0.1",
                        "internal-events-jvm",
                        null,
                        List.of("Host: localhost"),
                        "c8ef98b2-0000-4000-8000-000000000000"));
    }
}
