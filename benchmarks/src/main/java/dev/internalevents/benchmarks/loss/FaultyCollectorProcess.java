package dev.internalevents.benchmarks.loss;

import dev.internalevents.benchmarks.harness.ChildProcess;
import dev.internalevents.benchmarks.harness.ReferenceEvent;
import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.delivery.ClientStats;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A service whose collector fails in every way. Arguments: the collector's URL, a folder for the outbox, the number of
 * events to track, and the milliseconds in which to track them.
 */
final class FaultyCollectorProcess {

    private FaultyCollectorProcess() {}

    public static void main(String[] arguments) throws Exception {
        int events = Integer.parseInt(arguments[2]);
        long nanosPerEvent = Long.parseLong(arguments[3]) * 1_000_000 / events;
        InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create(arguments[0]))
                .batchSize(250)
                .threadCount(2)
                .outbox(Path.of(arguments[1]))
                .defaultContext(ReferenceEvent.context())
                .build();
        ChildProcess.serve(question -> switch (question) {
            case "track" -> {
                long start = System.nanoTime();
                for (int i = 0; i < events; i++) {
                    while (System.nanoTime() - start < i * nanosPerEvent) {
                        LockSupport.parkNanos(nanosPerEvent);
                    }
                    client.trackEvent(
                            ReferenceEvent.ACTION,
                            AdditionalProperties.builder().label("faults:" + i).build());
                }
                yield "tracked";
            }
            case "flush" -> {
                boolean flushed = client.flush(Duration.ofMinutes(3));
                ClientStats stats = client.stats();
                yield (flushed ? "delivered " : "timed out; delivered ") + stats.delivered() + ", retried "
                        + stats.retries() + " requests, rejected " + stats.rejected() + ", dropped " + stats.dropped();
            }
            case "close" -> {
                client.close();
                yield Long.toString(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("internal-events"))
                        .count());
            }
            default -> null;
        });
    }
}
