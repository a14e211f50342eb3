package dev.internalevents.metrics.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a timeout that no test waits for: a request must end because of what the receiver sends. */
@Timeout(60)
class PingRequestsTest {

    private final PingRequests requests = new PingRequests(Duration.ofHours(1));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private URI receiver(HttpHandler handler) {
        server.createContext("/", handler);
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    @Test
    void a_short_answer_is_read_to_its_end_so_that_the_connection_is_used_again() throws Exception {
        List<Integer> ports = Collections.synchronizedList(new ArrayList<>());
        URI receiver = receiver(exchange -> {
            exchange.getRequestBody().readAllBytes();
            ports.add(exchange.getRemoteAddress().getPort());
            byte[] body = new byte[65_536];
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });

        assertThat(requests.post(receiver, "{}")).isEqualTo(200);
        assertThat(requests.post(receiver, "{}")).isEqualTo(200);

        assertThat(ports).hasSize(2);
        assertThat(ports.get(1)).isEqualTo(ports.get(0));
    }

    @Test
    void a_receiver_of_an_endless_answer_is_cut_off() throws Exception {
        CompletableFuture<IOException> cutOff = new CompletableFuture<>();
        URI receiver = receiver(exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(202, 0);
            byte[] some = new byte[8_192];
            try {
                while (true) {
                    exchange.getResponseBody().write(some);
                }
            } catch (IOException e) {
                cutOff.complete(e);
            }
        });

        assertThat(requests.post(receiver, "{}")).isEqualTo(202);

        assertThat(cutOff.get(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void a_status_counts_even_if_the_connection_ends_within_the_body() throws Exception {
        URI receiver = receiver(exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(201, 1_000);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
            throw new IOException("closes the connection");
        });

        assertThat(requests.post(receiver, "{}")).isEqualTo(201);
    }

    @Test
    void a_refused_connection_is_thrown_as_it_is() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }

        assertThatThrownBy(() -> requests.post(URI.create("http://127.0.0.1:" + port + "/"), "{}"))
                .isInstanceOf(ConnectException.class);
    }
}
