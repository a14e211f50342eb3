package dev.internalevents.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryEventStoreTest extends EventStoreContract {

    @Override
    protected EventStore open() {
        return new MemoryEventStore(1_000, Long.MAX_VALUE);
    }

    @Test
    void the_oldest_make_room_in_number() {
        MemoryEventStore small = new MemoryEventStore(5, Long.MAX_VALUE);
        for (int i = 0; i < 12; i++) {
            small.write(new Events(i).add(Map.of("e", "pv", "eid", id(i))));
        }

        assertThat(small.summary(null)).isEqualTo(new EventStore.Summary(5, 0, 12, 7, 0));
        assertThat(small.find(EventQuery.ALL, 0, 10))
                .extracting(StoredEvent::number)
                .containsExactly(12L, 11L, 10L, 9L, 8L);
    }

    @Test
    void large_requests_make_room_long_before_the_number_is_reached() {
        MemoryEventStore small = new MemoryEventStore(1_000_000, 100_000_000);
        for (int i = 0; i < 100; i++) {
            small.write(new Events(i).add(Events.payload(Events.START, List.of(), unreadable(8_000_000))));
        }

        assertThat(small.summary(null).total()).isEqualTo(12);
        assertThat(small.summary(null).evicted()).isEqualTo(88);
    }

    @Test
    void one_request_over_the_limit_is_kept_all_the_same() {
        MemoryEventStore small = new MemoryEventStore(10, 1_000);
        small.write(new Events(0).add(Events.payload(Events.START, List.of(), unreadable(100))));
        small.write(new Events(1).add(Events.payload(Events.START, List.of(), unreadable(100_000))));

        assertThat(small.summary(null).total()).isEqualTo(1);
        assertThat(small.withNumber(2)).isPresent();
    }

    @Test
    void a_small_event_of_a_large_body_does_not_keep_the_body() {
        MemoryEventStore small = new MemoryEventStore(20_000, 100_000_000);
        for (int i = 0; i < 100; i++) {
            String body = payload("{\"e\":\"pv\"}," + large("nonsense", 100_000));
            Events both = new Events(2L * i)
                    .add(Events.payload(Events.START, List.of(), body.getBytes(StandardCharsets.UTF_8)));
            small.write(new Events(i).take(both.events().get(0)));
        }

        assertThat(small.summary(null)).isEqualTo(new EventStore.Summary(100, 0, 199, 0, 0));
        assertThat(small.bytes()).isLessThan(1_000_000);
        assertThat(small.find(EventQuery.ALL, 0, 100))
                .allMatch(event -> event.event().payload().body() == null
                        && event.event().raw().payload().body() == null);
    }

    @Test
    void a_request_counts_once_as_long_as_one_of_its_events_is_there() {
        MemoryEventStore small = new MemoryEventStore(10, Long.MAX_VALUE);
        String body = payload(large("nonsense", 1_000_000) + ",{\"e\":\"other\"},{\"e\":\"another\"}");
        small.write(new Events(0).add(Events.payload(Events.START, List.of(), body.getBytes(StandardCharsets.UTF_8))));
        assertThat(small.summary(null).bad()).isEqualTo(3);
        // The size of the body and of one event's parameter.
        assertThat(small.bytes()).isBetween(2_000_000L, 2_100_000L);

        for (int i = 3; i < 12; i++) {
            small.write(new Events(i).add(Map.of("e", "pv")));
        }
        assertThat(small.summary(null).bad()).isEqualTo(1);
        assertThat(small.bytes()).isBetween(1_000_000L, 1_100_000L);

        small.write(new Events(12).add(Map.of("e", "pv")));
        assertThat(small.summary(null).bad()).isZero();
        assertThat(small.bytes()).isLessThan(100_000);
    }

    @Test
    void many_small_values_count_as_what_they_take() {
        MemoryEventStore small = new MemoryEventStore(10, Long.MAX_VALUE);
        StringBuilder extra = new StringBuilder("{\"k\":0");
        for (int i = 0; i < 10_000; i++) {
            extra.append(",\"k").append(i).append("\":").append(i);
        }
        String context = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":["
                + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\",\"data\":{\"environment\":\"e\","
                + "\"source\":\"s\",\"extra\":" + extra + "}}}]}";
        small.write(new Events(0).add(Map.of("e", "pv", "co", context)));

        assertThat(small.find(EventQuery.ALL, 0, 1)).allMatch(StoredEvent::isGood);
        assertThat(small.bytes()).isGreaterThan(1_000_000);
    }

    @Test
    void nothing_counts_after_a_reset() {
        MemoryEventStore small = new MemoryEventStore(10, Long.MAX_VALUE);
        small.write(new Events(0)
                .add(Events.payload(Events.START, List.of(), unreadable(1_000)))
                .add(Map.of("e", "pv")));

        small.reset(null);

        assertThat(small.bytes()).isZero();
    }

    private static String large(String kind, int chars) {
        return "{\"e\":\"" + kind + "\",\"page\":\"" + "x".repeat(chars) + "\"}";
    }

    private static String payload(String events) {
        return "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":[" + events
                + "]}";
    }

    private static byte[] unreadable(int length) {
        return "x".repeat(length).getBytes(StandardCharsets.UTF_8);
    }
}
