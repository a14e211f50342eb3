package dev.internalevents.metrics;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.metrics.store.FileMetricStore;
import dev.internalevents.spool.SpoolSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;

/** Counts the workload's events from where the previous run stopped, and prints how many, until it is killed. */
final class CountingProcess {

    private static final int EVENTS = 1_000_000;

    private CountingProcess() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Dictionary dictionary = DefinitionFiles.load(folder.resolve("definitions"));
        Counters counters = Counters.of(dictionary);
        FileMetricStore store = FileMetricStore.open(counters, folder.resolve("counters"));
        QueuedEventCounter counter =
                QueuedEventCounter.open(counters, store, folder.resolve("queue"), SpoolSettings.DEFAULTS);
        if (!counter.settle(Duration.ofSeconds(60))) {
            throw new IllegalStateException("not settled");
        }
        int before = counted(dictionary, counters, store);
        int[] at = {0};
        Workload.events(EVENTS, event -> {
            if (at[0] >= before) {
                counter.count(event);
                if ((at[0] + 1) % 1_000 == 0) {
                    System.out.println(at[0] + 1);
                }
                if (at[0] % 30_000 == 29_999) {
                    store.checkpoint();
                }
            }
            at[0]++;
        });
    }

    /** Returns how many events of the workload are in the store. */
    static int counted(Dictionary dictionary, Counters counters, MetricStore store) {
        return new Metrics(dictionary, counters, store, Clock.fixed(Workload.NOW, ZoneOffset.UTC))
                .value("counts.every")
                .orElseThrow()
                .value()
                .intValueExact();
    }
}
