package dev.internalevents.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.hostile.RawCollector.Behaviour;
import dev.internalevents.hostile.RawCollector.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests persistent connections, redirects, proxies, and application code on the way to the collector. */
class HostileWireTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String PATH = "/com.snowplowanalytics.snowplow/tp2";

    @TempDir
    private static Path keys;

    private static SSLContext tls;

    @BeforeAll
    static void makeKeys() throws Exception {
        tls = RawCollector.certificate(keys).context();
    }

    // Persistent connections

    @ParameterizedTest
    @CsvSource({"false, true", "false, false", "true, true", "true, false"})
    void what_was_not_asked_for_is_not_an_answer(boolean secure, boolean closes) throws Exception {
        CountDownLatch delivered = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Behaviour behaviour = connection -> {
            Request request = connection.read();
            connection.take(request);
            connection.write(RawCollector.OK);
            if (connection.isFirst()) {
                wait(delivered);
                connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                sent.countDown();
            }
            if (!closes || !connection.isFirst()) {
                wait(end);
            }
        };
        try (RawCollector collector = new RawCollector(secure ? tls : null, behaviour);
                InternalEventsClient client = client(collector.url()).build()) {
            client.trackEvent("first");
            assertThat(client.flush(LONG)).isTrue();
            delivered.countDown();
            wait(sent);
            client.trackEvent("second");
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats()).returns(2L, ClientStats::delivered).returns(0L, ClientStats::rejected);
            assertThat(collector.names()).containsExactlyInAnyOrder("first", "second");
            end.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_connection_that_behaves_is_kept_over_pauses(boolean secure) throws Exception {
        try (RawCollector collector = new RawCollector(secure ? tls : null, RawCollector::behaves);
                InternalEventsClient client = client(collector.url()).build()) {
            for (int i = 0; i < 5; i++) {
                client.trackEvent("event_" + i);
                assertThat(client.flush(LONG)).isTrue();
                await().pollDelay(Duration.ofMillis(80)).until(() -> true);
            }
            assertThat(collector.connections()).isEqualTo(1);
            assertThat(client.stats().retries()).isZero();
        }
    }

    // Redirects

    @ParameterizedTest
    @CsvSource({"false, 307", "false, 308", "true, 307", "true, 308"})
    void a_redirect_on_the_same_server_is_followed_with_headers(boolean secure, int status) throws Exception {
        Behaviour behaviour = connection -> {
            for (Request request = connection.read(); request != null; request = connection.read()) {
                if (request.head().startsWith("POST /new")) {
                    connection.take(request);
                    connection.write(RawCollector.OK);
                } else {
                    connection.write(redirect(status, "/new" + PATH));
                }
            }
        };
        try (RawCollector collector = new RawCollector(secure ? tls : null, behaviour);
                InternalEventsClient client =
                        client(collector.url()).header("X-Key", "k").build()) {
            for (String name : List.of("a", "b", "c")) {
                client.trackEvent(name);
                assertThat(client.flush(LONG)).isTrue();
            }
            assertThat(collector.names()).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(collector.heads())
                    .allMatch(head -> head.contains("X-Key: k"))
                    // A permanent redirect is remembered; a temporary one is requested again each time.
                    .hasSize(status == 308 ? 4 : 6);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {307, 308})
    void a_redirect_to_https_of_the_same_host_is_followed_without_headers(int status) throws Exception {
        try (RawCollector secure = new RawCollector(tls, RawCollector::behaves);
                RawCollector plain = new RawCollector(null, answers(redirect(status, secure.url() + PATH)));
                InternalEventsClient client = client(plain.url())
                        .header("Authorization", "Bearer secret")
                        .build()) {
            client.trackEvent("e");
            assertThat(client.flush(LONG)).isTrue();
            assertThat(secure.names()).containsExactly("e");
            assertThat(secure.heads()).allMatch(head -> !head.contains("secret"));
        }
    }

    @Test
    void a_remembered_redirect_is_forgotten_when_it_fails() throws Exception {
        AtomicInteger redirects = new AtomicInteger();
        RawCollector secure = new RawCollector(tls, RawCollector::behaves);
        Behaviour behaviour = connection -> {
            for (Request request = connection.read(); request != null; request = connection.read()) {
                if (redirects.getAndIncrement() == 0) {
                    connection.write(redirect(308, secure.url() + PATH));
                } else {
                    connection.take(request);
                    connection.write(RawCollector.OK);
                }
            }
        };
        try (RawCollector plain = new RawCollector(null, behaviour);
                InternalEventsClient client = client(plain.url()).build()) {
            client.trackEvent("first");
            assertThat(client.flush(LONG)).isTrue();
            secure.close();
            client.trackEvent("second");
            assertThat(client.flush(LONG)).isTrue();
            assertThat(secure.names()).containsExactly("first");
            assertThat(plain.names()).containsExactly("second");
        }
    }

    @Test
    void a_refusal_for_want_of_headers_is_not_final() throws Exception {
        try (RawCollector secure =
                        new RawCollector(tls, answers("HTTP/1.1 401 Who are you\r\nContent-Length: 0\r\n\r\n"));
                RawCollector plain = new RawCollector(null, answers(redirect(308, secure.url() + PATH)))) {
            assertThat(failure(client(plain.url()).header("Authorization", "Bearer secret")))
                    .isEqualTo(
                            "the collector redirects to " + secure.url() + ", which answered 401 to a request without"
                                    + " the headers that are set for the endpoint: set the endpoint to that");
        }
    }

    @Test
    void a_redirect_from_https_to_http_is_not_followed() throws Exception {
        try (RawCollector plain = new RawCollector(null, RawCollector::behaves);
                RawCollector secure = new RawCollector(tls, answers(redirect(308, plain.url() + PATH)))) {
            assertThat(failure(client(secure.url())))
                    .isEqualTo("the collector answered 308, which points to " + plain.url()
                            + " without TLS: it is not followed; set the endpoint to that if it is intended");
            assertThat(plain.connections()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "301 | https://127.0.0.1:1/com.snowplowanalytics.snowplow/tp2 | https://127.0.0.1:1: set the endpoint to that",
                "302 | /login?secret=1 | /login?…: expected a path that ends with com.snowplowanalytics.snowplow/tp2; check",
                "303 | //other.test/com.snowplowanalytics.snowplow/tp2 | http://other.test: set the endpoint to that",
                "307 | http://other.test/a/com.snowplowanalytics.snowplow/tp2 | http://other.test/a: set the endpoint",
                "308 | https://me:pw@127.0.0.1/ | with a Location that is not a valid http or https URL"
            })
    void another_redirect_is_named_with_its_target(int status, String location, String message) throws Exception {
        try (RawCollector collector = new RawCollector(null, answers(redirect(status, location)))) {
            assertThat(failure(client(collector.url())))
                    .startsWith("the collector answered " + status)
                    .contains(message)
                    .doesNotContain("secret=", "pw");
        }
    }

    // Proxies, and the application's own parts

    @Test
    void a_proxy_gets_its_password_and_the_collector_does_not() throws Exception {
        try (RawCollector secure = new RawCollector(tls, RawCollector::behaves);
                ConnectProxy proxy = new ConnectProxy("Proxy-Authorization: Basic dTpww7w=")) {
            assertThat(failure(client(secure.url()).proxy(proxy.address())))
                    .contains("proxy 127.0.0.1:" + proxy.address().getPort())
                    .contains("407");
            try (InternalEventsClient client = client(secure.url())
                    .proxy(proxy.address(), "u", "pü")
                    .header("X-Key", "k")
                    .build()) {
                client.trackEvent("e");
                assertThat(client.flush(LONG)).isTrue();
            }
            assertThat(secure.names()).containsExactly("e");
            assertThat(secure.heads()).allMatch(head -> head.contains("X-Key: k") && !head.contains("Proxy-"));
            assertThat(proxy.heads).allMatch(head -> !head.contains("X-Key"));
        }
    }

    @Test
    void without_a_proxy_its_password_goes_nowhere() throws Exception {
        try (RawCollector collector = new RawCollector(null, RawCollector::behaves);
                InternalEventsClient client = client(collector.url())
                        .header("Proxy-Authorization", "Basic x")
                        .build()) {
            client.trackEvent("e");
            assertThat(client.flush(LONG)).isTrue();
            assertThat(collector.heads()).hasSize(1).allMatch(head -> !head.contains("Basic"));
        }
    }

    @Test
    void a_proxy_selector_that_throws_costs_no_event() throws Exception {
        ProxySelector before = ProxySelector.getDefault();
        List<Throwable> thrown =
                List.of(new IllegalStateException("no PAC file"), new NoSuchMethodError("x"), new AssertionError("y"));
        for (Throwable failure : thrown) {
            try (RawCollector collector = new RawCollector(null, RawCollector::behaves);
                    InternalEventsClient client = client(collector.url()).build()) {
                ProxySelector.setDefault(new Selector(failure));
                client.trackEvent("e");
                await().atMost(LONG).until(() -> client.lastFailure() != null);
                assertThat(client.lastFailure()).contains(failure.getMessage());
                ProxySelector.setDefault(before);
                assertThat(client.flush(LONG)).isTrue();
                assertThat(collector.names()).containsExactly("e");
            } finally {
                ProxySelector.setDefault(before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void a_proxy_selector_that_blocks_holds_up_neither_close_nor_later_events(String host) throws Exception {
        ProxySelector before = ProxySelector.getDefault();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (RawCollector collector = new RawCollector(null, RawCollector::behaves)) {
            ProxySelector.setDefault(new Selector(null) {
                @Override
                public List<Proxy> select(URI uri) {
                    asked.countDown();
                    HostileWireTest.wait(released);
                    return List.of(Proxy.NO_PROXY);
                }
            });
            InternalEventsClient closed = client(collector.url(host)).build();
            closed.trackEvent("left");
            wait(asked);
            assertTimeoutPreemptively(
                    Duration.ofSeconds(1).plus(RawCollector.SLACK), () -> closed.close(Duration.ofSeconds(1)));
            try (InternalEventsClient client = client(collector.url(host))
                    .connectTimeout(Duration.ofMillis(20))
                    .build()) {
                client.trackEvent("e");
                await().atMost(LONG).until(() -> client.lastFailure() != null);
                assertThat(client.lastFailure()).contains("took longer than 20 ms");
                released.countDown();
                assertThat(client.flush(LONG)).isTrue();
            }
            assertThat(collector.names()).containsExactly("e");
        } finally {
            released.countDown();
            ProxySelector.setDefault(before);
        }
    }

    @Test
    void every_proxy_of_a_selector_is_tried() throws Exception {
        ProxySelector before = ProxySelector.getDefault();
        try (RawCollector collector = new RawCollector(tls, RawCollector::behaves);
                RawCollector rude = new RawCollector(null, RawCollector.Connection::reset);
                ConnectProxy proxy = new ConnectProxy("CONNECT");
                InternalEventsClient client = client(collector.url()).build()) {
            ProxySelector.setDefault(
                    new Selector(null, new InetSocketAddress("127.0.0.1", rude.port()), proxy.address()));
            client.trackEvent("e");
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats().retries()).isZero();
            assertThat(rude.connections()).isEqualTo(1);
            assertThat(proxy.heads).hasSize(1);
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    @Test
    void keys_that_do_not_work_cost_no_event() throws Exception {
        SSLContext unusable = SSLContext.getInstance("TLS");
        try (RawCollector collector = new RawCollector(tls, RawCollector::behaves)) {
            assertThat(failure(client(collector.url()).tls(unusable))).startsWith("IllegalStateException: ");
        }
    }

    @Test
    void plain_http_and_tls_that_meet_are_told_apart() throws Exception {
        try (RawCollector secure = new RawCollector(tls, RawCollector::behaves)) {
            assertThat(failure(client(URI.create("http://127.0.0.1:" + secure.port()))))
                    .contains("is it an https endpoint?");
        }
        try (RawCollector plain = new RawCollector(null, connection -> {
            connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            connection.read();
        })) {
            assertThat(failure(client(URI.create("https://127.0.0.1:" + plain.port()))))
                    .contains("is it an http endpoint?");
        }
    }

    private InternalEventsClientBuilder client(URI endpoint) {
        return InternalEventsClient.builder()
                .endpoint(endpoint)
                .tls(tls)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(50))
                .closeTimeout(Duration.ofMillis(10))
                .shutdownHook(false);
    }

    /** Returns the reason why an event is not delivered, and checks that the event stays queued. */
    private static String failure(InternalEventsClientBuilder builder) {
        try (InternalEventsClient client = builder.build()) {
            client.trackEvent("e");
            await().atMost(LONG).until(() -> client.lastFailure() != null);
            assertThat(client.stats()).returns(1L, ClientStats::held).returns(0L, ClientStats::rejected);
            return client.lastFailure();
        }
    }

    private static String redirect(int status, String location) {
        return "HTTP/1.1 " + status + " Elsewhere\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
    }

    private static Behaviour answers(String answer) {
        return connection -> {
            while (connection.read() != null) {
                connection.write(answer);
            }
        };
    }

    private static void wait(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static class Selector extends ProxySelector {
        private final Throwable failure;
        private final List<InetSocketAddress> proxies;

        Selector(Throwable failure, InetSocketAddress... proxies) {
            this.failure = failure;
            this.proxies = List.of(proxies);
        }

        @Override
        public List<Proxy> select(URI uri) {
            if (failure instanceof RuntimeException e) {
                throw e;
            } else if (failure instanceof Error e) {
                throw e;
            }
            List<Proxy> ways = new ArrayList<>();
            proxies.forEach(address -> ways.add(new Proxy(Proxy.Type.HTTP, address)));
            return ways;
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            // The client tries the next proxy itself.
        }
    }

    /** A proxy that opens tunnels for requests with a certain text in their head, and answers all others with 407. */
    private static final class ConnectProxy implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        private final List<String> heads = new CopyOnWriteArrayList<>();
        private final String needed;

        ConnectProxy(String needed) throws IOException {
            this.needed = needed;
            daemon(() -> {
                while (true) {
                    Socket socket = server.accept();
                    daemon(() -> tunnel(socket));
                }
            });
        }

        InetSocketAddress address() {
            return new InetSocketAddress("127.0.0.1", server.getLocalPort());
        }

        private void tunnel(Socket socket) throws IOException {
            try (socket) {
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) socket.getInputStream().read());
                }
                heads.add(head.toString());
                OutputStream out = socket.getOutputStream();
                if (head.indexOf(needed) < 0) {
                    out.write("HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                    return;
                }
                String port = head.substring(head.indexOf(":") + 1, head.indexOf(" HTTP"));
                try (Socket target = new Socket("127.0.0.1", Integer.parseInt(port))) {
                    out.write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    daemon(() -> pipe(target.getInputStream(), out));
                    pipe(socket.getInputStream(), target.getOutputStream());
                }
            }
        }

        private static void pipe(InputStream from, OutputStream to) throws IOException {
            byte[] bytes = new byte[8192];
            for (int read = from.read(bytes); read >= 0; read = from.read(bytes)) {
                to.write(bytes, 0, read);
                to.flush();
            }
        }

        private interface Task {
            void run() throws IOException;
        }

        private static void daemon(Task task) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            task.run();
                        } catch (IOException e) {
                            // One of the sides closed the connection.
                        }
                    },
                    "proxy");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
