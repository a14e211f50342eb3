package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.testkit.FakeCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The events that a request lists as tracked: those that are sent or counted. */
class ListedEventsTest {

    private final RequestTracking request =
            new RequestTracking(EventContext.builder().realm("saas").build());

    @Test
    void a_client_that_sends_lists_its_events() throws Exception {
        try (FakeCollector sink = new FakeCollector();
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

    @Test
    void a_request_keeps_a_thousand_names_and_one_for_the_others() {
        try (InternalEventsClient client = counting();
                Scope scope = request.makeCurrent()) {
            for (int i = 0; i < 3 * TrackedNames.MAX_NAMES; i++) {
                client.trackEvent("job_" + i);
            }
            client.trackEvent("job_0");
        }
        assertThat(request.trackedEvents())
                .hasSize(TrackedNames.MAX_NAMES + 1)
                .contains("job_0", "job_999", "(others)")
                .doesNotContain("job_1000");
        assertThat(request.trackedEventNames())
                .hasSizeLessThanOrEqualTo(TrackedNames.MAX_JOINED)
                .startsWith("(others),job_0,")
                .endsWith(",(others)");
    }

    @Test
    void threads_that_share_a_request_do_not_exceed_the_limit() throws Exception {
        try (InternalEventsClient client = counting()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                threads.add(new Thread(request.wrap(() ->
                        IntStream.range(0, 400).forEach(event -> client.trackEvent("job_" + number + "_" + event)))));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(request.trackedEvents()).hasSize(TrackedNames.MAX_NAMES + 1).contains("(others)");
    }

    @Test
    void names_for_a_log_line_are_on_one_line_and_as_many_as_there_are() {
        try (InternalEventsClient client = counting();
                Scope scope = request.makeCurrent()) {
            client.trackEvent("a,b");
            client.trackEvent("c\n2026-01-01 INFO forged");
        }
        assertThat(request.trackedEventNames()).isEqualTo("a?b,c\\n2026-01-01 INFO forged");
        assertThat(request.trackedEvents())
                .containsExactly("a,b", "c\n2026-01-01 INFO forged")
                .hasToString("[a?b, c\\n2026-01-01 INFO forged]");
    }

    private static InternalEventsClient counting() {
        return InternalEventsClient.builder()
                .delivery(false)
                .listener(event -> {})
                .build();
    }

    private void track(InternalEventsClient client) {
        try (Scope scope = request.makeCurrent()) {
            client.trackEvent("request_b");
            client.event("request_a").track();
        }
    }
}
