package dev.internalevents.endtoend;

import static org.awaitility.Awaitility.await;

import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends HTTP requests, as curl would. */
final class Web {

    private Web() {}

    static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return TestHttp.get(url);
    }

    static HttpResponse<String> post(String url, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        return TestHttp.post(
                url,
                body,
                headers.entrySet().stream()
                        .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                        .toArray(String[]::new));
    }

    static JsonNode json(String url) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(get(url).body());
    }

    static void awaitUp(String url) {
        await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> get(url).statusCode() == 200);
    }

    /** Waits until a collector has this number of good events. */
    static JsonNode awaitGood(String collector, int count) {
        return await().atMost(Duration.ofMinutes(2))
                .until(() -> json(collector + "/micro/good"), good -> good.size() >= count);
    }
}
