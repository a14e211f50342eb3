package dev.internalevents.metrics.postgres;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.QueuedEventCounter;
import dev.internalevents.metrics.Workload;
import dev.internalevents.spool.SpoolSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;

/** Counts the workload's events from where the previous run stopped, and prints how many, until it is killed. */
final class CountingIntoPostgres {

    private static final int EVENTS = 2_000_000;

    private CountingIntoPostgres() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Dictionary dictionary = DefinitionFiles.load(folder.resolve("definitions"));
        Counters counters = Counters.of(dictionary);
        PostgresMetricStore store = PostgresServer.open(args[1]);
        QueuedEventCounter counter =
                QueuedEventCounter.open(counters, store, folder.resolve("queue"), SpoolSettings.DEFAULTS);
        if (!counter.settle(Duration.ofSeconds(120))) {
            throw new IllegalStateException("not settled");
        }
        int before = counted(dictionary, counters, store);
        int[] at = {0};
        Workload.events(EVENTS, event -> {
            if (at[0]++ >= before) {
                counter.count(event);
                if (at[0] % 1_000 == 0) {
                    System.out.println(at[0]);
                    if (at[0] % 5_000 == 0) {
                        // Batches are small enough that some are being applied at any time.
                        counter.settle(Duration.ofSeconds(120));
                    }
                }
            }
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
