package dev.internalevents.benchmarks.track;

import dev.internalevents.benchmarks.harness.ReferenceEvent;
import dev.internalevents.benchmarks.sink.Sink;
import dev.internalevents.client.InternalEventsClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** The client with an in-memory queue, sending to a sink in a process of its own. */
final class OurSide implements TrackedSide {

    private final Sink sink = Sink.counting();
    private final InternalEventsClient client = InternalEventsClient.builder()
            .endpoint(URI.create(sink.url()))
            .batchSize(BATCH)
            .queueCapacity(QUEUE_CAPACITY)
            .queueBytes(1L << 30)
            .defaultContext(ReferenceEvent.context())
            .shutdownHook(false)
            .build();

    OurSide() throws IOException {}

    @Override
    public void track() {
        client.trackEvent(ReferenceEvent.ACTION, ReferenceEvent.properties());
    }

    @Override
    public long drain(long tracked) {
        if (!client.flush(Duration.ofSeconds(30))) {
            throw new IllegalStateException("not delivered in 30 seconds: " + client.stats());
        }
        return tracked - sink.events();
    }

    @Override
    public void close() {
        client.close();
        sink.close();
    }
}
