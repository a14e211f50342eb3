package dev.internalevents.client.definitions;

import dev.internalevents.definitions.read.DefinitionFiles;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventDetails;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.DirectEventCounter;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.store.MemoryMetricStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How definitions determine where an event goes: the classification duo, and the metrics it feeds. */
class ClassifiedEventsTest {

    private static final String EVENT = """
            description: Something happened
            internal_events: true
            action: %s
            identifiers: [user]
            additional_properties:
              label:
                description: What it was
              value:
                description: The session
              flow_type:
                description: The kind of flow
            product_group: duo_chat
            milestone: '18.1'
            tiers: [premium]
            %s
            """;

    @TempDir
    private Path folder;

    private RawSink sink;
    private Dictionary dictionary = Dictionary.EMPTY;

    @BeforeEach
    void start() throws IOException {
        sink = new RawSink();
        Path events = Files.createDirectories(folder.resolve("events"));
        Files.writeString(events.resolve("ask_duo.yml"), EVENT.formatted("ask_duo", "classification: duo"));
        Files.writeString(events.resolve("open_page.yml"), EVENT.formatted("open_page", ""));
        Files.writeString(Files.createDirectories(folder.resolve("metrics")).resolve("pages.yml"), """
                key_path: counts.pages
                description: Count of pages
                value_type: number
                status: active
                time_frame: all
                data_source: internal_events
                product_group: duo_chat
                milestone: '18.1'
                tiers: [premium]
                events:
                - name: open_page
                """);
        dictionary = DefinitionFiles.load(folder);
    }

    @AfterEach
    void stop() {
        sink.close();
    }

    private InternalEventsClientBuilder builder(DefinedEvents check) {
        return InternalEventsClient.builder()
                .endpoint(sink.url())
                .shutdownHook(false)
                .interceptor(check);
    }

    private static void track(InternalEventsClient client) {
        client.event("ask_duo").user(1).value(7).put("flow_type", "chat").track();
        client.event("open_page").user(1).track();
        assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void an_event_of_duo_has_an_ai_context_of_what_it_declares() {
        try (InternalEventsClient client =
                builder(DefinedEvents.lenient(dictionary)).build()) {
            client.event("ask_duo")
                    .user(1)
                    .value(7)
                    .put("flow_type", "chat")
                    .put("workflow_id", "undeclared-secret")
                    .track();
            client.event("open_page").user(1).track();
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(sink.got("\"flow_type\":\"chat\"")).isTrue();
        assertThat(sink.got("com.gitlab/ai_context/jsonschema/1-0-1")).isTrue();
        assertThat(sink.got("\"session_id\":\"7\"")).isTrue();
        assertThat(sink.got("undeclared-secret")).isFalse();
    }

    @Test
    void an_event_of_no_classification_has_no_ai_context() {
        try (InternalEventsClient client =
                builder(DefinedEvents.strict(dictionary)).build()) {
            client.event("open_page").user(1).value(7).track();
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(sink.got("open_page")).isTrue();
        assertThat(sink.got("com.gitlab/ai_context")).isFalse();
    }

    @Test
    void without_product_usage_data_events_of_duo_are_sent_and_all_are_counted() {
        Counters counters = Counters.of(dictionary);
        MemoryMetricStore store = new MemoryMetricStore(counters);
        List<EventDetails> told = new ArrayList<>();
        try (InternalEventsClient client = builder(DefinedEvents.strict(dictionary))
                .productUsageData(false)
                .listener(told::add)
                .listener(new InProcessCounting(new DirectEventCounter(counters, store)))
                .build()) {
            track(client);
            client.event("open_page").user(1).delivery(false).track();
        }
        assertThat(sink.got("ask_duo")).isTrue();
        assertThat(sink.got("open_page")).isFalse();
        assertThat(told).extracting(EventDetails::delivery).containsExactly(true, false, false);
        assertThat(new Metrics(dictionary, counters, store, Clock.systemUTC())
                        .value("counts.pages")
                        .orElseThrow()
                        .current())
                .isEqualByComparingTo("2");
    }

    @Test
    void an_event_that_feeds_a_metric_has_the_context_of_the_service_ping() {
        try (InternalEventsClient client = builder(DefinedEvents.strict(dictionary))
                .servicePingContext(true)
                .build()) {
            track(client);
        }
        assertThat(sink.got("com.gitlab/gitlab_service_ping/jsonschema/1-0-1")).isTrue();
        assertThat(sink.got("\"event_name\":\"open_page\"")).isTrue();
        assertThat(sink.got("\"event_name\":\"ask_duo\"")).isFalse();
    }

    @Test
    void an_extra_tracker_does_not_get_what_is_only_counted() throws IOException {
        Files.writeString(folder.resolve("events/open_page.yml"), EVENT.formatted("open_page", """
                        extra_trackers:
                        - tracking_class: Example::Tracking
                          protected_properties:
                            branch: {description: The branch}
                        """));
        List<EventDetails> tracked = new ArrayList<>();
        ExtraTracker tracker = new ExtraTracker() {
            @Override
            public String trackingClass() {
                return "Example::Tracking";
            }

            @Override
            public void track(EventDetails event) {
                tracked.add(event);
            }
        };
        DefinedEvents check = DefinedEvents.strict(DefinitionFiles.load(folder)).extraTrackers(List.of(tracker));
        try (InternalEventsClient client = builder(check).build();
                InternalEventsClient optedOut =
                        builder(check).productUsageData(false).build()) {
            client.event("open_page").user(1).label("sent").track();
            client.event("open_page").user(1).label("counted").delivery(false).track();
            optedOut.event("open_page").user(1).label("opted out").track();
        }
        assertThat(tracked).extracting(event -> event.properties().label()).containsExactly("sent");
    }

    @Test
    void what_is_known_of_names_is_what_the_files_say() {
        DefinedEvents check = DefinedEvents.lenient(dictionary).masking();
        assertThat(check.isAboutAi("ask_duo")).isTrue();
        assertThat(check.isAboutAi("open_page")).isFalse();
        assertThat(check.isAboutAi("nobody_defined_this")).isFalse();
        assertThat(check.feedsMetric("open_page")).isTrue();
        assertThat(check.feedsMetric("ask_duo")).isFalse();
    }
}
