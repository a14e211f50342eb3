package dev.internalevents.client.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.internal.Lifecycle;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpConnectionTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @ParameterizedTest
    @ValueSource(
            strings = {
                OK,
                "HTTP/1.1 200 OK\r\ncontent-LENGTH:   2  \r\nX: y\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nTrailer: x\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK
            })
    void an_answer_is_read_however_it_is_cut_and_the_connection_kept(String answer) throws Exception {
        for (int piece : new int[] {answer.length(), 1, 7}) {
            try (Server server = new Server(answer, piece);
                    HttpConnection connection = server.connection()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(post(connection).status()).isIn(200, 204);
                }
                assertThat(server.connections.get()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\n\r\nuntil the end",
                "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nvery long",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
                "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"
            })
    void a_connection_that_cannot_be_used_again_is_made_anew(String answer) throws Exception {
        try (Server server = new Server(answer, answer.length());
                HttpConnection connection = server.connection()) {
            assertThat(post(connection).status()).isEqualTo(200);
            assertThat(post(connection).status()).isEqualTo(200);
            assertThat(server.connections.get()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 999 Too High\r\n\r\n"
            })
    void what_is_no_answer_is_said_to_be_none(String answer) throws Exception {
        try (Server server = new Server(answer, answer.length());
                HttpConnection connection = server.connection()) {
            assertThatThrownBy(() -> post(connection))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("answer");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200",
                "HTTP/1.1 200 O",
                "HTTP/1.1 200 OK\r",
                "HTTP/1.1 413 Too",
                "HTTP/1.1 200 OK",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok",
                "HTTP/1.1 413 Too Large\r\nContent-Length: 100\r\n\r\n"
            })
    void a_status_line_is_an_answer_even_if_the_rest_is_cut(String answer) throws Exception {
        int status = Integer.parseInt(answer.substring(9, 12));
        try (Server server = new Server(answer.getBytes(StandardCharsets.ISO_8859_1), answer.length(), true);
                HttpConnection connection = server.connection()) {
            assertThat(post(connection).status()).isEqualTo(status);
            assertThat(post(connection).status()).isEqualTo(status);
            assertThat(server.connections.get()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok", "HTTP/1.1 200 OK"})
    void a_status_line_is_an_answer_even_if_silence_follows(String answer) throws Exception {
        try (Server server = new Server(answer, answer.length());
                HttpConnection connection = server.connection();
                Expiry expiry = new Expiry(connection)) {
            assertThat(post(connection, () -> {}, Duration.ofSeconds(2)).status())
                    .isEqualTo(200);
            assertThat(post(connection, () -> {}, Duration.ofSeconds(2)).status())
                    .isEqualTo(200);
            assertThat(server.connections.get()).isEqualTo(2);
            assertThat(expiry.isAlive()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 100", "HTTP/1.1 100 Continue"})
    void a_line_that_is_cut_before_a_final_status_is_not_an_answer(String answer) throws Exception {
        try (Server server = new Server(answer.getBytes(StandardCharsets.ISO_8859_1), 20, true);
                HttpConnection connection = server.connection()) {
            assertThatThrownBy(() -> post(connection)).hasMessage("the connection ended in the middle of the answer");
        }
    }

    @Test
    void a_head_without_end_is_no_reason_to_fill_the_memory() throws Exception {
        try (Server server = new Server("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(100_000), 1 << 20);
                HttpConnection connection = server.connection()) {
            assertThat(post(connection).status()).isEqualTo(200);
            assertThat(post(connection).status()).isEqualTo(200);
            assertThat(server.connections.get()).isEqualTo(2);
        }
        for (String answer : List.of("HTTP/1.1 200 OK", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 2000")) {
            try (Server server = new Server(answer + "y".repeat(100_000), 1 << 20);
                    HttpConnection connection = server.connection()) {
                if (answer.endsWith("OK")) {
                    assertThat(post(connection).status()).isEqualTo(200);
                } else {
                    assertThatThrownBy(() -> post(connection)).hasMessageContaining("head is longer than");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0\0\u0012\4\0\0\0\0\0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"})
    void an_answer_in_http_2_is_named(String answer) throws Exception {
        try (Server server = new Server(answer.getBytes(StandardCharsets.ISO_8859_1), 20, true);
                HttpConnection connection = server.connection()) {
            assertThatThrownBy(() -> post(connection)).hasMessageContaining("HTTP/2");
        }
    }

    @Test
    void an_answer_in_tls_asks_for_https() throws Exception {
        String alert = "\25\3\3\0\2\2\106";
        try (Server server = new Server(alert.getBytes(StandardCharsets.ISO_8859_1), 20, true);
                HttpConnection connection = server.connection()) {
            assertThatThrownBy(() -> post(connection)).hasMessageContaining("is it an https endpoint?");
        }
    }

    @Test
    void a_connection_is_given_up_after_its_lifetime() throws Exception {
        try (Server server = new Server(OK, OK.length());
                HttpConnection connection = new HttpConnection(server.target(), new Lifecycle(), Duration.ofNanos(1))) {
            for (int i = 1; i <= 3; i++) {
                assertThat(post(connection).status()).isEqualTo(200);
                assertThat(server.connections.get()).isEqualTo(i);
            }
        }
    }

    @Test
    void an_error_of_the_caller_does_not_leave_half_an_exchange() throws Exception {
        try (Server server = new Server(OK, OK.length());
                HttpConnection connection = server.connection()) {
            assertThatThrownBy(() -> post(connection, () -> {
                        throw new AssertionError("x");
                    }))
                    .isInstanceOf(AssertionError.class);
            assertThat(post(connection).status()).isEqualTo(200);
            assertThat(server.connections.get()).isEqualTo(2);
        }
    }

    @Property(tries = 150)
    void whatever_a_server_sends_there_is_an_answer_or_an_error(
            @ForAll("answers") byte[] answer, @ForAll @IntRange(min = 1, max = 50) int piece) throws Exception {
        try (Server server = new Server(answer, piece, true);
                HttpConnection connection = server.connection()) {
            try {
                assertThat(post(connection).status()).isBetween(200, 599);
            } catch (IOException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Provide
    Arbitrary<byte[]> answers() {
        Arbitrary<byte[]> nearlyRight = Combinators.combine(
                        Arbitraries.integers().between(0, OK.length()),
                        Arbitraries.integers().between(0, OK.length() - 1),
                        Arbitraries.bytes())
                .as((length, at, changed) -> {
                    byte[] bytes = OK.getBytes(StandardCharsets.US_ASCII);
                    bytes[at] = changed;
                    return Arrays.copyOf(bytes, length);
                });
        return Arbitraries.oneOf(Arbitraries.bytes().array(byte[].class).ofMaxSize(200), nearlyRight);
    }

    private static HttpResponse post(HttpConnection connection) throws IOException {
        return post(connection, () -> {});
    }

    private static HttpResponse post(HttpConnection connection, Runnable meanwhile) throws IOException {
        return post(connection, meanwhile, Duration.ofSeconds(20));
    }

    private static HttpResponse post(HttpConnection connection, Runnable meanwhile, Duration timeout)
            throws IOException {
        byte[] bytes = new byte[HttpConnection.HEADROOM + 5];
        System.arraycopy("{\"a\"}".getBytes(StandardCharsets.US_ASCII), 0, bytes, HttpConnection.HEADROOM, 5);
        return connection.post(
                new HttpRequest(bytes, HttpConnection.HEADROOM, bytes.length, false), timeout.toNanos(), meanwhile);
    }

    /** Does what an emitter's timer does. */
    private static final class Expiry implements AutoCloseable {
        private final Thread thread;

        Expiry(HttpConnection connection) {
            thread = new Thread(
                    () -> {
                        while (!Thread.currentThread().isInterrupted()) {
                            LockSupport.parkNanos(20_000_000);
                            connection.expire();
                        }
                    },
                    "expiry");
            thread.start();
        }

        boolean isAlive() {
            return thread.isAlive();
        }

        @Override
        public void close() throws InterruptedException {
            thread.interrupt();
            thread.join();
        }
    }

    /** Responds to each request with the same bytes, in pieces. */
    private static final class Server implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger connections = new AtomicInteger();

        Server(String answer, int piece) throws IOException {
            this(answer.getBytes(StandardCharsets.ISO_8859_1), piece, false);
        }

        Server(byte[] answer, int piece, boolean hangUp) throws IOException {
            Thread thread = new Thread(() -> accept(answer, piece, hangUp), "server");
            thread.setDaemon(true);
            thread.start();
        }

        HttpConnection connection() {
            return new HttpConnection(target(), new Lifecycle());
        }

        HttpTarget target() {
            return new HttpTarget(
                    HttpEndpoint.parse("http://127.0.0.1:" + socket.getLocalPort() + "/collector"),
                    Map.of(),
                    null,
                    null,
                    Duration.ofSeconds(5));
        }

        private void accept(byte[] answer, int piece, boolean hangUp) {
            while (!socket.isClosed()) {
                try {
                    Socket connection = socket.accept();
                    connections.incrementAndGet();
                    Thread thread = new Thread(() -> serve(connection, answer, piece, hangUp), "connection");
                    thread.setDaemon(true);
                    thread.start();
                } catch (IOException e) {
                    return;
                }
            }
        }

        private static void serve(Socket connection, byte[] answer, int piece, boolean hangUp) {
            try (connection) {
                connection.setTcpNoDelay(true);
                InputStream in = connection.getInputStream();
                StringBuilder read = new StringBuilder();
                for (int b = in.read(); b >= 0; b = in.read()) {
                    read.append((char) b);
                    if (read.toString().endsWith("\r\n\r\n{\"a\"}")) {
                        read.setLength(0);
                        for (int at = 0; at < answer.length; at += piece) {
                            connection.getOutputStream().write(answer, at, Math.min(piece, answer.length - at));
                        }
                        if (hangUp) {
                            return;
                        }
                    }
                }
            } catch (IOException e) {
                // The client closed the connection.
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
