package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.testkit.FakeCollector;
import dev.internalevents.testkit.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Endpoints that fail in unusual ways, and failures in the process itself: no event is lost, and sending goes on. */
class EndpointFaultsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int EVENTS = 100;

    @TempDir
    private Path folder;

    private static InternalEventsClientBuilder builder(URI... endpoints) {
        return InternalEventsClient.builder()
                .endpoints(List.of(endpoints))
                .backOff(Duration.ofMillis(1), Duration.ofMillis(20))
                .linger(Duration.ofMillis(20))
                .readTimeout(Duration.ofMillis(500))
                .setAsideAfter(2, Duration.ofMillis(50))
                .shutdownHook(false);
    }

    private static void track(InternalEventsClient client) {
        IntStream.range(0, EVENTS).forEach(i -> client.trackEvent("e" + i));
    }

    private static List<String> names() {
        return IntStream.range(0, EVENTS).mapToObj(i -> "e" + i).toList();
    }

    /** Returns the address of a collector that is not there, and may come. */
    private static URI away() {
        try (FakeCollector collector = new FakeCollector()) {
            return collector.url();
        }
    }

    @ParameterizedTest
    @CsvSource({"400,false", "400,true", "413,false", "422,true", "500,false"})
    void a_lone_event_that_one_refuses_waits_for_the_other(int status, boolean withOutbox) throws IOException {
        // Several clients, because the order of the endpoints is random.
        for (int i = 0; i < 4; i++) {
            URI away = away();
            try (FakeCollector refusing = new FakeCollector()) {
                refusing.answer(events -> status);
                InternalEventsClientBuilder builder = builder(refusing.url(), away);
                if (status == 500) {
                    builder.setAsideAfter(1_000, Duration.ofHours(1));
                }
                try (InternalEventsClient client =
                        (withOutbox ? builder.outbox(folder.resolve("outbox-" + i)) : builder).build()) {
                    client.trackEvent("alone");
                    await().atMost(LONG).until(() -> refusing.requests().size() >= 6);
                    assertThat(client.stats()).matches(stats -> stats.rejected() == 0 && stats.held() == 1);
                    try (FakeCollector back = new FakeCollector(away.getPort())) {
                        TestClients.flush(client);
                        assertThat(back.takenNames()).containsExactly("alone");
                    }
                    assertThat(client.stats().delivered()).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void one_that_redirects_to_the_other_loses_nothing(int status) throws IOException {
        try (FakeCollector other = new FakeCollector();
                TestServer redirecting = TestServer.handling(exchange -> {
                    TestServer.Request request = TestServer.Request.read(exchange);
                    exchange.getResponseHeaders().set("Location", other.url() + request.path());
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                })) {
            for (int i = 0; i < 4; i++) {
                // In either order.
                try (InternalEventsClient client =
                        builder(redirecting.url(), other.url()).batchSize(10).build()) {
                    track(client);
                    TestClients.flush(client);
                    assertThat(client.stats()).matches(stats -> stats.delivered() == EVENTS && stats.rejected() == 0);
                }
            }
            assertThat(other.taken()).hasSize(4 * EVENTS);
        }
    }

    /** Occupies ports on which nobody listens: no other process can begin to. */
    private static final class ClosedPorts implements AutoCloseable {
        private final List<Socket> sockets = new ArrayList<>();

        private URI next() throws IOException {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void of_sixteen_that_are_away_the_first_that_comes_gets_everything_in_order() throws IOException {
        List<URI> endpoints = new ArrayList<>();
        try (ClosedPorts closed = new ClosedPorts();
                FakeCollector last = new FakeCollector()) {
            for (int i = 0; i < 15; i++) {
                endpoints.add(closed.next());
            }
            last.answer(events -> 503);
            endpoints.add(last.url());
            try (InternalEventsClient client =
                    builder(endpoints.toArray(URI[]::new)).batchSize(10).build()) {
                track(client);
                await().atMost(LONG)
                        .until(() -> client.endpointStates().stream().allMatch(state -> state.failure() != null));
                assertThat(client.stats()).matches(stats -> stats.held() == EVENTS && stats.rejected() == 0);
                last.answer(events -> 200);
                TestClients.flush(client);
                assertThat(client.stats().delivered()).isEqualTo(EVENTS);
            }
            assertThat(last.takenNames()).containsExactlyElementsOf(names());
        }
    }

    /** A probe that ends with an error, for example because memory runs out, is not the last one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void after_an_error_in_the_process_sending_goes_on(boolean isOne) {
        Logger logger = (Logger) LoggerFactory.getLogger(Emitter.class);
        Level before = logger.getLevel();
        WithoutMemory appender = new WithoutMemory();
        try (FakeCollector collector = new FakeCollector();
                InternalEventsClient client = isOne
                        ? builder(collector.url()).build()
                        : builder(collector.url(), away()).build()) {
            collector.answer(events -> 503);
            client.trackEvent("e0");
            await().atMost(LONG).until(() -> collector.requests().size() > 3);
            collector.answer(events -> {
                throw new IllegalStateException("no response");
            });
            appender.start();
            logger.addAppender(appender);
            logger.setLevel(Level.DEBUG);
            await().atMost(LONG).until(() -> appender.thrown.get() >= 6);
            logger.detachAppender(appender);
            collector.answer(events -> 200);

            TestClients.flush(client);
            assertThat(collector.takenNames()).containsExactly("e0");
        } finally {
            logger.detachAppender(appender);
            logger.setLevel(before);
        }
    }

    /** Fails while a request that has no response is reported. */
    private static final class WithoutMemory extends AppenderBase<ILoggingEvent> {

        private final AtomicInteger thrown = new AtomicInteger();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getMessage().equals("no answer") || event.getMessage().equals("a request could not be sent")) {
                thrown.incrementAndGet();
                throw new OutOfMemoryError("of the test");
            }
        }
    }
}
