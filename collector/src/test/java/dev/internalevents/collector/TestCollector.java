package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.processing.Processor;
import dev.internalevents.store.EventStore;
import dev.internalevents.testkit.TestHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A collector on a free port, and requests to it: well-formed ones from a client, others byte by byte.
 *
 * <p>Tests that need settings of their own have it in a field with {@code @AutoClose} and start it. Tests that share
 * one have it in a static field with {@code @RegisterExtension}: it is started before the first test of the class, its
 * events are removed after each test, and it is closed after the last.
 */
final class TestCollector implements AutoCloseable, BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    static final String TP2 = "/com.snowplowanalytics.snowplow/tp2";

    private static final String CONTENT_TYPE = "Content-Type";

    private final CollectorSettingsBuilder shared;
    private @Nullable Collector running;

    TestCollector() {
        this(CollectorSettings.micro());
    }

    /** @param shared the settings with which the tests of a class share it */
    TestCollector(CollectorSettingsBuilder shared) {
        this.shared = shared;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        start(shared);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException, InterruptedException {
        post("/micro/reset", "");
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    /** Starts the collector. One that was started before is closed first. */
    void start(CollectorSettingsBuilder settings) throws IOException {
        close();
        running = Collector.start(settings.port(0).build());
    }

    /** Does nothing if no collector is running. */
    @Override
    public void close() {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    String url() {
        return running().url();
    }

    int port() {
        return running().port();
    }

    Processor processor() {
        return running().processor();
    }

    EventStore store() {
        return running().store();
    }

    private Collector running() {
        return Objects.requireNonNull(running, "the collector is not running");
    }

    /** Returns the body of a tracker's request with these events, each of them JSON. */
    static String payload(String... events) {
        return "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":["
                + String.join(",", events) + "]}";
    }

    /** Sends a tracker's request with these events, each of them JSON, and checks that it is accepted. */
    void track(String... events) throws IOException, InterruptedException {
        assertThat(post(TP2, payload(events)).statusCode()).isEqualTo(200);
    }

    /** Waits until the events of all requests that were accepted are stored. */
    void awaitStored() {
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
            JsonNode ready = json("/ready");
            return ready.path("processesEvents").asBoolean()
                    && ready.path("waitingRequests").asLong(-1) == 0;
        });
    }

    HttpRequest.Builder to(String path) {
        return TestHttp.to(url() + path);
    }

    /** Repeats the request while the store is being opened, which can take long on a busy machine. */
    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer;
        do {
            answer = once(request);
        } while (answer.statusCode() == 503
                && (answer.body().contains("the store is being opened")
                        || answer.body().contains("the ids of stored events are")));
        return answer;
    }

    HttpResponse<String> once(HttpRequest.Builder request) throws IOException, InterruptedException {
        return TestHttp.send(request);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(to(path).GET());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return post(path, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends JSON, unless the headers have another content type. */
    HttpResponse<String> post(String path, byte[] body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                to(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)).header(CONTENT_TYPE, "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase(CONTENT_TYPE)) {
                request.setHeader(CONTENT_TYPE, headers[i + 1]);
            } else {
                request.header(headers[i], headers[i + 1]);
            }
        }
        return send(request);
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(get(path).body());
    }

    JsonNode json(String path, String body) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(post(path, body).body());
    }

    /** Sends raw bytes and reads until the server closes the connection. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(30_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // The server may answer and close before it has read everything.
            }
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (IOException e) {
                // A reset after the response ends the response.
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }
}
