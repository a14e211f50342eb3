package dev.internalevents.benchmarks.deliver;

import dev.internalevents.benchmarks.harness.ChildProcess;
import dev.internalevents.benchmarks.harness.Median;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.benchmarks.harness.TemporaryFolder;
import dev.internalevents.benchmarks.sink.Sink;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures events per second, counted by a read-only sink in a process of its own, and the sender's CPU time per event.
 * Each side has a JVM of its own for all rounds; in each round they take turns.
 */
public final class Deliver {

    private static final int SPILLED = 1_000_000;

    private Deliver() {}

    /** The figures of one side in one round. */
    private record Turn(double eventsPerSecond, double cpuNanosPerEvent) {}

    public static Result run(boolean quick) throws Exception {
        int rounds = quick ? 2 : 7;
        System.out.printf(
                "deliver: reference events to a sink that only reads, one sending thread each; %d rounds%n%n", rounds);
        Map<Side, Median> events = medians();
        Map<Side, Median> cpu = medians();
        Median toSnowplow = new Median();
        Median toRaw = new Median();
        Median toOutbox = new Median();
        Median toRawOne = new Median();
        Median cpuRatio = new Median();
        try (TemporaryFolder folder = TemporaryFolder.create();
                Sink sink = Sink.counting()) {
            Map<Side, ChildProcess> senders = new EnumMap<>(Side.class);
            try {
                for (Side side : Side.values()) {
                    ChildProcess sender = ChildProcess.start(
                            SenderProcess.class,
                            List.of("-Xmx1g"),
                            side,
                            sink.url(),
                            folder.path().resolve(side.name()));
                    senders.put(side, sender);
                    warmUp(sender, quick ? 1_800 : 6_000);
                }
                System.out.printf("%-6s %-28s %14s %16s%n", "round", "side", "events/s", "CPU µs/event");
                for (int round = 1; round <= rounds; round++) {
                    Map<Side, Turn> turns = new EnumMap<>(Side.class);
                    for (Map.Entry<Side, ChildProcess> entry : senders.entrySet()) {
                        Turn turn = turn(entry.getValue(), sink, quick ? 1_000 : 3_000);
                        turns.put(entry.getKey(), turn);
                        System.out.printf(
                                "%-6d %-28s %,14.0f %,16.2f%n",
                                round, entry.getKey().words(), turn.eventsPerSecond, turn.cpuNanosPerEvent / 1000);
                        of(events, entry.getKey()).add(turn.eventsPerSecond);
                        of(cpu, entry.getKey()).add(turn.cpuNanosPerEvent);
                    }
                    Turn ours = of(turns, Side.OURS);
                    toSnowplow.add(ours.eventsPerSecond / of(turns, Side.SNOWPLOW).eventsPerSecond);
                    toRaw.add(ours.eventsPerSecond / of(turns, Side.RAW).eventsPerSecond);
                    toOutbox.add(of(turns, Side.OURS_OUTBOX).eventsPerSecond / ours.eventsPerSecond);
                    toRawOne.add(
                            of(turns, Side.OURS_BATCH_1).eventsPerSecond / of(turns, Side.RAW_BATCH_1).eventsPerSecond);
                    cpuRatio.add(ours.cpuNanosPerEvent / of(turns, Side.SNOWPLOW).cpuNanosPerEvent);
                }
            } finally {
                senders.values().forEach(ChildProcess::close);
            }
        }
        System.out.printf("%n%-35s %14s %16s%n", "medians", "events/s", "CPU µs/event");
        for (Side side : Side.values()) {
            System.out.printf(
                    "%-35s %,14.0f %,16.2f%n",
                    side.words(), of(events, side).get(), of(cpu, side).get() / 1000);
        }
        Result result = new Result()
                .put("ratio_snowplow", toSnowplow.get())
                .put("ratio_raw", toRaw.get())
                .put("ratio_outbox", toOutbox.get())
                .put("ratio_batch1_raw", toRawOne.get())
                .put("cpu_ratio", cpuRatio.get())
                .put("eps", Math.round(of(events, Side.OURS).get()));
        spill(quick ? SPILLED / 5 : SPILLED, result);
        return result;
    }

    private static void warmUp(ChildProcess sender, int millis) throws InterruptedException {
        sender.ask("start");
        TimeUnit.MILLISECONDS.sleep(millis);
        sender.ask("stop");
    }

    private static Turn turn(ChildProcess sender, Sink sink, int millis) throws InterruptedException {
        sender.ask("start");
        TimeUnit.MILLISECONDS.sleep(300);
        long start = System.nanoTime();
        long eventsBefore = sink.events();
        long cpuBefore = sender.askNumber("cpu");
        TimeUnit.MILLISECONDS.sleep(millis);
        long end = System.nanoTime();
        long events = sink.events() - eventsBefore;
        long cpu = sender.askNumber("cpu") - cpuBefore;
        sender.ask("stop");
        return new Turn(events * 1e9 / (end - start), (double) cpu / events);
    }

    /**
     * Measures the memory of a service with 128 MB of heap while its collector is down, and whether everything arrives
     * afterwards.
     */
    private static void spill(int tracked, Result result) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (TemporaryFolder folder = TemporaryFolder.create();
                ChildProcess service = ChildProcess.start(
                        SpillProcess.class, List.of("-Xmx128m"), "http://127.0.0.1:" + port, folder.path(), tracked);
                PeakMemory memory = PeakMemory.of(service.pid())) {
            long waiting = service.askNumber("track");
            System.out.printf(
                    "%nspill: collector down, %,d events tracked, %,d waiting; peak of anonymous memory %.0f MB%n",
                    tracked, waiting, memory.megabytes());
            try (Sink sink = Sink.parsing(port)) {
                String flushed = service.ask("flush");
                long distinct = sink.distinct();
                System.out.printf(
                        "spill: collector up again, %s; %,d distinct events arrived; peak %.0f MB%n",
                        flushed, distinct, memory.megabytes());
                result.put("spill_events", tracked)
                        .put("spill_lost", tracked - distinct)
                        .put("spill_rss_mb", memory.megabytes());
            }
        }
    }

    private static Map<Side, Median> medians() {
        Map<Side, Median> medians = new EnumMap<>(Side.class);
        for (Side side : Side.values()) {
            medians.put(side, new Median());
        }
        return medians;
    }

    private static <T> T of(Map<Side, T> figures, Side side) {
        T figure = figures.get(side);
        if (figure == null) {
            throw new IllegalStateException(side + " was not measured");
        }
        return figure;
    }
}
