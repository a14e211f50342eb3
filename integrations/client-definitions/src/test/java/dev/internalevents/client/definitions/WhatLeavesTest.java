package dev.internalevents.client.definitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventDetails;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.client.RefusedEventException;
import dev.internalevents.client.Scope;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks what a collector receives of a defined event, in the bytes that are sent and those stored on disk. */
class WhatLeavesTest {

    private static final String EVENT = "code_suggestion_accepted_in_ide";
    private static final String AI_TRACKING = "Gitlab::Tracking::AiTracking";

    private static final List<String> SECRETS = List.of(
            "secret-branch-of-a-customer",
            "secret-editor-of-a-user",
            "secret-reviewer-of-a-change",
            "secret-undeclared-value",
            "secret-undeclared-property",
            "secret-value-in-a-list",
            "undeclared_key_itself",
            "not_defined_anywhere",
            "secret-label-of-the-undefined");

    private static final List<String> PUBLIC = List.of(EVENT, "public-label", "public-language", "public-engine");

    private final Dictionary dictionary =
            DefinitionFiles.loadFromClassPath("internal-events", WhatLeavesTest.class.getClassLoader());

    private RawSink sink;

    @TempDir
    private Path outbox;

    @BeforeEach
    void start() throws IOException {
        sink = new RawSink();
    }

    @AfterEach
    void stop() {
        sink.close();
    }

    /** Records the events it receives. */
    private record Kept(String trackingClass, List<EventDetails> events) implements ExtraTracker {

        Kept(String trackingClass) {
            this(trackingClass, new ArrayList<>());
        }

        @Override
        public void track(EventDetails event) {
            events.add(event);
        }
    }

    private InternalEventsClientBuilder builder(DefinedEvents events) {
        return InternalEventsClient.builder()
                .endpoint(sink.url())
                .shutdownHook(false)
                .backOff(Duration.ofMillis(5), Duration.ofMillis(20))
                .interceptor(events);
    }

    private static void trackAll(InternalEventsClient client) {
        client.event(EVENT)
                .user(1)
                .project(2)
                .label("public-label")
                .property("secret-undeclared-property")
                .value(42)
                .put("language", "public-language")
                .put("branch_name", "secret-branch-of-a-customer")
                .put("ide_name", "secret-editor-of-a-user")
                .put("reviewer", "secret-reviewer-of-a-change")
                .put("unknown_prop", "secret-undeclared-value")
                .put("a_list", List.of(Map.of("a", "secret-value-in-a-list")))
                .put("undeclared_key_itself", true)
                .put("model_engine", "public-engine")
                .track();
        client.event("not_defined_anywhere")
                .label("secret-label-of-the-undefined")
                .track();
    }

    @ParameterizedTest
    @ValueSource(strings = {"production", "staging"})
    void only_what_is_declared_is_in_the_bytes_sent(String environment) {
        DefinedEvents events = DefinedEvents.forEnvironment(dictionary, environment);
        try (InternalEventsClient client = builder(events).build()) {
            trackAll(client);
            assertThat(client.flush(Duration.ofSeconds(20))).isTrue();

            assertThat(PUBLIC).allMatch(sink::got);
            assertThat(SECRETS).noneMatch(sink::got);
            assertThat(client.stats().delivered()).isEqualTo(1);
            assertThat(client.drops())
                    .containsOnly(Map.entry(DropReason.UNDEFINED, Map.of("not_defined_anywhere", 1L)));
            assertThat(events.propertiesNotSent())
                    .containsOnly(Map.entry(
                            EVENT,
                            Map.of(
                                    "property", 1L,
                                    "branch_name", 1L,
                                    "ide_name", 1L,
                                    "reviewer", 1L,
                                    "unknown_prop", 1L,
                                    "a_list", 1L,
                                    "undeclared_key_itself", 1L)));
        }
    }

    @Test
    void only_what_is_declared_is_in_the_files_of_the_outbox() throws IOException {
        sink.answer(503);
        try (InternalEventsClient client = builder(DefinedEvents.lenient(dictionary))
                .outbox(outbox)
                .closeTimeout(Duration.ofMillis(100))
                .build()) {
            trackAll(client);
        }
        for (String value : PUBLIC) {
            assertThat(RawSink.holds(outbox, value)).as(value).isTrue();
        }
        for (String secret : SECRETS) {
            assertThat(RawSink.holds(outbox, secret)).as(secret).isFalse();
        }

        sink.answer(200);
        try (InternalEventsClient next =
                builder(DefinedEvents.lenient(dictionary)).outbox(outbox).build()) {
            assertThat(next.flush(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(PUBLIC).allMatch(sink::got);
        assertThat(SECRETS).noneMatch(sink::got);
    }

    @Test
    void an_extra_tracker_gets_what_is_protected_for_it_and_the_collector_does_not() {
        Kept ai = new Kept(AI_TRACKING);
        Kept audit = new Kept("Example::Audit");
        Kept other = new Kept("Example::Other");
        List<EventDetails> listened = new ArrayList<>();
        DefinedEvents events = DefinedEvents.lenient(dictionary).extraTrackers(List.of(ai, audit, other));
        try (InternalEventsClient client =
                builder(events).listener(listened::add).build()) {
            trackAll(client);
            assertThat(client.flush(Duration.ofSeconds(20))).isTrue();
        }

        assertThat(ai.events).singleElement().satisfies(event -> {
            assertThat(event.name()).isEqualTo(EVENT);
            assertThat(event.context().userId()).isEqualTo(1L);
            assertThat(event.properties().label()).isEqualTo("public-label");
            assertThat(event.properties().property()).isNull();
            assertThat(event.properties().value()).isEqualTo(42L);
            assertThat(event.properties().extra())
                    .containsOnly(
                            Map.entry("language", "public-language"),
                            Map.entry("model_engine", "public-engine"),
                            Map.entry("branch_name", "secret-branch-of-a-customer"),
                            Map.entry("ide_name", "secret-editor-of-a-user"));
        });
        assertThat(audit.events)
                .singleElement()
                .satisfies(event -> assertThat(event.properties().extra())
                        .containsOnlyKeys("language", "model_engine", "reviewer"));
        assertThat(other.events).isEmpty();
        assertThat(listened)
                .singleElement()
                .satisfies(
                        event -> assertThat(event.properties().extra()).containsOnlyKeys("language", "model_engine"));
        assertThat(SECRETS).noneMatch(sink::got);
        // The property reached its tracker, so that is not a problem.
        assertThat(events.problems().keySet()).noneMatch(message -> message.contains("branch_name"));
        assertThat(events.propertiesNotSent().get(EVENT)).containsEntry("branch_name", 1L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"development", "test"})
    void strictness_changes_nothing_of_what_leaves(String environment) {
        Kept ai = new Kept(AI_TRACKING);
        DefinedEvents events =
                DefinedEvents.forEnvironment(dictionary, environment).extraTrackers(List.of(ai));
        try (InternalEventsClient client = builder(events).build()) {
            client.event(EVENT)
                    .user(1)
                    .label("public-label")
                    .property("secret-undeclared-property")
                    .put("language", "public-language")
                    .put("branch_name", "secret-branch-of-a-customer")
                    .put("model_engine", "public-engine")
                    .track();
            assertThatThrownBy(() -> client.event(EVENT)
                            .put("unknown_prop", "secret-undeclared-value")
                            .track())
                    .isInstanceOf(InvalidPropertyException.class);
            assertThat(client.flush(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(PUBLIC).allMatch(sink::got);
        assertThat(SECRETS).noneMatch(sink::got);
        assertThat(ai.events)
                .singleElement()
                .satisfies(event -> assertThat(event.properties().extra()).containsKey("branch_name"));
    }

    @Test
    void a_check_leaves_label_property_and_value_as_they_were_given() {
        Kept ai = new Kept(AI_TRACKING);
        List<EventDetails> listened = new ArrayList<>();
        DefinedEvents events = DefinedEvents.lenient(dictionary).extraTrackers(List.of(ai));
        try (InternalEventsClient client =
                builder(events).listener(listened::add).build()) {
            client.event(EVENT)
                    .put("label", new StringBuilder("other-label"))
                    .label("public-label")
                    .put("branch_name", "secret-branch-of-a-customer")
                    .put("unknown_prop", "secret-undeclared-value")
                    .track();
        }
        assertThat(ai.events)
                .singleElement()
                .satisfies(event -> assertThat(event.properties().label()).isEqualTo("public-label"));
        assertThat(listened).singleElement().satisfies(event -> {
            assertThat(event.properties().label()).isEqualTo("public-label");
            assertThat(event.properties().extra()).containsOnly(Map.entry("label", "other-label"));
        });
        assertThat(events.problems().keySet())
                .filteredOn(message -> message.contains("\"label\""))
                .singleElement()
                .asString()
                .contains("must be a string, is of another type and sent among the other properties, as a string");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_check_has_no_limits_of_its_own(boolean masking) {
        Kept ai = new Kept(AI_TRACKING);
        DefinedEvents events = DefinedEvents.lenient(dictionary).extraTrackers(List.of(ai));
        List<String> rows = new ArrayList<>(Collections.nCopies(9_000, "x".repeat(200)));
        rows.set(10, "someone@example.com");
        try (InternalEventsClient client = builder(masking ? events.masking() : events)
                .maxRequestBytes(5_000_000)
                .build()) {
            client.event(EVENT)
                    .label("public-label")
                    .put("language", rows)
                    .put("branch_name", "secret-branch-of-a-customer")
                    .put("unknown_prop", "secret-undeclared-value")
                    .track();
            assertThat(client.flush(Duration.ofSeconds(20))).isTrue();
            assertThat(client.stats().delivered()).as("%s", client.drops()).isEqualTo(1);
        }
        assertThat(sink.got("public-label")).isTrue();
        assertThat(SECRETS).noneMatch(sink::got);
        assertThat(ai.events).singleElement().satisfies(event -> {
            assertThat((List<?>) event.properties().extra("language"))
                    .hasSize(9_000)
                    .satisfies(sent ->
                            assertThat(sent.contains("someone@example.com")).isEqualTo(!masking));
            assertThat(event.properties().extra()).containsKey("branch_name");
        });
    }

    @Test
    void extra_trackers_are_called_after_a_stack_overflow_in_one() throws Exception {
        Kept ai = new Kept(AI_TRACKING);
        DefinedEvents events = DefinedEvents.lenient(dictionary).extraTrackers(List.of(ai));
        try (InternalEventsClient client = builder(events).delivery(false).build()) {
            for (int i = 0; i < 20_000; i++) {
                trackProtected(client);
            }
            ExecutorService one = Executors.newSingleThreadExecutor();
            for (int round = 0; round < 30; round++) {
                int called = one.submit(() -> {
                            AtomicInteger calls = new AtomicInteger();
                            EndOfStack.approach(() -> {
                                if (calls.incrementAndGet() <= 60) {
                                    trackProtected(client);
                                }
                            });
                            ai.events.clear();
                            trackProtected(client);
                            return ai.events.size();
                        })
                        .get();
                assertThat(called).as("after %s overflows", round + 1).isEqualTo(1);
            }
            one.shutdownNow();
        }
    }

    @Test
    void an_extra_tracker_that_tracks_on_another_client_leaves_its_trackers_alone() {
        Kept audit = new Kept(AI_TRACKING);
        try (InternalEventsClient other = builder(
                        DefinedEvents.lenient(dictionary).extraTrackers(List.of(audit)))
                .delivery(false)
                .build()) {
            ExtraTracker copying = new ExtraTracker() {
                @Override
                public String trackingClass() {
                    return AI_TRACKING;
                }

                @Override
                public void track(EventDetails event) {
                    trackProtected(other);
                }
            };
            try (InternalEventsClient client = builder(
                            DefinedEvents.lenient(dictionary).extraTrackers(List.of(copying)))
                    .delivery(false)
                    .build()) {
                trackProtected(client);
            }
        }
        assertThat(audit.events).hasSize(1);
    }

    @Test
    void a_protected_property_without_a_tracker_is_logged_by_name() {
        DefinedEvents events = DefinedEvents.lenient(dictionary);
        try (InternalEventsClient client = builder(events).delivery(false).build()) {
            client.event(EVENT).put("branch_name", "x").track();
        }
        assertThat(events.problems())
                .containsKey("the property \"branch_name\" of the event \"" + EVENT + "\" is protected, for "
                        + AI_TRACKING + ", and no such extra tracker is registered");
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                IllegalStateException.class,
                StackOverflowError.class,
                AssertionError.class,
                NoClassDefFoundError.class,
                Error.class,
                IOException.class,
                RefusedEvent.class,
                OutOfMemoryError.class
            })
    void what_an_extra_tracker_throws_harms_nothing(Class<? extends Throwable> type) throws Exception {
        harmsNothing(type.getDeclaredConstructor().newInstance());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unable to create native thread: possibly out of memory or process/resource limits reached",
                "Requested array size exceeds VM limit",
                "Cannot reserve 1048576 bytes of direct buffer memory"
            })
    void an_extra_tracker_without_a_thread_or_a_buffer_harms_nothing(String message) {
        harmsNothing(new OutOfMemoryError(message));
    }

    private void harmsNothing(Throwable thrown) {
        Kept after = new Kept(AI_TRACKING);
        ExtraTracker failing = failing(thrown);
        DefinedEvents events = DefinedEvents.strict(dictionary).extraTrackers(List.of(failing, after));
        try (InternalEventsClient client = builder(events).build()) {
            assertThatCode(() -> trackProtected(client)).doesNotThrowAnyException();
            assertThat(client.flush(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(sink.got("public-label")).isTrue();
        assertThat(SECRETS).noneMatch(sink::got);
        assertThat(after.events).hasSize(1);
        assertThat(events.problems().keySet())
                .singleElement()
                .asString()
                .startsWith("the extra tracker \"" + AI_TRACKING + "\" failed with "
                        + thrown.getClass().getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Java heap space", "GC overhead limit exceeded", "Metaspace"})
    void an_extra_tracker_at_the_end_of_the_memory_keeps_the_event_from_leaving(String message) {
        OutOfMemoryError thrown = new OutOfMemoryError(message);
        DefinedEvents events = DefinedEvents.lenient(dictionary).extraTrackers(List.of(failing(thrown)));
        try (InternalEventsClient client = builder(events).build()) {
            assertThatThrownBy(() -> trackProtected(client)).isSameAs(thrown);
            assertThat(client.flush(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(SECRETS).noneMatch(sink::got);
    }

    private static void trackProtected(InternalEventsClient client) {
        client.event(EVENT)
                .user(1)
                .label("public-label")
                .put("branch_name", "secret-branch-of-a-customer")
                .track();
    }

    private static ExtraTracker failing(Throwable thrown) {
        return new ExtraTracker() {
            @Override
            public String trackingClass() {
                return AI_TRACKING;
            }

            @Override
            public void track(EventDetails event) {
                WhatLeavesTest.<RuntimeException>sneak(thrown);
            }
        };
    }

    /** Intended for interceptors, but thrown by a tracker. */
    static final class RefusedEvent extends RefusedEventException {

        RefusedEvent() {
            super("refused");
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void an_extra_tracker_that_tracks_does_not_call_itself() {
        AtomicReference<InternalEventsClient> itself = new AtomicReference<>();
        List<String> got = new ArrayList<>();
        ExtraTracker tracking = new ExtraTracker() {
            @Override
            public String trackingClass() {
                return AI_TRACKING;
            }

            @Override
            public void track(EventDetails event) {
                got.add(event.name());
                itself.get().event(EVENT).user(1).label("from-the-tracker").track();
            }
        };
        try (InternalEventsClient client = builder(
                        DefinedEvents.lenient(dictionary).extraTrackers(List.of(tracking)))
                .build()) {
            itself.set(client);
            client.event(EVENT).user(1).track();
            assertThat(client.flush(Duration.ofSeconds(20))).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(2);
        }
        assertThat(got).containsExactly(EVENT);
        assertThat(sink.got("from-the-tracker")).isTrue();
    }

    @Test
    void a_tracker_without_a_class_is_refused() {
        assertThatThrownBy(() -> DefinedEvents.strict(dictionary).extraTrackers(List.of(new Kept(" "))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no tracking class");
    }

    @Test
    void what_the_context_of_the_request_says_is_no_property() {
        EventContext context = EventContext.builder()
                .environment("production")
                .correlationId("trace-id-of-the-request")
                .modelEngine("engine-of-the-context")
                .inputTokens(12345678L)
                .build();
        SelfDescribingJson further = new SelfDescribingJson(
                SchemaKey.of("com.gitlab", "ai_context", "1-0-0"), Map.of("workflow_id", "workflow-of-the-request"));
        DefinedEvents events = DefinedEvents.strict(dictionary);
        try (InternalEventsClient client = builder(events).build()) {
            try (Scope scope = context.makeCurrent()) {
                client.event(EVENT).user(1).context(further).track();
            }
            assertThat(client.flush(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(List.of("trace-id-of-the-request", "engine-of-the-context", "12345678", "workflow-of-the-request"))
                .allMatch(sink::got);
        assertThat(events.problems()).isEmpty();
    }
}
