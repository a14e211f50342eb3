package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.testkit.FakeCollector;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Interceptors and listeners, without a collector. */
class InterceptorsTest {

    private final List<EventDetails> tracked = new ArrayList<>();

    private InternalEventsClientBuilder builder() {
        return InternalEventsClient.builder().delivery(false).listener(tracked::add);
    }

    @Test
    void a_listener_sees_what_was_tracked_with_its_context() {
        InternalEventsClient client = builder().build();

        client.event("asked").user(3).label("x").category("c").track();

        assertThat(client.isEnabled()).isTrue();
        assertThat(tracked).singleElement().satisfies(event -> {
            assertThat(event.name()).isEqualTo("asked");
            assertThat(event.category()).isEqualTo("c");
            assertThat(event.properties().label()).isEqualTo("x");
            assertThat(event.context().userId()).isEqualTo(3L);
        });
    }

    @Test
    void an_interceptor_changes_properties_or_refuses() {
        InternalEventsClient client = builder()
                .interceptor(
                        event -> AdditionalProperties.builder().label("changed").build())
                .interceptor(event -> {
                    if (event.name().equals("refused")) {
                        throw new RefusedEventException("not this one");
                    }
                    assertThat(event.properties().label()).isEqualTo("changed");
                    return event.properties();
                })
                .build();

        client.trackEvent("asked");
        assertThatThrownBy(() -> client.trackEvent("refused")).hasMessage("not this one");

        assertThat(tracked).extracting(EventDetails::name).containsExactly("asked");
        assertThat(tracked.get(0).properties().label()).isEqualTo("changed");
    }

    @Test
    void what_fails_in_them_harms_no_event() {
        InternalEventsClient client = InternalEventsClient.builder()
                .delivery(false)
                .interceptor(event -> {
                    throw new IllegalStateException("broken");
                })
                .listener(event -> {
                    throw new IllegalStateException("broken too");
                })
                .listener(tracked::add)
                .build();

        assertThatCode(() -> client.trackEvent("asked")).doesNotThrowAnyException();
        assertThat(tracked).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void an_interceptor_that_fails_closed_leaves_no_property(Throwable failure) {
        EventInterceptor.FailClosed check = event -> InterceptorsTest.<RuntimeException>sneak(failure);
        InternalEventsClient client = builder().interceptor(check).build();

        client.event("asked").user(3).label("secret").put("branch", "secret").track();

        assertThat(tracked).singleElement().satisfies(event -> {
            assertThat(event.properties()).isSameAs(AdditionalProperties.NONE);
            assertThat(event.context().userId()).isEqualTo(3L);
        });
    }

    static List<Throwable> failures() {
        return List.of(
                new IllegalStateException("broken"),
                new StackOverflowError(),
                new NoClassDefFoundError("missing"),
                new IOException("not declared"),
                new OutOfMemoryError("unable to create native thread"));
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> AdditionalProperties sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void an_interceptor_drops_an_event_and_the_client_counts_it() throws IOException {
        List<String> seenLater = new ArrayList<>();
        List<String> dropped = new CopyOnWriteArrayList<>();
        try (FakeCollector sink = new FakeCollector();
                InternalEventsClient client = InternalEventsClient.builder()
                        .endpoint(sink.url())
                        .interceptor(event -> switch (event.name()) {
                            case "sampled_out" -> EventInterceptor.DROP;
                            case "not_defined" -> EventInterceptor.DROP_UNDEFINED;
                            // Other empty properties do not drop the event.
                            default -> AdditionalProperties.builder().build();
                        })
                        .interceptor(event -> {
                            seenLater.add(event.name());
                            return event.properties();
                        })
                        .listener(tracked::add)
                        .deliveryListener(new DeliveryListener() {
                            @Override
                            public void onDropped(String eventName, DropReason reason) {
                                dropped.add(eventName + " " + reason);
                            }
                        })
                        .build()) {
            RequestTracking request = new RequestTracking(EventContext.empty());
            try (Scope scope = request.makeCurrent()) {
                client.trackEvent("sampled_out");
                client.trackEvent("not_defined");
                client.event("not_defined").label("x").track();
                client.trackEvent("asked");
            }
            assertThat(client.flush(Duration.ofSeconds(20))).isTrue();

            assertThat(sink.takenNames()).containsExactly("asked");
            assertThat(seenLater).containsExactly("asked");
            assertThat(tracked).extracting(EventDetails::name).containsExactly("asked");
            assertThat(request.trackedEvents()).containsExactly("asked");
            assertThat(client.stats().tracked()).isEqualTo(4);
            assertThat(client.stats().dropped()).isEqualTo(3);
            assertThat(client.drops())
                    .containsOnly(
                            Map.entry(DropReason.INTERCEPTED, Map.of("sampled_out", 1L)),
                            Map.entry(DropReason.UNDEFINED, Map.of("not_defined", 2L)));
            assertThat(dropped)
                    .containsExactly("sampled_out INTERCEPTED", "not_defined UNDEFINED", "not_defined UNDEFINED");
        }
    }

    @Test
    void a_project_without_a_namespace_gets_its_own() {
        InternalEventsClient client = builder()
                .namespaces(project -> {
                    if (project == 13) {
                        throw new IllegalStateException("no such project");
                    }
                    return project == 7 ? 70L : null;
                })
                .build();

        client.event("asked").project(7).track();
        client.event("asked").project(7).namespace(1).track();
        client.event("asked").project(8).track();
        client.event("asked").project(13).track();
        client.event("asked").track();

        assertThat(tracked)
                .extracting(event -> event.context().namespaceId())
                .containsExactly(70L, 1L, null, null, null);
    }

    @Test
    void a_listener_that_tracks_is_not_told_of_what_it_tracks_but_others_are() {
        AtomicReference<InternalEventsClient> client = new AtomicReference<>();
        List<String> auditing = new CopyOnWriteArrayList<>();
        List<String> counting = new CopyOnWriteArrayList<>();
        client.set(InternalEventsClient.builder()
                .delivery(false)
                .listener(event -> {
                    auditing.add(event.name());
                    client.get().trackEvent("audit");
                })
                .listener(event -> counting.add(event.name()))
                .build());
        client.get().trackEvent("e");
        assertThat(auditing).containsExactly("e");
        assertThat(counting).containsExactly("audit", "e");
    }

    @Test
    void an_interceptor_that_tracks_is_called_a_few_times_and_no_more() throws Exception {
        AtomicReference<InternalEventsClient> client = new AtomicReference<>();
        AtomicInteger calls = new AtomicInteger();
        try (FakeCollector sink = new FakeCollector()) {
            client.set(InternalEventsClient.builder()
                    .endpoint(sink.url())
                    .interceptor(event -> {
                        calls.incrementAndGet();
                        client.get().trackEvent("nested");
                        return event.properties();
                    })
                    .build());
            client.get().trackEvent("e");
            assertThat(client.get().flush(Duration.ofSeconds(30))).isTrue();
            assertThat(calls.get()).isLessThan(20);
            assertThat(client.get().stats())
                    .matches(stats -> stats.tracked() == stats.delivered() + stats.dropped() && stats.dropped() == 1);
            client.get().close();
        }
    }
}
