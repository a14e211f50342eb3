package dev.internalevents.collector.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryEventStoreTest extends EventStoreContract {

    @Override
    EventStore open() {
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

        assertThat(small.summary(null).total()).isEqualTo(3);
        assertThat(small.summary(null).evicted()).isEqualTo(97);
    }

    @Test
    void one_request_over_the_limit_is_kept_all_the_same() {
        MemoryEventStore small = new MemoryEventStore(10, 1_000);
        small.write(new Events(0).add(Events.payload(Events.START, List.of(), unreadable(100))));
        small.write(new Events(1).add(Events.payload(Events.START, List.of(), unreadable(100_000))));

        assertThat(small.summary(null).total()).isEqualTo(1);
        assertThat(small.withNumber(2)).isPresent();
    }

    private static byte[] unreadable(int length) {
        return "x".repeat(length).getBytes(StandardCharsets.UTF_8);
    }
}
