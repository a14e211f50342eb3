package dev.internalevents.benchmarks.loss;

import dev.internalevents.benchmarks.harness.ChildProcess;
import dev.internalevents.benchmarks.harness.ReferenceEvent;
import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.InternalEventsClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A service with an outbox that is killed while it tracks. Arguments: the collector's URL, the outbox's folder, the
 * file of {@link Returned}, and the number of the round. In round 0 it tracks nothing and sends what is left in the
 * outbox.
 */
final class KilledProcess {

    static final int THREADS = 4;
    static final int EVENTS_PER_THREAD = 1_250;

    private KilledProcess() {}

    public static void main(String[] arguments) throws Exception {
        int round = Integer.parseInt(arguments[3]);
        InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create(arguments[0]))
                .batchSize(50)
                .threadCount(2)
                .outbox(Path.of(arguments[1]))
                .defaultContext(ReferenceEvent.context())
                .build();
        if (client.outboxFailure() != null) {
            throw new IllegalStateException(client.outboxFailure());
        }
        Returned returned = Returned.open(Path.of(arguments[2]));
        System.out.println("ready");
        if (round > 0) {
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                new Thread(() -> track(client, returned, round, thread)).start();
            }
        }
        ChildProcess.serve(question ->
                client.flush(Duration.ofMinutes(2)) ? "flushed" : client.stats().toString());
        client.close();
    }

    private static void track(InternalEventsClient client, Returned returned, int round, int thread) {
        for (int i = 0; i < EVENTS_PER_THREAD; i++) {
            client.trackEvent(
                    ReferenceEvent.ACTION,
                    AdditionalProperties.builder()
                            .label(label(round, thread, i))
                            .build());
            returned.set(thread, i + 1);
            if (i % 16 == 0) {
                // Spread the calls over the time in which the process may be killed.
                LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(2_000_000));
            }
        }
    }

    static String label(int round, int thread, int number) {
        return round + ":" + thread + ":" + number;
    }
}
