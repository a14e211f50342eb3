package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OutageTest {

    private static final int OUTAGE_SECONDS = 20;

    @Test
    void a_collector_that_was_away_for_twenty_seconds_gets_every_event_once() throws Exception {
        Collector before = Collector.start(CollectorSettings.local(0));
        int port = before.port();
        try (InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create(before.url()))
                .batchSize(10)
                .build()) {
            client.trackEvent("before_the_outage");
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
            before.close();

            ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
            ScheduledFuture<Collector> restart = clock.schedule(
                    () -> Collector.start(CollectorSettings.local(port)), OUTAGE_SECONDS, TimeUnit.SECONDS);
            for (int i = 0; i < 5_000; i++) {
                client.trackEvent("during_the_outage_" + i);
            }
            try (Collector after = restart.get()) {
                // The back-off may have reached half a minute by now, and nothing shortens it.
                JsonNode good = Web.awaitGood(after.url(), 5_000);

                Set<String> ids = new HashSet<>();
                Set<String> names = new HashSet<>();
                good.forEach(event -> {
                    ids.add(event.at("/event/event_id").asString());
                    names.add(event.at("/event/se_action").asString());
                });
                assertThat(good.size()).isEqualTo(5_000);
                assertThat(ids).hasSize(5_000);
                assertThat(names).hasSize(5_000);
                assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
                assertThat(client.stats()).matches(stats -> stats.delivered() == 5_001 && stats.dropped() == 0);
            } finally {
                clock.shutdownNow();
            }
        }
    }
}
