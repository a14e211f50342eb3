package dev.internalevents.junit;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that each assertion holds when it should, and fails when it should. */
@InternalEventsTest
class AssertionsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final InternalEventsClient internalEvents;

    AssertionsTest(InternalEventsClient internalEvents) {
        this.internalEvents = internalEvents;
    }

    private Executable views(int count) {
        return () -> {
            for (int i = 0; i < count; i++) {
                view();
            }
        };
    }

    private void view() {
        internalEvents.event("web_ide_viewed").user(1).label("x").track();
    }

    private void close(double seconds) {
        internalEvents.event("web_ide_closed").user(1).value(seconds).track();
    }

    interface Number {
        ObservedCode of(InternalEventAssert assertion);
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                number("never", a -> a.never(), 0, 0),
                number("once", a -> a.once(), 1, 1),
                number("twice", a -> a.twice(), 2, 2),
                number("thrice", a -> a.thrice(), 3, 3),
                number("exactly(0)", a -> a.exactly(0), 0, 0),
                number("exactly(2)", a -> a.exactly(2), 2, 2),
                number("exactly(2).times()", a -> a.exactly(2).times(), 2, 2),
                number("atLeast(0)", a -> a.atLeast(0), 0, 9),
                number("atLeast(2)", a -> a.atLeast(2), 2, 9),
                number("atLeast(2).times()", a -> a.atLeast(2).times(), 2, 9),
                number("atMost(0)", a -> a.atMost(0), 0, 0),
                number("atMost(2)", a -> a.atMost(2), 0, 2),
                number("atMost(2).times()", a -> a.atMost(2).times(), 0, 2));
    }

    private static Arguments number(String name, Number number, int least, int most) {
        return Arguments.of(name, number, least, most);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("numbers")
    void a_number_is_checked_where_it_stands(String name, Number number, int least, int most) {
        for (int count = 0; count <= 4; count++) {
            InternalEventAssert assertion = assertThatCode(views(count)).triggersInternalEvent("web_ide_viewed");
            if (count >= least && count <= most) {
                number.of(assertion);
            } else {
                assertThatThrownBy(() -> number.of(assertion))
                        .as(name + " of " + count)
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining("but it was tracked " + (count == 1 ? "once" : count + " times") + ".");
            }
        }
    }

    @Test
    void an_event_that_is_only_counted_is_told_from_one_that_is_sent() {
        Executable counting = () -> internalEvents
                .event("web_ide_viewed")
                .user(1)
                .label("x")
                .delivery(false)
                .track();
        assertThatCode(counting)
                .triggersInternalEvent("web_ide_viewed")
                .withDelivery(false)
                .once()
                .andIncrementsMetric("counts.web_views");
        assertThatCode(views(1))
                .triggersInternalEvent("web_ide_viewed")
                .withDelivery(true)
                .once();
        assertThatThrownBy(() -> assertThatCode(counting)
                        .triggersInternalEvent("web_ide_viewed")
                        .withDelivery(true)
                        .once())
                .hasMessageContaining("delivery is false, not true");
        assertThatThrownBy(() -> assertThatCode(counting).doesNotTriggerInternalEvents())
                .hasMessageContaining("label \"x\", category \"default_category\", delivery false");
        assertThatThrownBy(() -> assertThatCode(views(1)).doesNotTriggerInternalEvents())
                .hasMessageNotContaining("delivery");
    }

    @Test
    void a_negative_number_is_refused() {
        InternalEventAssert assertion = assertThatCode(views(1)).triggersInternalEvent("web_ide_viewed");
        assertThatThrownBy(() -> assertion.exactly(-1)).hasMessage("-1 is negative; expected a number of events");
        assertThatThrownBy(() -> assertion.atMost(-2)).hasMessage("-2 is negative; expected a number of events");
        assertThatThrownBy(() -> assertion.within(Duration.ofSeconds(-1)))
                .hasMessageContaining("within: -1s is negative");
        TriggerAssert code = assertThatCode(() -> {});
        assertThatThrownBy(() -> code.within(Duration.ofSeconds(-1))).hasMessageContaining("within: -1s is negative");
        code.doesNotTriggerInternalEvents();
    }

    @Test
    void a_failure_says_how_to_wait_for_other_threads_unless_the_test_waited() {
        String hint = "add .within(Duration.ofSeconds(5)) after assertThatCode(…)";
        assertThatThrownBy(() -> assertThatCode(() -> {})
                        .triggersInternalEvent("web_ide_viewed")
                        .once())
                .hasMessageContaining("Nothing was tracked meanwhile.")
                .hasMessageContaining(hint);
        assertThatThrownBy(() -> assertThatCode(() -> {})
                        .incrementsMetric("counts.web_views")
                        .by(1))
                .hasMessageContaining(hint);
        assertThatThrownBy(() -> assertThatCode(() -> {})
                        .within(Duration.ofNanos(1))
                        .triggersInternalEvent("web_ide_viewed")
                        .once())
                .hasMessageContaining("Nothing was tracked meanwhile.")
                .hasMessageNotContaining(hint);
        assertThatThrownBy(() -> assertThatCode(views(2))
                        .triggersInternalEvent("web_ide_viewed")
                        .once())
                .hasMessageNotContaining(hint);
    }

    @Test
    void a_misspelt_event_fails_whatever_is_said_of_it_and_does_not_run_the_code() {
        Executable code = () -> {
            throw new IllegalStateException("the code ran");
        };
        String message = "the event \"web_ide_veiwed\" is not defined; expected a file"
                + " src/(main|test)/resources/internal-events/events/web_ide_veiwed.yml; did you mean"
                + " \"web_ide_viewed\"\\?";
        assertThatThrownBy(() -> assertThatCode(code).triggersInternalEvent("web_ide_veiwed"))
                .hasMessageMatching(message);
        assertThatThrownBy(() -> assertThatCode(code).triggersInternalEvents("web_ide_viewed", "web_ide_veiwed"))
                .hasMessageMatching(message);
        assertThatThrownBy(() -> assertThatCode(code).doesNotTriggerInternalEvents("web_ide_veiwed"))
                .hasMessageMatching(message);
        ObservedCode viewed =
                assertThatCode(views(1)).triggersInternalEvent("web_ide_viewed").once();
        assertThatThrownBy(() -> viewed.andTriggersInternalEvent("web_ide_veiwed"))
                .hasMessageMatching(message);
        assertThatThrownBy(() -> viewed.andDoesNotTriggerInternalEvents("web_ide_veiwed"))
                .hasMessageMatching(message);
    }

    private static void fails(Executable assertion, String difference) {
        assertThatThrownBy(assertion::execute)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(difference);
    }

    @Nested
    @InternalEventsTest(definitions = "")
    class PropertiesAndIdentifiers {

        @Test
        void a_property_is_not_an_identifier_of_the_same_name(InternalEventsClient client) {
            Executable code = () -> client.event("e")
                    .put("user", 1L)
                    .put("project", 2L)
                    .put("namespace", 3L)
                    .put("featureEnabledByNamespaceIds", List.of(4L))
                    .put("category", "c")
                    .track();
            fails(
                    () -> assertThatCode(code)
                            .triggersInternalEvent("e")
                            .withUser(1)
                            .once(),
                    "user is missing, not 1");
            fails(
                    () -> assertThatCode(code)
                            .triggersInternalEvent("e")
                            .withProject(2)
                            .once(),
                    "project is missing");
            fails(
                    () -> assertThatCode(code)
                            .triggersInternalEvent("e")
                            .withNamespace(3)
                            .once(),
                    "namespace is missing");
            fails(
                    () -> assertThatCode(code)
                            .triggersInternalEvent("e")
                            .withFeatureEnabledByNamespaceIds(4)
                            .once(),
                    "featureEnabledByNamespaceIds is missing");
            fails(
                    () -> assertThatCode(code)
                            .triggersInternalEvent("e")
                            .withCategory("c")
                            .once(),
                    "extra.user 1, extra.project 2, extra.namespace 3, extra.featureEnabledByNamespaceIds [4],"
                            + " extra.category \"c\"");
        }

        @Test
        void an_identifier_is_not_a_property_of_the_same_name(InternalEventsClient client) {
            Executable code = () -> client.event("e")
                    .user(1)
                    .category("c")
                    .put("user", "bob")
                    .put("category", "books")
                    .track();
            assertThatCode(code)
                    .triggersInternalEvent("e")
                    .withUser(1)
                    .withAdditionalProperty("user", "bob")
                    .withCategory("c")
                    .withAdditionalProperty("category", "books")
                    .once();
            fails(
                    () -> assertThatCode(code)
                            .triggersInternalEvent("e")
                            .withAdditionalProperty("user", 1)
                            .once(),
                    "extra.user is \"bob\", not 1");
            fails(
                    () -> assertThatCode(() -> client.event("e").project(7).track())
                            .triggersInternalEvent("e")
                            .withAdditionalProperty("project", 7)
                            .once(),
                    "extra.project is missing, not 7");
        }

        @Test
        void an_expected_value_is_taken_as_the_event_takes_it(InternalEventsClient client) {
            List<Object> values = List.of(
                    List.of(1, 2),
                    new int[] {1, 2},
                    new Object[] {"a", List.of(1)},
                    Map.of("a", 1, "b", List.of(2.5)),
                    Duration.ofSeconds(1),
                    TimeUnit.SECONDS,
                    new StringBuilder("text"),
                    Double.NaN,
                    new java.math.BigDecimal("1.50"),
                    Optional.of(3),
                    'c');
            for (Object value : values) {
                assertThatCode(() -> client.event("e").put("x", value).track())
                        .triggersInternalEvent("e")
                        .withAdditionalProperty("x", value)
                        .once();
                fails(
                        () -> assertThatCode(() ->
                                        client.event("e").put("x", "other").track())
                                .triggersInternalEvent("e")
                                .withAdditionalProperty("x", value)
                                .once(),
                        "x is \"other\", not ");
            }
            assertThatCode(() -> client.event("e").put("x", List.of(1, 2)).track())
                    .triggersInternalEvent("e")
                    .withAdditionalProperty("x", new double[] {1.0, 2.0})
                    .once();
        }

        @Test
        void null_is_a_property_that_is_not_there(InternalEventsClient client) {
            Executable code = () -> client.event("e").put("x", null).label("y").track();
            assertThatCode(code)
                    .triggersInternalEvent("e")
                    .withAdditionalProperty("x", null)
                    .withAdditionalProperty("value", null)
                    .once();
            fails(
                    () -> assertThatCode(code)
                            .triggersInternalEvent("e")
                            .withAdditionalProperty("label", null)
                            .once(),
                    "label is \"y\", not missing");
        }

        @Test
        void a_value_that_no_event_can_have_is_refused(InternalEventsClient client) {
            InternalEventAssert event =
                    assertThatCode(() -> client.trackEvent("e")).triggersInternalEvent("e");
            assertThatThrownBy(() -> event.withAdditionalProperty("label", 1))
                    .hasMessage("withAdditionalProperty(\"label\", …): no event has such a label; expected a string");
            assertThatThrownBy(() -> event.withAdditionalProperty("value", "1"))
                    .hasMessageEndingWith("no event has such a value; expected a number");
        }

        @Test
        void a_user_is_the_same_as_a_number_and_as_a_string(InternalEventsClient client) {
            assertThatCode(() -> client.event("e").user("42").track())
                    .triggersInternalEvent("e")
                    .withUser(42)
                    .once();
            assertThatCode(() -> client.event("e").user(42).track())
                    .triggersInternalEvent("e")
                    .withUser("42")
                    .once();
            fails(
                    () -> assertThatCode(() -> client.event("e").user("43").track())
                            .triggersInternalEvent("e")
                            .withUser(42)
                            .once(),
                    "user is \"43\", not 42");
        }

        @Test
        void what_does_not_fit_the_label_is_not_the_label(InternalEventsClient client) {
            Executable code =
                    () -> client.event("e").label("x").put("label", true).track();
            assertThatCode(code)
                    .triggersInternalEvent("e")
                    .withAdditionalProperty("label", "x")
                    .once();
            fails(
                    () -> assertThatCode(
                                    () -> client.event("e").put("value", "x").track())
                            .triggersInternalEvent("e")
                            .withAdditionalProperty("value", 1)
                            .once(),
                    "extra.value \"x\"");
        }
    }

    @Test
    void several_events_are_asserted_together_and_one_after_the_other() {
        Executable both = () -> {
            view();
            close(2);
        };
        assertThatCode(both)
                .triggersInternalEvent("web_ide_viewed")
                .withAdditionalProperty("label", "x")
                .andTriggersInternalEvent("web_ide_closed")
                .withAdditionalProperty("value", 2)
                .once()
                .andIncrementsMetrics("counts.web_views", "counts.web_users_weekly");
        assertThatCode(both)
                .triggersInternalEvents("web_ide_viewed", "web_ide_closed")
                .withUser(1)
                .once();
        assertThatCode(views(1))
                .triggersInternalEvent("web_ide_viewed")
                .once()
                .andDoesNotTriggerInternalEvents("web_ide_closed")
                .andDoesNotIncrementMetrics("counts.web_seconds");

        assertThatThrownBy(() -> assertThatCode(views(1))
                        .triggersInternalEvents("web_ide_viewed", "web_ide_closed")
                        .once())
                .hasMessageStartingWith(
                        "expected the event \"web_ide_closed\" exactly once, but it was tracked 0 times.");
        assertThatThrownBy(() -> assertThatCode(both)
                        .triggersInternalEvent("web_ide_viewed")
                        .once()
                        .andDoesNotTriggerInternalEvents("web_ide_closed"))
                .hasMessageStartingWith("expected none of [web_ide_closed] to be tracked, but there was:");
        assertThatThrownBy(() -> assertThatCode(both)
                        .triggersInternalEvent("web_ide_viewed")
                        .andTriggersInternalEvent("web_ide_closed")
                        .twice())
                .hasMessageStartingWith(
                        "expected the event \"web_ide_closed\" exactly 2 times, but it was tracked once.");
    }

    @Test
    void an_assertion_that_is_refined_in_a_chain_is_checked_before_the_next() {
        assertThatThrownBy(() -> assertThatCode(views(2))
                        .triggersInternalEvent("web_ide_viewed")
                        .andIncrementsMetric("counts.web_views")
                        .by(2))
                .hasMessageStartingWith(
                        "expected the event \"web_ide_viewed\" exactly once, but it was tracked 2 times.");
    }

    @Test
    void totals_by_value_are_asserted_together() {
        assertThatCode(views(2)).incrementsMetric("counts.web_ways").by(2);
        assertThatCode(() -> close(2)).doesNotIncrementMetrics("counts.web_ways");
    }

    @Test
    void metrics_are_asserted_without_an_event() {
        assertThatCode(views(1)).incrementsMetric("counts.web_views");
        assertThatCode(views(2)).incrementsMetric("counts.web_views").by(2);
        assertThatCode(views(2)).incrementsMetric("counts.web_views").byAtLeast(1);
        assertThatCode(views(2)).incrementsMetric("counts.web_views").byAtMost(2);
        assertThatCode(views(0)).incrementsMetric("counts.web_views").byAtMost(2);
        assertThatCode(views(1)).incrementsMetric("counts.web_views").from(7).to(8);
        assertThatCode(views(1)).incrementsMetric("counts.web_views").from(8);
        assertThatCode(views(3)).incrementsMetric("counts.web_views").from(9).by(3);
        assertThatCode(views(1)).incrementsMetric("counts.web_views").to(13);
        assertThatCode(views(0)).doesNotIncrementMetrics("counts.web_views", "counts.web_users_weekly");
        assertThatCode(() -> close(1.5)).incrementsMetric("counts.web_seconds").by(1.5);
        assertThatCode(() -> close(2))
                .incrementsMetric("counts.web_seconds")
                .from(1.50)
                .to(3.5);
    }

    static Stream<Arguments> wrongMetrics() {
        return Stream.of(
                metric("by 3", m -> m.by(3)),
                metric("by at least 3", m -> m.byAtLeast(3)),
                metric("by at most 1", m -> m.byAtMost(1)),
                metric("from 0 to 3", m -> m.from(0).to(3)),
                metric("from 1 to 2", m -> m.from(1).to(2)),
                metric("from 1 by 2", m -> m.from(1).by(2)),
                metric("to 3", m -> m.to(3)),
                metric("by 0", m -> m.by(0)));
    }

    interface Raised {
        ObservedCode of(MetricAssert metric);
    }

    private static Arguments metric(String expected, Raised raised) {
        return Arguments.of(expected, raised);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongMetrics")
    void a_metric_that_is_raised_otherwise_fails_with_all_numbers(String expected, Raised raised) {
        assertThatThrownBy(() -> raised.of(assertThatCode(views(2)).incrementsMetric("counts.web_views")))
                .hasMessageStartingWith("expected the metric \"counts.web_views\" to be incremented " + expected
                        + ", but it was incremented by 2 (from 0 to 2).");
    }

    @Test
    void a_metric_that_must_not_move_fails_when_it_does() {
        assertThatThrownBy(() -> assertThatCode(views(1)).doesNotIncrementMetrics("counts.web_views"))
                .hasMessageContaining("to be incremented by 0, but it was incremented by 1");
        assertThatThrownBy(() -> assertThatCode(views(1))
                        .triggersInternalEvent("web_ide_viewed")
                        .once()
                        .andDoesNotIncrementMetrics("counts.web_seconds", "counts.web_views"))
                .hasMessageContaining("\"counts.web_views\" to be incremented by 0, but it was incremented by 1");
        assertThatThrownBy(() -> assertThatCode(views(0)).doesNotIncrementMetrics("counts.web_view"))
                .hasMessageContaining("did you mean \"counts.web_views\"?");
    }

    @Test
    void namespaces_that_enable_a_feature_are_asserted() {
        EventContext context = EventContext.builder()
                .featureEnabledByNamespaceIds(java.util.List.of(7L, 8L))
                .build();
        try (Scope scope = context.makeCurrent()) {
            assertThatCode(() -> close(1))
                    .triggersInternalEvent("web_ide_closed")
                    .withFeatureEnabledByNamespaceIds(7, 8)
                    .once();
            assertThatThrownBy(() -> assertThatCode(() -> close(1))
                            .triggersInternalEvent("web_ide_closed")
                            .withFeatureEnabledByNamespaceIds(7)
                            .once())
                    .hasMessageContaining("featureEnabledByNamespaceIds is [7, 8], not [7]");
        }
    }

    /** Tracks on another thread, shortly after the code has ended. */
    private Executable viewsLater(int count) {
        Executor later = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);
        return () -> {
            for (int i = 0; i < count; i++) {
                later.execute(this::view);
            }
        };
    }

    @Test
    void events_of_other_threads_are_waited_for() {
        assertThatCode(viewsLater(2))
                .within(LONG)
                .triggersInternalEvent("web_ide_viewed")
                .twice();
        assertThatCode(viewsLater(3))
                .triggersInternalEvent("web_ide_viewed")
                .within(LONG)
                .withUser(1)
                .thrice()
                .andIncrementsMetric("counts.web_views")
                .by(3);
        assertThatCode(viewsLater(2))
                .within(LONG)
                .incrementsMetric("counts.web_views")
                .by(2);
        assertThatCode(viewsLater(2))
                .within(LONG)
                .incrementsMetric("counts.web_views")
                .from(7)
                .to(9);
        assertThatCode(viewsLater(2))
                .within(LONG)
                .triggersInternalEvent("web_ide_viewed")
                .atLeast(2);
    }

    @Test
    void what_must_not_come_is_watched_for_the_whole_time() {
        assertThatCode(() -> {}).within(SHORT).doesNotTriggerInternalEvents();
        assertThatCode(views(1))
                .within(SHORT)
                .triggersInternalEvent("web_ide_viewed")
                .atMost(1);
        assertThatCode(() -> {}).within(SHORT).doesNotIncrementMetrics("counts.web_views");

        assertThatThrownBy(() -> assertThatCode(viewsLater(1)).within(LONG).doesNotTriggerInternalEvents())
                .hasMessageStartingWith("expected no event to be tracked within 30s, but there was:");
        assertThatThrownBy(() -> assertThatCode(viewsLater(1))
                        .within(LONG)
                        .triggersInternalEvent("web_ide_viewed")
                        .never())
                .hasMessageStartingWith(
                        "expected the event \"web_ide_viewed\" never within 30s, but it was tracked once.");
        assertThatThrownBy(() -> assertThatCode(viewsLater(2))
                        .within(LONG)
                        .triggersInternalEvent("web_ide_viewed")
                        .atMost(1))
                .hasMessageContaining("at most once within 30s, but it was tracked 2 times.");
    }

    @Test
    void a_time_that_is_up_is_in_the_message() {
        assertThatThrownBy(() -> assertThatCode(views(1))
                        .within(SHORT)
                        .triggersInternalEvent("web_ide_viewed")
                        .twice())
                .hasMessageStartingWith("expected the event \"web_ide_viewed\" exactly 2 times within 50ms, but it was"
                        + " tracked once.");
    }

    @Test
    void an_interrupt_ends_waiting_and_stays() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> assertThatCode(() -> {})
                        .within(Duration.ofDays(400_000))
                        .triggersInternalEvent("web_ide_viewed")
                        .once())
                .isInstanceOf(AssertionError.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_refusal_that_the_code_hides_is_in_the_message() {
        assertThatThrownBy(() -> assertThatCode(() -> {
                            CompletableFuture<Void> hidden =
                                    CompletableFuture.runAsync(() -> internalEvents.trackEvent("web_ide_veiwed"));
                            assertThat(hidden.handle((result, error) -> error).join())
                                    .isNotNull();
                        })
                        .triggersInternalEvent("web_ide_viewed")
                        .once())
                .hasMessageContaining(
                        "Refused meanwhile:\n  the event \"web_ide_veiwed\" is not defined; expected a file");
    }

    @Test
    void a_property_that_is_not_declared_throws() {
        assertThatThrownBy(() ->
                        internalEvents.event("web_ide_viewed").put("p", "q").track())
                .hasMessageContaining("the property \"p\" of the event \"web_ide_viewed\" is not declared");
    }

    @Nested
    @InternalEventsTest(definitions = "")
    class WithoutDefinitions {

        @Test
        void a_metric_says_that_there_are_none(InternalEventsClient client) {
            assertThatThrownBy(() -> assertThatCode(() -> client.trackEvent("web_ide_viewed"))
                            .triggersInternalEvent("web_ide_viewed")
                            .andIncrementsMetric("counts.web_views"))
                    .hasMessageStartingWith(
                            "the metric \"counts.web_views\" is not counted, because no definitions were"
                                    + " loaded: the test has @InternalEventsTest(definitions = \"\"); put them into"
                                    + " src/main/resources/internal-events");
        }

        @Test
        void a_misspelt_event_is_found_among_those_that_were_tracked(InternalEventsClient client) {
            assertThatThrownBy(() -> assertThatCode(() -> client.trackEvent("web_ide_viewed"))
                            .triggersInternalEvent("web_ide_veiwed")
                            .once())
                    .hasMessageStartingWith("expected the event \"web_ide_veiwed\" exactly once, but it was tracked 0"
                            + " times. Did you mean \"web_ide_viewed\"?");
        }
    }

    @Test
    void the_events_that_were_recorded_can_be_asked(RecordedEvents events) {
        view();
        close(1);
        view();
        assertThat(events.all()).hasSize(3);
        assertThat(events.named("web_ide_viewed")).hasSize(2);
    }
}
