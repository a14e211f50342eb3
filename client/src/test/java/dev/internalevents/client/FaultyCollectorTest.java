package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.protocol.PayloadData;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With a collector that responds with 503, resets connections, never responds or truncates its responses, in random
 * order, no event is lost.
 */
@Tag("slow")
class FaultyCollectorTest {

    private static final int EVENTS = 4_000 + 40 * Integer.getInteger("delivery.faults", 0);
    private static final int FAULTS = Integer.getInteger("delivery.faults", 60);
    private static final byte[] OK =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNAVAILABLE =
            "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void loses_nothing_and_leaks_no_thread(long seed) throws Exception {
        loseNothing(seed, false);
    }

    @Test
    void loses_nothing_with_an_outbox() throws Exception {
        loseNothing(4, true);
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("internal-events-"))
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void loses_nothing_with_two_collectors_of_which_each_fails(boolean withOutbox) throws Exception {
        Set<Thread> before = threads();
        try (FaultyCollector one = new FaultyCollector(5);
                FaultyCollector other = new FaultyCollector(6)) {
            InternalEventsClient client = sendAll(
                    builder()
                            .endpoints(List.of(
                                    URI.create("http://127.0.0.1:" + one.port()),
                                    URI.create("http://127.0.0.1:" + other.port()))),
                    withOutbox);
            client.close();
            assertThat(one.faults.get() + other.faults.get()).isGreaterThan(30);
            Set<String> all = new HashSet<>(one.ids);
            all.addAll(other.ids);
            assertThat(all).hasSize(EVENTS);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> before.containsAll(threads()));
    }

    private void loseNothing(long seed, boolean withOutbox) throws Exception {
        Set<Thread> before = threads();
        try (FaultyCollector collector = new FaultyCollector(seed)) {
            InternalEventsClient client =
                    sendAll(builder().endpoint(URI.create("http://127.0.0.1:" + collector.port())), withOutbox);
            client.close();
            assertThat(collector.faults.get()).isGreaterThan(30);
            assertThat(collector.ids).hasSize(EVENTS);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> before.containsAll(threads()));
    }

    private static InternalEventsClientBuilder builder() {
        return InternalEventsClient.builder()
                .batchSize(20)
                .queueCapacity(EVENTS)
                .queueBytes(1L << 30)
                .threadCount(2)
                .readTimeout(Duration.ofMillis(200))
                .backOff(Duration.ofMillis(1), Duration.ofMillis(10));
    }

    private InternalEventsClient sendAll(InternalEventsClientBuilder builder, boolean withOutbox) {
        InternalEventsClient client = (withOutbox ? builder.outbox(folder.resolve("outbox")) : builder).build();
        for (int i = 0; i < EVENTS; i++) {
            client.trackEvent("e" + i);
        }
        assertThat(client.flush(Duration.ofMinutes(20))).isTrue();
        assertThat(client.stats())
                .matches(stats -> stats.tracked() == EVENTS && stats.delivered() == EVENTS && stats.held() == 0);
        return client;
    }

    /** Fails in one of four ways, or works, until it has failed often enough. */
    private static final class FaultyCollector implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Random random;
        private final Set<String> ids = ConcurrentHashMap.newKeySet();
        private final AtomicInteger faults = new AtomicInteger();
        private final CountDownLatch closed = new CountDownLatch(1);

        FaultyCollector(long seed) throws IOException {
            random = new Random(seed);
            daemon(this::accept);
        }

        int port() {
            return socket.getLocalPort();
        }

        private static void daemon(Runnable task) {
            Thread thread = new Thread(task, "faulty-collector");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            while (!socket.isClosed()) {
                try {
                    Socket connection = socket.accept();
                    daemon(() -> serve(connection));
                } catch (IOException e) {
                    return;
                }
            }
        }

        private void serve(Socket connection) {
            try (connection) {
                connection.setTcpNoDelay(true);
                OutputStream out = connection.getOutputStream();
                for (byte[] body = body(connection.getInputStream());
                        body != null;
                        body = body(connection.getInputStream())) {
                    int how = faults.get() < FAULTS ? random.nextInt(5) : 0;
                    if (how > 0) {
                        faults.incrementAndGet();
                    }
                    switch (how) {
                        case 0 -> {
                            keep(body);
                            out.write(OK);
                        }
                        case 1 -> out.write(UNAVAILABLE);
                        case 2 -> {
                            connection.setSoLinger(true, 0);
                            return;
                        }
                        case 3 -> {
                            // The client times out first.
                            closed.await();
                            return;
                        }
                        default -> {
                            keep(body);
                            out.write(OK, 0, OK.length / 2);
                            return;
                        }
                    }
                }
            } catch (IOException e) {
                // The client closed the connection.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void keep(byte[] body) {
            PayloadData.decode(body)
                    .forEach(entry ->
                            ids.add(((PayloadData.Event) entry).payload().get("eid")));
        }

        private static byte[] body(InputStream in) throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                head.append((char) b);
            }
            String length = head.substring(head.indexOf("Content-Length: ") + 16);
            return in.readNBytes(Integer.parseInt(length.substring(0, length.indexOf('\r'))));
        }

        @Override
        public void close() throws IOException {
            closed.countDown();
            socket.close();
        }
    }
}
