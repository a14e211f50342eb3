package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.testkit.FakeCollector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A delivery listener may throw anything and call anything: sending continues, and the counters are correct. */
class ListenersTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    private InternalEventsClientBuilder client(boolean withOutbox) {
        InternalEventsClientBuilder builder = InternalEventsClient.builder()
                .endpoint(sink.url())
                .backOff(Duration.ofMillis(1), Duration.ofMillis(20))
                .closeTimeout(LONG);
        return withOutbox ? builder.outbox(folder.resolve("outbox")) : builder;
    }

    static Stream<Arguments> throwables() {
        List<Supplier<Throwable>> all = List.of(
                () -> new IllegalStateException("a listener's"),
                () -> new AssertionError("a listener's"),
                () -> new StackOverflowError("a listener's"),
                () -> new OutOfMemoryError("a listener's"),
                () -> new NoSuchMethodError("a listener's"),
                () -> new InternalError("a listener's"),
                () -> new java.io.IOException("thrown in spite of the compiler"),
                () -> new Throwable("of no kind"));
        return all.stream().flatMap(one -> Stream.of(Arguments.of(one, false), Arguments.of(one, true)));
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void whatever_it_throws_changes_nothing(Supplier<Throwable> throwable, boolean withOutbox) {
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onDelivered(List<SentEvent> events) {
                ListenersTest.<RuntimeException>sneak(throwable.get());
            }

            @Override
            public void onRetried(List<SentEvent> events, String reason) {
                ListenersTest.<RuntimeException>sneak(throwable.get());
            }

            @Override
            public void onRejected(List<SentEvent> events, String reason) {
                ListenersTest.<RuntimeException>sneak(throwable.get());
            }

            @Override
            public void onDropped(String eventName, DropReason reason) {
                ListenersTest.<RuntimeException>sneak(throwable.get());
            }
        };
        AtomicInteger requests = new AtomicInteger();
        sink.answer(events -> switch (requests.getAndIncrement() % 3) {
            case 0 -> 503;
            case 1 -> 400;
            default -> 200;
        });
        InternalEventsClient client =
                client(withOutbox).batchSize(1).deliveryListener(listener).build();
        IntStream.range(0, 30).forEach(i -> client.trackEvent("e" + i));
        assertThat(client.flush(LONG)).isTrue();
        assertThat(client.close(LONG)).isZero();
        client.trackEvent("late");
        assertThat(client.stats())
                .matches(stats -> stats.tracked() == 31
                        && stats.delivered() + stats.rejected() == 30
                        && stats.rejected() > 0
                        && stats.droppedByReason().get(DropReason.CLOSED) == 1
                        && stats.held() == 0);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable throwable) throws E {
        throw (E) throwable;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void it_may_close_the_client(boolean withOutbox) {
        AtomicReference<InternalEventsClient> client = new AtomicReference<>();
        AtomicInteger closed = new AtomicInteger();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onRejected(List<SentEvent> events, String reason) {
                client.get().close();
                closed.incrementAndGet();
            }
        };
        sink.answer(events -> 401);
        client.set(client(withOutbox).deliveryListener(listener).build());
        client.get().trackEvent("unauthorized");
        await().atMost(LONG).until(() -> closed.get() == 1);
        await().atMost(LONG).until(ListenersTest::noThreadIsLeft);
        assertThat(client.get().stats()).matches(stats -> stats.rejected() == 1 && stats.held() == 0);
    }

    private static boolean noThreadIsLeft() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("internal-events-"));
    }

    @Test
    void one_that_does_not_return_does_not_keep_the_client_open() throws Exception {
        CountDownLatch returns = new CountDownLatch(1);
        CountDownLatch called = new CountDownLatch(1);
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onDelivered(List<SentEvent> events) {
                called.countDown();
                boolean isInterrupted = false;
                while (returns.getCount() > 0) {
                    try {
                        returns.await();
                    } catch (InterruptedException e) {
                        isInterrupted = true;
                    }
                }
                if (isInterrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        InternalEventsClient client = client(false).deliveryListener(listener).build();
        client.trackEvent("e");
        called.await();
        assertTimeoutPreemptively(LONG, () -> client.close(Duration.ofMillis(100)));
        returns.countDown();
        await().atMost(LONG).until(ListenersTest::noThreadIsLeft);
        assertThat(client.stats()).matches(stats -> stats.delivered() == 1 && stats.held() == 0);
    }

    @Test
    void one_that_tracks_does_not_wait_for_room_that_it_would_have_to_make() {
        AtomicReference<InternalEventsClient> client = new AtomicReference<>();
        AtomicInteger told = new AtomicInteger();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onDelivered(List<SentEvent> events) {
                if (told.getAndIncrement() == 0) {
                    IntStream.range(0, 5).forEach(i -> client.get().trackEvent("more"));
                }
            }
        };
        client.set(client(false)
                .queueCapacity(2)
                .whenFull(WhenFull.block(Duration.ofDays(1)))
                .deliveryListener(listener)
                .build());
        client.get().trackEvent("e");
        await().atMost(LONG).until(() -> client.get().stats().dropped() == 3);
        assertThat(client.get().flush(LONG)).isTrue();
        client.get().close();
    }

    @Test
    void in_it_a_flush_answers_at_once() {
        AtomicReference<InternalEventsClient> client = new AtomicReference<>();
        AtomicReference<Boolean> flushed = new AtomicReference<>();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onRetried(List<SentEvent> events, String reason) {
                flushed.set(client.get().flush(Duration.ofDays(1)));
            }
        };
        AtomicInteger failures = new AtomicInteger(1);
        sink.answer(events -> failures.getAndDecrement() > 0 ? 503 : 200);
        client.set(client(false).deliveryListener(listener).build());
        client.get().trackEvent("e");
        assertThat(client.get().flush(LONG)).isTrue();
        assertThat(flushed.get()).isFalse();
        client.get().close();
    }

    @Test
    void one_that_tracks_what_was_dropped_is_not_told_of_its_own_events() {
        AtomicReference<InternalEventsClient> client = new AtomicReference<>();
        AtomicInteger told = new AtomicInteger();
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onDropped(String eventName, DropReason reason) {
                told.incrementAndGet();
                client.get().trackEvent("internal_event_dropped", AdditionalProperties.of("label", eventName));
            }
        };
        sink.answer(events -> 503);
        client.set(client(false)
                .queueCapacity(2)
                .batchSize(1)
                .deliveryListener(listener)
                .build());
        IntStream.range(0, 100).forEach(i -> client.get().trackEvent("order_paid"));
        // The listener's own event may find room that has just become free; if not, no listener is notified of its
        // drop.
        assertThat(client.get().drops().get(DropReason.FULL).get("order_paid")).isEqualTo(told.get());
        client.get().close(Duration.ZERO);
        assertThat(client.get().stats())
                .matches(stats ->
                        stats.tracked() == stats.delivered() + stats.rejected() + stats.dropped() + stats.held());
    }
}
