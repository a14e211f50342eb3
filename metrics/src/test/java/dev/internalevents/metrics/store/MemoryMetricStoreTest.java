package dev.internalevents.metrics.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.DirectEventCounter;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreContract;
import dev.internalevents.metrics.Workload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryMetricStoreTest extends MetricStoreContract {

    @Override
    protected MetricStore open(Counters counters) {
        return new MemoryMetricStore(counters);
    }

    @Test
    void a_batch_is_counted_when_its_block_ends() {
        MemoryMetricStore store = new MemoryMetricStore(counters);
        DirectEventCounter counter = new DirectEventCounter(counters, store);

        counter.batch(() -> {
            Workload.events(2_000, counter::count);
            assertThat(store.count(counters.all().subList(0, 1), MetricStore.ALL_TIME))
                    .isZero();
        });

        assertEqualsRecount(store, 2_000);
    }

    @Test
    void threads_that_count_at_once_lose_nothing() throws InterruptedException {
        MemoryMetricStore store = new MemoryMetricStore(counters);
        DirectEventCounter counter = new DirectEventCounter(counters, store);
        List<Workload.Event> events = new ArrayList<>();
        Workload.events(100_000, events::add);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int quarter = i;
            threads.add(new Thread(() -> {
                for (int at = quarter; at < events.size(); at += 4) {
                    counter.count(events.get(at));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        assertEqualsRecount(store, events.size());
        assertThat(counter.lost()).isZero();
    }
}
