package dev.internalevents.collector.processing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.WaitingEvent;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.store.MemoryEventStore;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AsideTest {

    private static final byte[] FRAME = new byte[100];

    private final Aside aside = new Aside(new MemoryEventStore(10, 1 << 20), 1 << 20, Aside.MAX_WAIT);

    private static WaitingEvent event(int index) {
        CollectorPayload payload = new CollectorPayload(
                new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp2"),
                null,
                null,
                null,
                null,
                new CollectorPayload.Source("test", "UTF-8", null),
                new CollectorPayload.Context(Instant.EPOCH, null, null, null, List.of(), null));
        return new WaitingEvent(
                FailedEvent.unreadable(
                        payload, index, new Failure(Failure.Step.REGISTRY, "the event", null, "", "no answer")),
                new WaitingEvent.LookUp(
                        SchemaKey.parse("iglu:com.acme/event/jsonschema/1-0-0"),
                        new CompletableFuture<>(),
                        () -> true));
    }

    private static String reason(FailedEvent event) {
        return event.failures().get(0).message();
    }

    @Test
    void an_event_beyond_the_limit_of_events_names_that_limit() {
        for (int i = 0; i < Aside.MAX_EVENTS; i++) {
            assertThat(aside.put("request", event(i), FRAME)).isEqualTo(Aside.Put.WAITS);
        }
        WaitingEvent more = event(Aside.MAX_EVENTS);

        assertThat(aside.put("request", more, FRAME)).isEqualTo(Aside.Put.LIMIT_REACHED);
        assertThat(reason(aside.tooMany(more))).contains("because 100000 events are already waiting");
    }

    @Test
    void an_event_beyond_the_limit_of_requests_names_that_limit() {
        for (int i = 0; i < Aside.MAX_REQUESTS; i++) {
            assertThat(aside.put("request " + i, event(0), FRAME)).isEqualTo(Aside.Put.WAITS);
        }
        aside.committed();
        WaitingEvent more = event(0);

        assertThat(aside.put("another", more, FRAME)).isEqualTo(Aside.Put.LIMIT_REACHED);
        assertThat(reason(aside.tooMany(more))).contains("because 10000 requests with 0 MB are already waiting");
    }
}
