package dev.internalevents.benchmarks.frame;

import dev.internalevents.benchmarks.harness.Median;
import dev.internalevents.benchmarks.harness.ProcessedEvents;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.ProcessedEventFrame;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/** Measures the CPU time of the thread that encodes and decodes processed events, and their size. */
public final class Frames {

    /**
     * Few enough to stay in the cache, where an event is that was just processed and a frame that was just received.
     */
    private static final int EVENTS = 500;

    private static final int REPEATED = 40;
    private static final int WARM_UP = 20 * REPEATED;
    private static final String ORIGIN = "7f3c1f0e-1111-4222-8333-944455556666/1/2";
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Frames() {}

    public static Result run(boolean quick) {
        List<GoodEvent> events = new ProcessedEvents(1, "internal-events-jvm").next(EVENTS);
        for (int i = 0; i < WARM_UP; i++) {
            decode(encode(events));
        }
        Median encoding = new Median();
        Median decoding = new Median();
        long bytes = 0;
        int rounds = quick ? 15 : 101;
        for (int i = 0; i < rounds; i++) {
            List<byte[]> frames = List.of();
            long begun = THREADS.getCurrentThreadCpuTime();
            for (int j = 0; j < REPEATED; j++) {
                frames = encode(events);
            }
            long encoded = THREADS.getCurrentThreadCpuTime();
            for (int j = 0; j < REPEATED; j++) {
                decode(frames);
            }
            decoding.add((THREADS.getCurrentThreadCpuTime() - encoded) / 1e3 / EVENTS / REPEATED);
            encoding.add((encoded - begun) / 1e3 / EVENTS / REPEATED);
            bytes = frames.stream().mapToLong(frame -> frame.length).sum();
        }
        System.out.printf(
                "  %,d varied reference events, %d rounds: %.2f µs CPU to encode an event, %.2f µs to decode it, %d bytes%n",
                EVENTS, rounds, encoding.get(), decoding.get(), bytes / EVENTS);
        return new Result()
                .put("encode_us_event", encoding.get())
                .put("decode_us_event", decoding.get())
                .put("bytes_event", bytes / EVENTS);
    }

    private static List<byte[]> encode(List<GoodEvent> events) {
        List<byte[]> frames = new ArrayList<>(events.size());
        for (GoodEvent event : events) {
            frames.add(ProcessedEventFrame.encode(event, ORIGIN));
        }
        return frames;
    }

    private static void decode(List<byte[]> frames) {
        for (byte[] frame : frames) {
            if (ProcessedEventFrame.decode(frame).event().index() < 0) {
                throw new IllegalStateException("an index below 0");
            }
        }
    }
}
