package dev.internalevents.client.internal.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventQueueTest {

    @Test
    void an_event_tracked_after_another_threads_call_had_returned_is_taken_after_it() throws Exception {
        int threads = 4;
        int events = 8_000;
        EventQueue queue = new EventQueue(100_000, 1 << 30, new Wakeup());
        AtomicInteger turn = new AtomicInteger();
        List<Thread> writers = IntStream.range(0, threads)
                .mapToObj(t -> new Thread(() -> {
                    for (int i = t; i < events; i += threads) {
                        while (turn.get() != i) {
                            Thread.yield();
                        }
                        assertThat(queue.add(TestEvent.now(Integer.toString(i))))
                                .isTrue();
                        turn.set(i + 1);
                    }
                }))
                .toList();
        writers.forEach(Thread::start);

        List<Integer> taken = new ArrayList<>();
        while (taken.size() < events) {
            drain(queue, taken);
            Thread.yield();
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(taken).isEqualTo(IntStream.range(0, events).boxed().toList());
    }

    @Test
    void one_thread_gets_exactly_the_room_there_is() {
        EventQueue queue = new EventQueue(1_000, 1 << 20, new Wakeup());
        for (int round = 0; round < 5; round++) {
            int added = 0;
            while (queue.add(TestEvent.now("0"))) {
                added++;
            }
            assertThat(added).isEqualTo(1_000);
            assertThat(queue.isHalfFull()).isTrue();
            List<Integer> taken = new ArrayList<>();
            drain(queue, taken);
            assertThat(taken).hasSize(1_000);
        }
    }

    @Test
    void bytes_bound_it_too() {
        EventQueue queue = new EventQueue(1_000_000, 64_000, new Wakeup());
        int added = 0;
        while (queue.add(TestEvent.heavy("0", 640))) {
            added++;
        }
        assertThat(added).isEqualTo(100);
        assertThat(queue.neverFits(TestEvent.heavy("0", 64_001))).isTrue();
        assertThat(queue.neverFits(TestEvent.heavy("0", 64_000))).isFalse();
    }

    @Test
    void an_event_as_heavy_as_the_whole_queue_fits_an_empty_one_that_many_threads_have_used() throws Exception {
        EventQueue queue = new EventQueue(1_000, 1 << 20, new Wakeup());
        TestEvent heavy = TestEvent.heavy("heavy", 1 << 20);
        for (int i = 0; i < 16; i++) {
            Thread writer = new Thread(() -> queue.add(TestEvent.heavy("0", 10_000)));
            writer.start();
            writer.join();
        }
        assertThat(queue.add(heavy)).isFalse();
        drain(queue, new ArrayList<>());

        assertThat(queue.add(heavy)).isTrue();
    }

    @Test
    void many_threads_never_get_more_room_than_there_is_and_nearly_all_of_it() throws Exception {
        int capacity = 10_000;
        EventQueue queue = new EventQueue(capacity, 1 << 30, new Wakeup());
        AtomicInteger added = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> writers = IntStream.range(0, 16)
                .mapToObj(t -> new Thread(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        return;
                    }
                    while (queue.add(TestEvent.now("0"))) {
                        added.incrementAndGet();
                    }
                }))
                .toList();
        writers.forEach(Thread::start);
        start.countDown();
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(added.get()).isBetween(capacity * 95 / 100, capacity);
        assertThat(queue.size()).isEqualTo(added.get());
    }

    @Test
    void room_that_is_given_back_is_never_lost() throws Exception {
        EventQueue queue = new EventQueue(64, 1 << 20, new Wakeup());
        List<Thread> writers = IntStream.range(0, 4)
                .mapToObj(t -> new Thread(() -> {
                    for (int i = 0; i < 20_000; ) {
                        if (queue.add(TestEvent.heavy("0", 100 + i % 1_000))) {
                            i++;
                        } else {
                            Thread.yield();
                        }
                    }
                }))
                .toList();
        writers.forEach(Thread::start);
        List<Integer> taken = new ArrayList<>();
        while (taken.size() < 80_000) {
            drain(queue, taken);
        }
        for (Thread writer : writers) {
            writer.join();
        }
        int added = 0;
        while (queue.add(TestEvent.now("0"))) {
            added++;
        }
        assertThat(added).isGreaterThanOrEqualTo(64 - 8);
    }

    @Test
    void a_ring_takes_memory_as_it_fills() {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        for (int capacity : new int[] {10_000, 10_000_000, Integer.MAX_VALUE}) {
            long before = threads.getCurrentThreadAllocatedBytes();
            EventQueue queue = new EventQueue(capacity, Long.MAX_VALUE, new Wakeup());
            for (int i = 0; i < 500; i++) {
                assertThat(queue.add(TestEvent.now("" + i))).isTrue();
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000_000);
            List<Integer> taken = new ArrayList<>();
            drain(queue, taken);
            assertThat(taken).hasSize(500);
        }
    }

    @Test
    void chunks_are_used_again_in_order() {
        EventQueue queue = new EventQueue(5_000, Long.MAX_VALUE, new Wakeup());
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        TestEvent[] events = new TestEvent[4_900];
        for (int i = 0; i < events.length; i++) {
            events[i] = TestEvent.now("" + i);
        }
        long allocated = 0;
        for (int round = 0; round < 50; round++) {
            int many = 1 + (round * 977) % events.length;
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < many; i++) {
                assertTrue(queue.add(events[i]));
            }
            queue.look();
            for (int i = 0; i < many; i++) {
                assertSame(events[i], queue.peek());
                queue.remove(events[i]);
            }
            queue.release();
            allocated += threads.getCurrentThreadAllocatedBytes() - before;
        }
        // Eight chunks of a ring, and some unrelated allocations.
        assertThat(allocated).isLessThan(300_000);
    }

    @Test
    void a_weight_below_zero_gives_no_room() {
        EventQueue queue = new EventQueue(100, 10_000, new Wakeup());
        for (int i = 0; i < 50; i++) {
            assertThat(queue.add(TestEvent.heavy("1", Integer.MIN_VALUE + i))).isTrue();
        }
        drain(queue, new ArrayList<>());
        int added = 0;
        while (queue.add(TestEvent.now("1"))) {
            added++;
        }
        assertThat(added).isBetween(40, 50);
    }

    private static void drain(EventQueue queue, List<Integer> into) {
        queue.look();
        for (OutgoingEvent event = queue.peek(); event != null; event = queue.peek()) {
            queue.remove(event);
            into.add(Integer.valueOf(event.name()));
        }
        queue.release();
    }
}
