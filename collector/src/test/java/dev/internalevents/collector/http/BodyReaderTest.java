package dev.internalevents.collector.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every body is released from the in-flight count, whatever happens to it. */
@Timeout(60)
class BodyReaderTest {

    private final Vertx vertx = Vertx.vertx();
    private final BodyReader bodies = BodyReader.start(vertx, 10_000, 1_000, 100_000, Duration.ofSeconds(30));
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = vertx.createHttpServer()
                .invalidRequestHandler(InvalidRequests::answer)
                .requestHandler(request -> bodies.read(request, body -> {
                    if (body.bytes().length == 13) {
                        throw new IllegalArgumentException("thirteen");
                    }
                    Answers.text(request, 200, "read " + body.bytes().length);
                    body.release();
                    body.release();
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void a_body_that_is_cut_off_is_given_back() throws Exception {
        try (Socket socket = sending("Content-Length: 1000\r\n\r\n" + "x".repeat(500))) {
            countsTo(500);
        }
        countsTo(0);
        try (Socket socket = sending("Transfer-Encoding: chunked\r\n\r\n1f4\r\n" + "x".repeat(500) + "\r\n")) {
            countsTo(500);
        }
        countsTo(0);
    }

    @Test
    void a_body_counts_until_it_is_released_and_once() throws Exception {
        try (Socket socket = sending("Content-Length: 5\r\nConnection: close\r\n\r\nhello")) {
            assertThat(answer(socket)).endsWith("read 5");
        }
        countsTo(0);
    }

    @Test
    void a_body_whose_reader_throws_is_given_back() throws Exception {
        try (Socket socket = sending("Content-Length: 13\r\n\r\n" + "x".repeat(12))) {
            countsTo(12);
            socket.getOutputStream().write('x');
            countsTo(0);
        }
    }

    @Test
    void a_body_that_grows_over_the_limit_is_given_back() throws Exception {
        try (Socket socket = sending("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n4e20\r\n"
                + "x".repeat(20_000) + "\r\n0\r\n\r\n")) {
            assertThat(answer(socket)).startsWith("HTTP/1.1 413");
        }
        countsTo(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+5", "-5", "5x", "0x5", "٥", "", "99999999999999999999"})
    void a_length_that_is_no_number_of_bytes_is_refused(String length) throws Exception {
        try (Socket socket = sending("Content-Length: " + length + "\r\nConnection: close\r\n\r\nhello")) {
            assertThat(answer(socket)).containsAnyOf("HTTP/1.1 400", "HTTP/1.1 413");
        }
        countsTo(0);
    }

    private void countsTo(long bytes) {
        while (bodies.bytesInFlight() != bytes) {
            Thread.onSpinWait();
        }
    }

    private Socket sending(String rest) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.actualPort());
        socket.setSoTimeout(30_000);
        socket.getOutputStream()
                .write(("POST / HTTP/1.1\r\nHost: localhost\r\n" + rest).getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
