package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which events a request lists as tracked: those that are sent or counted. */
class ListedEventsTest {

    private final RequestTracking request =
            new RequestTracking(EventContext.builder().realm("saas").build());

    @Test
    void a_client_that_sends_lists_its_events() throws Exception {
        try (Sink sink = new Sink();
                InternalEventsClient client =
                        InternalEventsClient.builder().endpoint(sink.url()).build()) {
            track(client);
        }
        assertThat(request.trackedEvents()).containsExactly("request_a", "request_b");
    }

    @Test
    void a_client_that_only_counts_lists_its_events() {
        try (InternalEventsClient client = InternalEventsClient.builder()
                .delivery(false)
                .listener(event -> {})
                .build()) {
            track(client);
        }
        assertThat(request.trackedEvents()).containsExactly("request_a", "request_b");
    }

    @Test
    void a_client_that_neither_sends_nor_counts_lists_nothing() {
        try (InternalEventsClient disabled = InternalEventsClient.disabled();
                InternalEventsClient checking = InternalEventsClient.builder()
                        .delivery(false)
                        .interceptor(event -> event.properties())
                        .build()) {
            track(disabled);
            track(checking);
        }
        assertThat(request.trackedEvents()).isEmpty();
    }

    private void track(InternalEventsClient client) {
        try (Scope scope = request.makeCurrent()) {
            client.trackEvent("request_b");
            client.event("request_a").track();
        }
    }
}
