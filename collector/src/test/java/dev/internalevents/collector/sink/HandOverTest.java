package dev.internalevents.collector.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.store.Events;
import dev.internalevents.store.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HandOverTest {

    private static final int SIZE = 1_000;

    private final HandOver queue = new HandOver(4_000L * SIZE);
    private final StoredEvent any = new Events(0)
            .add(Map.of("e", "pv", "url", "https://x.test"))
            .events()
            .get(0);
    private long last;

    private StoredEvent event(long number) {
        return new StoredEvent(number, null, any.event());
    }

    private void pass(int count) {
        queue.begin(last);
        for (int i = 1; i <= count; i++) {
            queue.add(event(last + i), SIZE);
        }
    }

    private void commit(int count) {
        pass(count);
        queue.commit();
        last += count;
    }

    /** Takes what there is as a sink's thread does, and returns the numbers that it gets from here or the store. */
    private List<Long> takeAll(long place) {
        List<Long> numbers = new ArrayList<>();
        long at = place;
        while (true) {
            long missing = queue.missing(at);
            HandOver.Batch batch = missing > at ? null : queue.next(at);
            if (missing > at) {
                LongStream.rangeClosed(at + 1, missing).forEach(numbers::add);
                at = missing;
            } else if (batch == null) {
                return numbers;
            } else {
                batch.events().stream().map(StoredEvent::number).forEach(numbers::add);
                at = batch.through();
            }
        }
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void a_sink_that_takes_nothing_does_not_stop_processing_and_misses_nothing() {
        for (int i = 0; i < 200; i++) {
            commit(1_000);
        }

        assertThat(takeAll(0)).isEqualTo(upTo(200_000));
        assertThat(queue.isStored(200_000, 0)).isTrue();
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void a_sink_that_takes_one_batch_at_a_time_does_not_stop_processing() throws InterruptedException {
        Thread slow = new Thread(() -> {
            long at = 0;
            while (at < 5_000) {
                long missing = queue.missing(at);
                HandOver.Batch batch = missing > at ? null : queue.next(at);
                at = batch == null ? missing : batch.through();
                try {
                    queue.pause(300_000_000);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        slow.start();
        for (int i = 0; i < 6; i++) {
            commit(1_000);
        }
        queue.stop();
        slow.join();

        assertThat(queue.last()).isEqualTo(6_000);
    }

    @Test
    void events_of_an_open_transaction_are_passed_and_are_not_stored() {
        pass(600);

        assertThat(takeAll(0)).isEqualTo(upTo(512));
        assertThat(queue.isStored(512, 0)).isFalse();
        assertThat(queue.isStored(0, 0)).isTrue();

        queue.commit();
        assertThat(takeAll(512)).hasSize(88);
        assertThat(queue.isStored(600, 0)).isTrue();
    }

    @Test
    void a_transaction_that_failed_is_taken_back() {
        commit(10);
        pass(600);
        queue.fail();

        assertThat(takeAll(0)).isEqualTo(upTo(10));
        assertThat(queue.failed()).isEqualTo(1);
        assertThat(queue.isStored(10, 0))
                .as("the sink may have taken some of it")
                .isFalse();
        assertThat(queue.isStored(10, 1)).isTrue();
    }

    @Test
    void a_transaction_that_failed_before_anything_was_passed_changes_nothing() {
        pass(100);
        queue.fail();
        pass(100);
        // Begins again without an end.
        commit(50);

        assertThat(queue.failed()).isZero();
        assertThat(takeAll(0)).isEqualTo(upTo(50));
    }

    @Test
    void after_a_failure_the_next_transaction_is_read_from_the_store_and_later_ones_are_passed() {
        pass(600);
        queue.fail();
        commit(600);
        assertThat(queue.missing(0)).isEqualTo(600);
        commit(300);

        assertThat(queue.next(600)).isNotNull();
    }

    @Test
    void another_store_with_the_same_numbers_is_read_from_its_beginning() {
        commit(1_000);
        commit(10);
        assertThat(takeAll(0)).hasSize(1_010);
        pass(300);

        queue.opened(0);
        last = 0;

        assertThat(queue.isStored(5, 0))
                .as("the sink has events of the other store")
                .isFalse();
        commit(300);
        pass(100);
        assertThat(queue.isStored(400, queue.failed())).isFalse();
        assertThat(takeAll(0)).isEqualTo(upTo(300));
        queue.opened(250);
        assertThat(queue.missing(0)).isEqualTo(250);
        assertThat(queue.last()).isEqualTo(250);
    }

    @Test
    void an_event_that_is_larger_than_all_room_is_left_out() {
        queue.begin(0);
        queue.add(event(1), 1L << 40);
        queue.add(event(2), SIZE);
        queue.commit();
        last = 2;

        assertThat(queue.missing(0)).isEqualTo(2);
        commit(3);
        assertThat(takeAll(0)).isEqualTo(upTo(5));
    }
}
