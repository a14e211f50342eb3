package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who sees events where they are tracked, without a collector. */
class InterceptorsTest {

    private final List<EventDetails> tracked = new ArrayList<>();

    private InternalEventsClient.Builder builder() {
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
}
