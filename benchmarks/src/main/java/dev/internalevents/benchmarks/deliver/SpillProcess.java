package dev.internalevents.benchmarks.deliver;

import dev.internalevents.benchmarks.harness.ChildProcess;
import dev.internalevents.benchmarks.harness.ReferenceEvent;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.delivery.WhenFull;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** A service whose collector is down. Arguments: a URL, a folder to spill to, and the number of events to track. */
final class SpillProcess {

    private SpillProcess() {}

    public static void main(String[] arguments) throws Exception {
        int events = Integer.parseInt(arguments[2]);
        InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create(arguments[0]))
                .batchSize(250)
                .whenFull(WhenFull.spill(Path.of(arguments[1])))
                .outboxBytes(2L << 30)
                .defaultContext(ReferenceEvent.context())
                .build();
        ChildProcess.serve(question -> switch (question) {
            case "track" -> {
                for (int i = 0; i < events; i++) {
                    client.trackEvent(ReferenceEvent.ACTION, ReferenceEvent.properties());
                }
                yield Long.toString(client.stats().held());
            }
            case "flush" -> {
                boolean delivered = client.flush(Duration.ofMinutes(5));
                yield delivered ? "delivered" : client.stats().toString();
            }
            default -> null;
        });
        client.close(Duration.ofSeconds(1));
    }
}
