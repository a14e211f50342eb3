package dev.internalevents.cli.monitor;

import dev.internalevents.cli.http.RunningCollector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every event that arrives between two polls is reported once, in the order of arrival. */
class MonitoredTest {

    private Collector collector;
    private InternalEventsClient client;
    private Monitored monitored;

    @BeforeEach
    void start() throws Exception {
        collector = Collector.start(
                CollectorSettings.micro().port(0).readYourWrites(true).build());
        client = InternalEventsClient.builder()
                .endpoint(URI.create(collector.url()))
                .build();
        track(0, 3);
        monitored = new Monitored(
                CommandLine.populateCommand(new RunningCollector(), "--url", collector.url()), List.of("burst"));
        monitored.start();
    }

    @AfterEach
    void stop() {
        client.close(Duration.ZERO);
        collector.close();
    }

    private void track(int from, int to) {
        for (int i = from; i < to; i++) {
            client.event("burst").label("e" + i).track();
            client.event("other").label("e" + i).track();
            if (i % 1_000 == 0) {
                assertThat(client.flush(Duration.ofSeconds(60))).isTrue();
            }
        }
        assertThat(client.flush(Duration.ofSeconds(60))).isTrue();
    }

    private List<String> look() throws IOException, InterruptedException {
        return monitored.poll().events().stream().map(MonitoredTest::label).toList();
    }

    private static String label(MonitoredEvent event) {
        return event.get(MonitoredEvent.Field.LABEL);
    }

    private static List<String> labels(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "e" + i).toList();
    }

    @Test
    void more_events_than_a_page_has_are_all_seen() throws Exception {
        assertThat(look()).isEmpty();
        for (int count : new int[] {1, 199, 200, 201, 400, 1_250}) {
            track(3, 3 + count);
            assertThat(look()).as("%d events", count).isEqualTo(labels(3, 3 + count));
            assertThat(look()).isEmpty();
        }
        assertThat(monitored.events())
                .hasSize(1_000)
                .first()
                .extracting(MonitoredTest::label)
                .isEqualTo("e1252");
    }
}
