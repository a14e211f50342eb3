package dev.internalevents.benchmarks.deliver;

import dev.internalevents.benchmarks.harness.ReferenceEvent;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.client.delivery.WhenFull;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The client with one sending thread. The caller blocks while the queue is full, so that nothing is dropped. */
final class OurSender implements Sender {

    private static final int EVENTS_AT_A_TIME = 100;

    private final InternalEventsClient client;

    OurSender(String url, int batchSize, @Nullable Path outbox) {
        InternalEventsClientBuilder builder = InternalEventsClient.builder()
                .endpoint(URI.create(url))
                .batchSize(batchSize)
                .threadCount(1)
                .whenFull(WhenFull.block(Duration.ofSeconds(30)))
                .defaultContext(ReferenceEvent.context());
        if (outbox != null) {
            builder.outbox(outbox).outboxBytes(128L << 20);
        }
        this.client = builder.build();
    }

    @Override
    public void send() {
        for (int i = 0; i < EVENTS_AT_A_TIME; i++) {
            client.trackEvent(ReferenceEvent.ACTION, ReferenceEvent.properties());
        }
    }

    @Override
    public void drain() {
        if (!client.flush(Duration.ofSeconds(60)) || client.stats().dropped() > 0) {
            throw new IllegalStateException("not everything was delivered: " + client.stats());
        }
    }
}
