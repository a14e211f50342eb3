package dev.internalevents.benchmarks.lake;

import dev.internalevents.benchmarks.harness.Median;
import dev.internalevents.benchmarks.harness.ProcessedEvents;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.benchmarks.harness.TemporaryFolder;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkMaintenance;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Measures the lake alone: processed events, each different, with one typed context, are written as Iceberg tables by
 * one thread. Making the events is not part of the figures; commits are.
 */
public final class Lake {

    private static final int PAGE = 5_000;

    private Lake() {}

    public static Result run(boolean quick) throws Exception {
        int rounds = quick ? 3 : 7;
        int events = quick ? 100_000 : 300_000;
        Median perCore = new Median();
        Median bytes = new Median();
        for (int round = -1; round < rounds; round++) {
            try (TemporaryFolder folder = TemporaryFolder.create()) {
                double nanos = write(folder.path(), round, events);
                double size = (double) size(folder.path().resolve("good_events").resolve("data")) / events;
                if (round >= 0) {
                    perCore.add(events / (nanos / 1e9));
                    bytes.add(size);
                    System.out.printf(
                            "  round %d: %,.0f events/s of CPU time, %.2f µs an event, %.0f bytes an event%n",
                            round + 1, events / (nanos / 1e9), nanos / events / 1e3, size);
                }
            }
        }
        Result result = new Result().put("eps_core", perCore.get()).put("bytes_event", bytes.get());
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            return merged(folder.path(), quick ? 100_000 : 1_000_000, result);
        }
    }

    /** Merges small files, as the collector does on the next day. */
    private static Result merged(Path folder, int events, Result result) throws IOException {
        ProcessedEvents varied = new ProcessedEvents(0, null);
        EventSinks.Owner owner = new EventSinks.Owner(UUID.randomUUID(), "benchmark", "/benchmark");
        SinkSettings settings = SinkSettings.in(folder);
        try (EventSink sink = EventSinks.find().open(settings, owner, varied::schema)) {
            long number = 0;
            while (number < events) {
                List<StoredEvent> page = new ArrayList<>(PAGE);
                for (GoodEvent event : varied.next(PAGE)) {
                    page.add(new StoredEvent(++number, null, event));
                }
                sink.write(page);
                sink.commit(number);
            }
        }
        Path data = folder.resolve("good_events").resolve("data");
        double small = (double) size(data) / events;
        SinkMaintenance maintenance =
                EventSinks.find().maintenance(settings, owner, () -> false).orElseThrow();
        long since = cpu();
        SinkMaintenance.Tidied tidied = maintenance.tidy();
        double micros = (cpu() - since) / 1e3 / events;
        double bytes = (double) size(data) / events - small;
        System.out.printf(
                "  merged %,d files: %.2f µs of CPU time an event, %.0f bytes an event instead of %.0f%n",
                tidied.merged(), micros, bytes, small);
        return result.put("merged_us", micros).put("merged_bytes_event", bytes);
    }

    /** Returns the CPU time of the writing thread in nanoseconds. */
    private static double write(Path folder, int seed, int events) {
        ProcessedEvents varied = new ProcessedEvents(seed, null);
        long number = 0;
        EventSinks.Owner owner = new EventSinks.Owner(UUID.randomUUID(), "benchmark", "/benchmark");
        SinkSettings settings = SinkSettings.in(folder);
        long cpu = 0;
        long since = cpu();
        try (EventSink sink = EventSinks.find().open(settings, owner, varied::schema)) {
            cpu += cpu() - since;
            for (int written = 0; written < events; written += PAGE) {
                List<StoredEvent> page = new ArrayList<>(PAGE);
                for (GoodEvent event : varied.next(PAGE)) {
                    page.add(new StoredEvent(++number, null, event));
                }
                since = cpu();
                sink.write(page);
                if (sink.pending() >= settings.commitBytes()) {
                    sink.commit(written + PAGE);
                }
                cpu += cpu() - since;
            }
            since = cpu();
            sink.commit(events);
            cpu += cpu() - since;
        }
        return cpu;
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
