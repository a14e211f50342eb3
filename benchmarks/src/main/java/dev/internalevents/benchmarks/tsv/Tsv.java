package dev.internalevents.benchmarks.tsv;

import dev.internalevents.benchmarks.harness.Median;
import dev.internalevents.benchmarks.harness.ProcessedEvents;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.pipeline.EnrichedTsv;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.JsonWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;

/** Measures the CPU time of the writing thread for each event that becomes a line of enriched TSV. */
public final class Tsv {

    private static final int EVENTS = 20_000;
    private static final int WARM_UP = 20;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Tsv() {}

    public static Result run(boolean quick) {
        List<GoodEvent> events = new ProcessedEvents(1, "internal-events-jvm").next(EVENTS);
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
}
