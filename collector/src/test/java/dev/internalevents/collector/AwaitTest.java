package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.testkit.Payloads;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waiting for events: many requests at a time, across resets, and with connections that close. */
@Tag("slow")
class AwaitTest {

    private static final String SCHEMA =
            "{\"self\":{\"vendor\":\"com.acme\",\"name\":\"later\",\"format\":\"jsonschema\",\"version\":\"1-0-0\"},\"type\":\"%s\"}";

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @BeforeEach
    void start() throws Exception {
        collector.start(CollectorSettings.micro());
    }

    @Test
    void many_wait_and_each_is_answered_with_its_own_events() throws Exception {
        track(event("before"), 200);
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            waiting.add(await("{\"where\":{\"app_id\":\"app" + i % 3 + "\"},\"count\":2,\"timeoutMs\":60000}"));
        }
        for (int i = 0; i < 3; i++) {
            track(event("app" + i), 1);
            // Other queries are answered meanwhile.
            assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(201 + i);
        }
        track(event("app0"), 1);
        for (int i = 0; i < 300; i += 3) {
            assertThat(answer(waiting.get(i))).startsWith("HTTP/1.1 200").contains("{\"found\":2,\"asked\":2,");
        }
        track(event("app1") + "," + event("app2"), 1);
        for (Socket socket : waiting) {
            if (!socket.isClosed()) {
                assertThat(answer(socket)).startsWith("HTTP/1.1 200").contains("{\"found\":2,\"asked\":2,");
            }
        }
    }

    @Test
    void what_was_reset_does_not_count() throws Exception {
        Socket waiting = await("{\"count\":2,\"timeoutMs\":60000}");
        track(event("one"), 1);
        collector.post("/micro/reset", "");
        track(event("two"), 1);
        assertThat(found("{\"count\":1,\"timeoutMs\":60000}")).isEqualTo(1);
        assertThat(found("{\"count\":2,\"timeoutMs\":1}")).isEqualTo(1);
        track(event("three"), 1);

        assertThat(answer(waiting))
                .startsWith("HTTP/1.1 200")
                .contains("\"three\"", "\"two\"")
                .doesNotContain("\"one\"");
    }

    @Test
    void a_connection_that_ends_makes_room() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            waiting.add(await("{\"where\":{\"app_id\":\"never\"},\"timeoutMs\":60000}"));
        }
        int status;
        do {
            // Some requests may not have arrived yet, and on a busy machine the first may have timed out already.
            waiting.add(await("{\"where\":{\"app_id\":\"never\"},\"timeoutMs\":60000}"));
            status = collector.post("/micro/await", "{\"timeoutMs\":1}").statusCode();
        } while (status == 408);
        assertThat(status).isEqualTo(503);

        for (Socket socket : waiting) {
            socket.close();
        }
        do {
            status = collector.post("/micro/await", "{\"timeoutMs\":1}").statusCode();
        } while (status == 503);
        assertThat(status).isEqualTo(408);
    }

    @Test
    void an_answer_does_not_wait_until_the_store_is_free() throws Exception {
        track(String.join(",", Collections.nCopies(2_000, event("other"))), 25);
        track(event("there"), 1);
        // Looking for them takes a while: every event is compared with each of these values.
        String values =
                IntStream.range(0, 1_000).mapToObj(i -> "\"never" + i + '"').collect(Collectors.joining(","));
        List<Socket> busy = new ArrayList<>();
        String answer;
        do {
            for (int i = 0; i < 900; i++) {
                busy.add(await("{\"where\":{\"app_id\":[" + values + "]},\"timeoutMs\":60000}"));
            }
            answer = answer(await("{\"where\":{\"app_id\":\"there\"},\"count\":2,\"timeoutMs\":1}"));
            for (Socket socket : busy) {
                socket.close();
            }
            busy.clear();
        } while (!answer.endsWith("\"events\":[]}"));

        assertThat(answer).startsWith("HTTP/1.1 408").contains("\"asked\":2,");
        assertThat(found("{\"where\":{\"app_id\":\"there\"},\"timeoutMs\":60000}"))
                .isEqualTo(1);
    }

    @Test
    void an_event_that_is_good_after_a_retry_is_found(@TempDir Path registry) throws Exception {
        Path schema = SchemaFiles.write(registry, "com.acme/later/jsonschema/1-0-0", String.format(SCHEMA, "array"));
        collector.close();
        collector.start(CollectorSettings.micro().iglu(registry));
        track(Payloads.selfDescribingEvent("iglu:com.acme/later/jsonschema/1-0-0", Map.of(), "aid", "retried"), 1);
        assertThat(collector.json("/micro/all").path("bad").asInt()).isEqualTo(1);
        Socket waiting = await("{\"where\":{\"app_id\":\"retried\"},\"timeoutMs\":60000}");
        track(event("other"), 1);
        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(1);
        Files.writeString(schema, String.format(SCHEMA, "object"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(50))
                .until(() ->
                        collector.json("/micro/failed/retry", "").path("good").asInt() == 1);

        assertThat(answer(waiting)).startsWith("HTTP/1.1 200").contains("\"retried\"");
    }

    private int found(String question) throws Exception {
        return collector.json("/micro/await", question).path("found").asInt();
    }

    private Socket await(String body) throws IOException {
        Socket socket = new Socket("127.0.0.1", collector.port());
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write(("POST /micro/await HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        try (socket) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void track(String events, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            collector.track(events);
        }
    }

    private static String event(String app) {
        return "{\"e\":\"pv\",\"aid\":\"" + app + "\"}";
    }
}
