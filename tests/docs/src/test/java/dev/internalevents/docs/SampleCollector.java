package dev.internalevents.docs;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.Scope;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A collector on a folder, with events of three users, page views, and failed events. */
final class SampleCollector implements AutoCloseable {

    private final Collector collector;

    SampleCollector(Path folder) throws IOException, InterruptedException {
        Path registry = Page.HOME.resolve("tests/compatibility/src/test/resources/registry");
        collector = Collector.start(CollectorSettings.collector(folder)
                .port(0)
                .iglu(registry)
                .allowReset(true)
                .compatMicro(true)
                .readYourWrites(true)
                .dictionary(DefinitionFiles.read(Page.HOME.resolve("gateway/src/main/resources/internal-events"))
                        .dictionary())
                .build());
        fill();
    }

    int port() {
        return collector.port();
    }

    /** Sends the events; a script may have removed them. */
    void fill() throws IOException, InterruptedException {
        try (InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create(collector.url()))
                .appId("shop")
                .build()) {
            for (int user = 1; user <= 3; user++) {
                EventContext context = EventContext.builder()
                        .environment("production")
                        .realm("saas")
                        .projectId(7)
                        .build();
                try (Scope scope = context.makeCurrent()) {
                    client.event("view_cart").user(user).track();
                    client.event("place_order")
                            .user(user)
                            .label("books")
                            .value(20 * user)
                            .put("currency", "EUR")
                            .track();
                    client.event("request_complete_code")
                            .user(user)
                            .label("java")
                            .track();
                }
            }
            client.flush(Duration.ofSeconds(20));
        }
        get("/i?e=pv&p=web&tv=js-3&aid=shop&url=https%3A%2F%2Fshop.test%2Fcheckout&page=Checkout&uid=1");
        get("/i?e=pv&p=web&tv=js-3&aid=shop&url=https%3A%2F%2Fshop.test%2F&page=Home&uid=2&se_va=abc&res=wide");
        get("/micro/all");
    }

    JsonNode sql(String sql) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(collector.url() + "/micro/sql"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(JsonMapper.shared()
                                        .createObjectNode()
                                        .put("sql", sql)
                                        .toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.body() + "\n" + sql);
        }
        return JsonMapper.shared().readTree(answer.body());
    }

    String get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(collector.url() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Override
    public void close() {
        collector.close();
    }
}
