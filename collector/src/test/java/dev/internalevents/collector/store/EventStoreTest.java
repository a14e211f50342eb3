package dev.internalevents.collector.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RequestBody;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EventStoreTest {

    @Test
    void large_requests_make_room_long_before_the_number_is_reached() {
        EventStore store = new EventStore(1_000_000, 100_000_000);
        for (int i = 0; i < 100; i++) {
            store.add(List.of(failed(8_000_000)));
        }

        assertThat(store.summary().total()).isEqualTo(3);
        assertThat(store.summary().evicted()).isEqualTo(97);
        assertThat(store.newest(event -> true, 10))
                .extracting(StoredEvent::number)
                .containsExactly(100L, 99L, 98L);
    }

    @Test
    void one_request_over_the_limit_is_kept_all_the_same() {
        EventStore store = new EventStore(10, 1_000);
        store.add(List.of(failed(100)));
        store.add(List.of(failed(100_000)));

        assertThat(store.summary().total()).isEqualTo(1);
        assertThat(store.find(2)).isPresent();
        assertThat(store.find(1)).isEmpty();
    }

    @Property(tries = 200)
    void what_is_held_and_what_made_room_is_what_came(
            @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 20) Integer> batches,
            @ForAll @IntRange(min = 1, max = 50) int maxEvents) {
        EventStore store = new EventStore(maxEvents, Long.MAX_VALUE);
        batches.forEach(size -> store.add(Collections.nCopies(size, failed(1))));

        int came = batches.stream().mapToInt(Integer::intValue).sum();
        EventStore.Summary summary = store.summary();
        assertThat(summary.last()).isEqualTo(came);
        assertThat(summary.total()).isEqualTo(Math.min(came, maxEvents));
        assertThat(summary.total() + summary.evicted()).isEqualTo(came);
        assertThat(store.newest(event -> true, Integer.MAX_VALUE)).hasSize(summary.total());
        assertThat(store.reset().total()).isZero();
        assertThat(store.summary().last()).isEqualTo(came);
    }

    private static ProcessedEvent failed(int bytes) {
        CollectorPayload payload = new CollectorPayload(
                new CollectorPayload.Api("com.acme", "v1"),
                null,
                null,
                null,
                RequestBody.of(new byte[bytes]),
                new CollectorPayload.Source("test", "UTF-8", null),
                new CollectorPayload.Context(Instant.EPOCH, null, null, null, List.of(), null));
        return new FailedEvent(
                payload, null, List.of(new Failure(Failure.Step.SPLIT, "the body", null, "", "not JSON")));
    }
}
