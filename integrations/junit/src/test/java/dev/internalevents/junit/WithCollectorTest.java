package dev.internalevents.junit;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.StoredEvent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@InternalEventsTest(collector = true)
class WithCollectorTest {

    @Test
    void events_arrive_at_a_collector(InternalEventsClient client, Collector collector) {
        assertThatCode(() -> client.event("web_ide_viewed").user(1).track())
                .triggersInternalEvent("web_ide_viewed")
                .once();

        client.flush(Duration.ofSeconds(10));
        collector.processor().caughtUp().join();
        assertThat(collector.store().count(EventQuery.ALL)).isEqualTo(1);
    }

    @Test
    void a_collector_in_memory_comes_without_duckdb() {
        assertThat(Thread.currentThread().getContextClassLoader().getResource("org/duckdb/DuckDBDriver.class"))
                .isNull();
    }

    @Test
    void an_event_can_be_read_from_the_store(InternalEventsClient client, Collector collector) {
        client.trackEvent("web_ide_viewed");

        client.flush(Duration.ofSeconds(10));
        collector.processor().caughtUp().join();
        StoredEvent event = collector.store().find(EventQuery.ALL, 0, 10).get(0);
        assertThat(event.isGood()).isTrue();
        assertThat(collector).hasToString("Collector " + collector.url());
    }

    @Test
    void an_event_that_is_still_to_come_is_awaited(InternalEventsClient client, Collector collector) throws Exception {
        client.trackEvent("web_ide_viewed");

        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(collector.url() + "/micro/await"))
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"where\":{\"se_action\":\"web_ide_viewed\"},\"count\":1,\"timeoutMs\":30000}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("web_ide_viewed");
    }
}
