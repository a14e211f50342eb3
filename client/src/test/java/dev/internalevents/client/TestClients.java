package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.testkit.FakeCollector;
import java.time.Duration;

/** Builds and flushes the clients of tests. */
final class TestClients {

    private TestClients() {}

    /** Returns the builder of a client that sends to the collector and adds no shutdown hook. */
    static InternalEventsClientBuilder sendingTo(FakeCollector sink) {
        return InternalEventsClient.builder().endpoint(sink.url()).shutdownHook(false);
    }

    /** Blocks until all events are delivered. */
    static void flush(InternalEventsClient client) {
        assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
    }
}
