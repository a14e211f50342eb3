package dev.internalevents.collector.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slow response sends line feeds meanwhile, and a failure never looks like a success. */
class SignsOfLifeTest {

    private final Vertx vertx = Vertx.vertx();
    private final AtomicReference<SignsOfLife> answer = new AtomicReference<>();
    private final AtomicReference<Context> context = new AtomicReference<>();
    private InputStream body;
    private int status;

    @BeforeEach
    void ask() throws Exception {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> {
                    context.set(Vertx.currentContext());
                    answer.set(new SignsOfLife(request, 5));
                    answer.get().begin();
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        HttpResponse<InputStream> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort()))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        status = response.statusCode();
        body = response.body();
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    @Test
    void the_answer_comes_after_line_feeds() throws Exception {
        assertThat(status).isEqualTo(200);
        assertThat(body.readNBytes(3)).containsOnly('\n');

        context.get().runOnContext(now -> answer.get().json(Map.of("events", 1)));

        assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8).strip())
                .isEqualTo("{\"events\":1}");
    }

    @Test
    void a_failure_is_told_and_the_answer_is_not_complete() throws Exception {
        assertThat(body.readNBytes(3)).containsOnly('\n');

        context.get().runOnContext(now -> answer.get().fail("the store is away"));

        StringBuilder received = new StringBuilder();
        assertThatThrownBy(() -> {
                    for (int c = body.read(); c >= 0; c = body.read()) {
                        received.append((char) c);
                    }
                })
                .isInstanceOf(IOException.class);
        assertThat(received.toString().strip()).isEqualTo("{\"error\":\"the store is away\"}");
    }
}
