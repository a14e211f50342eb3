package dev.internalevents.client;

import static dev.internalevents.client.TestClients.flush;
import static dev.internalevents.client.TestClients.sendingTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.testkit.CapturedLog;
import dev.internalevents.testkit.FakeCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that are counted and not sent, because of the call or because product usage data is switched off. */
class CountOnlyTest {

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    private final List<EventDetails> told = new ArrayList<>();

    private InternalEventsClientBuilder builder() {
        return sendingTo(sink).listener(told::add);
    }

    @Test
    void one_event_is_counted_and_not_sent() {
        RequestTracking request = new RequestTracking(EventContext.empty());
        try (InternalEventsClient client = builder().build();
                Scope scope = request.makeCurrent()) {
            client.event("counted").label("l").delivery(false).track();
            client.event("sent").delivery(false).delivery(true).track();
            flush(client);

            assertThat(client.stats())
                    .matches(stats -> stats.tracked() == 1 && stats.delivered() == 1 && stats.dropped() == 0);
        }
        assertThat(sink.takenNames()).containsExactly("sent");
        assertThat(told).extracting(EventDetails::name).containsExactly("counted", "sent");
        assertThat(told).extracting(EventDetails::delivery).containsExactly(false, true);
        assertThat(told.get(0).properties().label()).isEqualTo("l");
        assertThat(request.trackedEvents()).containsExactly("counted", "sent");
    }

    @Test
    void an_event_that_is_neither_sent_nor_counted_is_not_listed() {
        RequestTracking request = new RequestTracking(EventContext.empty());
        try (InternalEventsClient client = sendingTo(sink).build();
                Scope scope = request.makeCurrent()) {
            client.event("nowhere").delivery(false).track();
            client.event("sent").track();
            flush(client);
        }
        assertThat(request.trackedEvents()).containsExactly("sent");
        assertThat(sink.takenNames()).containsExactly("sent");
    }

    @Test
    void a_client_that_delivers_nothing_does_not_mark_its_events() {
        try (InternalEventsClient client = builder().delivery(false).build()) {
            client.trackEvent("a");
            client.event("b").delivery(false).track();
        }
        assertThat(told).extracting(EventDetails::delivery).containsExactly(true, false);
    }

    @Test
    void an_interceptor_that_changes_an_event_leaves_it_counted_only() {
        try (InternalEventsClient client = builder()
                .interceptor(event -> AdditionalProperties.of("seen", event.delivery()))
                .build()) {
            client.event("counted").label("l").delivery(false).track();
            flush(client);
        }
        assertThat(told).singleElement().satisfies(event -> {
            assertThat(event.delivery()).isFalse();
            assertThat(event.properties().extra("seen")).isEqualTo(false);
        });
        assertThat(sink.taken()).isEmpty();
    }

    @Test
    void without_product_usage_data_operational_events_alone_are_sent_and_all_are_counted() {
        try (CapturedLog log = CapturedLog.of(InternalEventsClient.class);
                InternalEventsClient client = builder()
                        .productUsageData(false)
                        .interceptor(new TestCatalog(Set.of("duo_event"), Set.of()))
                        .optOutExempt(name -> name.equals("exempt") || name.equals("exempt_too"))
                        .build()) {
            assertThat(log.lines())
                    .contains("INFO Product usage data is switched off: only operational internal events are sent");
            track(client, "usage", "duo_event", "exempt", "message_sent");
            client.event("exempt_too").delivery(false).track();
            flush(client);
            assertThat(client.stats().tracked()).isEqualTo(2);
        }
        assertThat(sink.takenNames()).containsExactly("duo_event", "exempt");
        assertThat(told).extracting(EventDetails::delivery).containsExactly(false, true, true, false, false);
    }

    @Test
    void with_self_hosted_models_no_event_about_ai_is_operational() {
        try (InternalEventsClient client = builder()
                .productUsageData(false)
                .selfHostedAi(true)
                .appId("gitlab_ide_extension")
                .interceptor(new TestCatalog(Set.of("duo_event"), Set.of()))
                .optOutExempt(name -> name.equals("exempt"))
                .build()) {
            track(client, "usage", "duo_event", "exempt", "message_sent");
            flush(client);
        }
        assertThat(sink.takenNames()).containsExactly("exempt");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fifteen_actions_of_the_ide_extension_are_operational(boolean isIdeExtension) {
        String[] actions = {
            "click_button",
            "message_sent",
            "open_quick_chat",
            "shortcut",
            "suggestion_accepted",
            "suggestion_cancelled",
            "suggestion_error",
            "suggestion_loaded",
            "suggestion_not_provided",
            "suggestion_rejected",
            "suggestion_request_rejected",
            "suggestion_requested",
            "suggestion_shown",
            "suggestion_stream_completed",
            "suggestion_stream_started"
        };
        try (InternalEventsClient client = builder()
                .productUsageData(false)
                .appId(isIdeExtension ? "gitlab_ide_extension" : "shop")
                .build()) {
            track(client, actions);
            track(client, "other");
            flush(client);
        }
        assertThat(sink.takenNames()).containsExactly(isIdeExtension ? actions : new String[0]);
        assertThat(told).hasSize(16);
    }

    @Test
    void a_predicate_that_throws_exempts_nothing_and_one_that_tracks_ends() {
        InternalEventsClient[] client = {null};
        try (InternalEventsClient throwing = builder()
                        .productUsageData(false)
                        .optOutExempt(name -> {
                            throw new IllegalStateException("a predicate's");
                        })
                        .build();
                InternalEventsClient tracking = sendingTo(sink)
                        .productUsageData(false)
                        .optOutExempt(name -> {
                            client[0].trackEvent("again");
                            return true;
                        })
                        .build()) {
            throwing.trackEvent("usage");
            flush(throwing);
            assertThat(sink.taken()).isEmpty();
            client[0] = tracking;
            tracking.trackEvent("once");
            flush(tracking);
        }
        assertThat(sink.takenNames()).contains("once").hasSizeLessThan(200);
    }

    private static void track(InternalEventsClient client, String... names) {
        for (String name : names) {
            client.trackEvent(name);
        }
    }

    // The gitlab_service_ping context of events that feed a metric

    private static List<?> servicePing(TrackerPayload event) {
        return event.contexts().list().stream()
                .filter(context ->
                        context.schema().toString().equals("iglu:com.gitlab/gitlab_service_ping/jsonschema/1-0-1"))
                .map(context -> context.data())
                .toList();
    }

    @Test
    void each_event_that_feeds_a_metric_says_so_if_that_was_asked_for() {
        TestCatalog catalog = new TestCatalog(Set.of(), Set.of("counted", "n".repeat(129)));
        try (InternalEventsClient client =
                        builder().servicePingContext(true).interceptor(catalog).build();
                InternalEventsClient withoutDefinitions =
                        builder().servicePingContext(true).build();
                InternalEventsClient off = builder().interceptor(catalog).build()) {
            track(client, "counted", "other", "n".repeat(129));
            flush(client);
            track(withoutDefinitions, "any");
            flush(withoutDefinitions);
            track(off, "counted");
            flush(off);
        }
        assertThat(sink.taken())
                .extracting(CountOnlyTest::servicePing)
                .isEqualTo(List.of(
                        List.of(Map.of("data_source", "redis_hll", "event_name", "counted")),
                        List.of(),
                        List.of(),
                        List.of(Map.of("data_source", "redis_hll", "event_name", "any")),
                        List.of()));
        assertThat(ContextLimits.counts()).containsKey("gitlab_service_ping.event_name");
    }
}
