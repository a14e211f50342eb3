package dev.internalevents.junit;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.store.EventQuery;
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
}
