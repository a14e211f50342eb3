package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.testkit.FakeCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Listeners, interceptors and namespace functions that track, and threads whose stack overflows in the middle of it.
 */
class ReentranceTest {

    private static final int WARM = 20_000;
    private static final int OVERFLOWS = 30;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @ParameterizedTest
    @ValueSource(strings = {"listener", "interceptor", "namespaces"})
    void a_thread_that_overflows_keeps_its_later_events(String kind) throws Exception {
        AtomicInteger told = new AtomicInteger();
        InternalEventsClientBuilder builder = InternalEventsClient.builder().delivery(false);
        switch (kind) {
            case "interceptor" -> builder.interceptor(event -> event.properties());
            case "namespaces" -> builder.namespaces(project -> project);
            default -> builder.listener(event -> {});
        }
        InternalEventsClient client =
                builder.listener(event -> told.incrementAndGet()).build();
        for (int i = 0; i < WARM; i++) {
            client.event("warm").project(1).track();
        }
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < OVERFLOWS; round++) {
                int toldAfterwards = one.submit(() -> {
                            AtomicInteger calls = new AtomicInteger();
                            try {
                                deeper(client, calls);
                            } catch (StackOverflowError e) {
                                // Expected: the recursion never ends.
                            }
                            int before = told.get();
                            for (int i = 0; i < 100; i++) {
                                client.event("later").project(1).track();
                            }
                            return told.get() - before;
                        })
                        .get();
                assertThat(toldAfterwards).as("after %s overflows", round + 1).isEqualTo(100);
            }
        } finally {
            one.shutdownNow();
        }
    }

    private static void deeper(InternalEventsClient client, AtomicInteger calls) {
        boolean returned = false;
        try {
            deeper(client, calls);
            returned = true;
        } finally {
            if (!returned && calls.incrementAndGet() <= 60) {
                client.event("gave_up").project(1).track();
            }
        }
    }

    @Test
    void a_listener_that_tracks_on_another_client_leaves_its_listeners_alone() {
        AtomicInteger told = new AtomicInteger();
        InternalEventsClient audit = InternalEventsClient.builder()
                .delivery(false)
                .listener(event -> told.incrementAndGet())
                .build();
        InternalEventsClient client = InternalEventsClient.builder()
                .delivery(false)
                .listener(event -> audit.trackEvent("copy_of_" + event.name()))
                .build();
        IntStream.range(0, 10).forEach(i -> client.trackEvent("order_paid"));
        assertThat(told).hasValue(10);
    }

    @Test
    void clients_whose_interceptors_track_on_the_next_one_do_not_share_a_depth() {
        AtomicInteger told = new AtomicInteger();
        InternalEventsClient last = InternalEventsClient.builder()
                .delivery(false)
                .listener(event -> told.incrementAndGet())
                .build();
        for (int i = 0; i < 2 * Reentrance.MAX_DEPTH; i++) {
            InternalEventsClient next = last;
            last = InternalEventsClient.builder()
                    .delivery(false)
                    .interceptor(event -> {
                        next.trackEvent(event.name());
                        return event.properties();
                    })
                    .build();
        }
        last.trackEvent("passed_on");
        assertThat(told).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 200})
    void each_of_many_listeners_is_told_of_what_the_others_track(int listeners) {
        int[] told = new int[listeners];
        AtomicReference<InternalEventsClient> client = new AtomicReference<>();
        InternalEventsClientBuilder builder = InternalEventsClient.builder().delivery(false);
        for (int i = 0; i < listeners; i++) {
            int number = i;
            builder.listener(event -> {
                told[number]++;
                if (number == listeners - 1 && event.name().equals("first")) {
                    client.get().trackEvent("second");
                }
            });
        }
        client.set(builder.build());
        client.get().trackEvent("first");
        assertThat(told[listeners - 1]).isEqualTo(1);
        assertThat(IntStream.range(0, listeners - 1).map(i -> told[i])).allMatch(times -> times == 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void an_interceptor_that_tracks_does_not_multiply_events_without_end(int times) {
        AtomicReference<InternalEventsClient> client = new AtomicReference<>();
        client.set(InternalEventsClient.builder()
                .endpoint(sink.url())
                .interceptor(event -> {
                    IntStream.range(0, times).forEach(i -> client.get().trackEvent(event.name()));
                    return event.properties();
                })
                .build());
        for (int event = 1; event <= 2; event++) {
            client.get().trackEvent("again");
            ClientStats stats = client.get().stats();
            long taken = stats.tracked() - stats.dropped();
            assertThat(taken).isGreaterThan((long) event * times);
            assertThat(taken).isLessThanOrEqualTo((long) event * (1 + times + Reentrance.MAX_NESTED));
            assertThat(stats.droppedByReason().get(DropReason.UNREADABLE))
                    .isPositive()
                    .isLessThanOrEqualTo((long) event * times * (Reentrance.MAX_NESTED + times));
        }
        client.get().close();
    }

    @Test
    void a_listener_may_track_many_events_for_one() {
        List<String> told = new ArrayList<>();
        AtomicReference<InternalEventsClient> client = new AtomicReference<>();
        client.set(InternalEventsClient.builder()
                .delivery(false)
                .listener(event -> {
                    if (event.name().equals("import")) {
                        IntStream.range(0, 1_000).forEach(i -> client.get().trackEvent("row"));
                    }
                })
                .listener(event -> told.add(event.name()))
                .build());
        client.get().trackEvent("import");
        assertThat(told).hasSize(1_001);
    }
}
