package dev.internalevents.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.collector.Collector;
import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a collector which events it has. */
final class MicroApi {

    private MicroApi() {}

    static JsonNode json(Collector collector, String path) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(TestHttp.get(collector.url() + path).body());
    }

    /** Waits for a good event of an application with this value in a field. */
    static void await(Collector collector, String app, String field, String value)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = TestHttp.send(TestHttp.to(collector.url() + "/micro/await")
                .timeout(Duration.ofSeconds(90))
                .POST(HttpRequest.BodyPublishers.ofString("{\"where\":{\"app_id\":\"" + app + "\",\"" + field + "\":\""
                        + value + "\"},\"timeoutMs\":60000}")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
