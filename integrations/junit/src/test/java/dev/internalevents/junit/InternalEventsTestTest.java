package dev.internalevents.junit;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.definitions.UndefinedEventException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Uses the extension and its assertions as a service's tests do, and makes them fail. */
@InternalEventsTest
class InternalEventsTestTest {

    private final InternalEventsClient internalEvents;

    InternalEventsTestTest(InternalEventsClient internalEvents) {
        this.internalEvents = internalEvents;
    }

    private void view(int user, String label) {
        internalEvents
                .event("web_ide_viewed")
                .user(user)
                .project(2)
                .label(label)
                .category(InternalEventsTestTest.class)
                .track();
    }

    @Test
    void reads_like_a_sentence() {
        assertThatCode(() -> {
                    view(1, "x");
                    view(1, "x");
                    view(1, "x");
                    view(2, "y");
                })
                .triggersInternalEvent("web_ide_viewed")
                .withUser(1)
                .withProject(2)
                .withAdditionalProperty("label", "x")
                .withCategory(InternalEventsTestTest.class)
                .exactly(3)
                .times()
                .andIncrementsMetric("counts.web_views")
                .by(4)
                .andIncrementsMetric("counts.web_users_weekly")
                .by(2);
    }

    @Test
    void events_of_other_threads_count_for_the_test_whose_client_they_use() {
        assertThatCode(() -> CompletableFuture.runAsync(() -> view(1, "x")).join())
                .triggersInternalEvent("web_ide_viewed")
                .once();
    }

    @Test
    void code_that_tracks_nothing() {
        assertThatCode(() -> {}).doesNotTriggerInternalEvents();
        assertThatCode(() -> view(1, "x")).doesNotTriggerInternalEvents("web_ide_closed");
    }

    @Test
    void a_failure_shows_what_arrived_and_how_the_nearest_differs() {
        assertThatThrownBy(() -> assertThatCode(() -> {
                            view(2, "y");
                            view(1, "y");
                        })
                        .triggersInternalEvent("web_ide_viewed")
                        .withUser(1)
                        .withAdditionalProperty("label", "x")
                        .once())
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        expected the event "web_ide_viewed" with user 1, label "x" exactly once, but it was tracked 0 times.
                        Tracked meanwhile:
                          web_ide_viewed user 1, project 2, label "y", category "dev.internalevents.junit.InternalEventsTestTest"
                              label is "y", not "x"
                          web_ide_viewed user 2, project 2, label "y", category "dev.internalevents.junit.InternalEventsTestTest"
                              user is 2, not 1
                              label is "y", not "x\"""");
    }

    @Test
    void a_failure_of_a_metric_shows_both_values() {
        assertThatThrownBy(() -> assertThatCode(() -> view(1, "x"))
                        .triggersInternalEvent("web_ide_viewed")
                        .andIncrementsMetric("counts.web_views")
                        .by(2))
                .hasMessageStartingWith(
                        "expected the metric \"counts.web_views\" to be incremented by 2, but it was incremented by 1 (from 0 to 1).");
        assertThatThrownBy(() -> assertThatCode(() -> view(1, "x"))
                        .triggersInternalEvent("web_ide_viewed")
                        .andIncrementsMetric("counts.web_view"))
                .hasMessage("no metric that counts events has the key path \"counts.web_view\"; did you mean"
                        + " \"counts.web_views\"?");
    }

    @Test
    void an_unwanted_event_is_shown() {
        assertThatThrownBy(() -> assertThatCode(() -> view(1, "x")).doesNotTriggerInternalEvents())
                .hasMessageStartingWith("expected no event to be tracked, but there was:\n  web_ide_viewed user 1");
    }

    @Test
    void what_is_not_defined_throws(RecordedEvents events) {
        assertThatThrownBy(() -> internalEvents.trackEvent("web_ide_vewed"))
                .isInstanceOf(UndefinedEventException.class);
        assertThat(events.all()).isEmpty();
    }

    @Test
    void an_assertion_without_a_number_means_once_and_is_checked_when_the_test_ends() {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Failing.class))
                .execute()
                .testEvents()
                .assertStatistics(
                        statistics -> statistics.started(3).succeeded(1).failed(2))
                .failed()
                .stream()
                .map(Event::toString)
                .forEach(text -> assertThat(text).contains("exactly once, but it was tracked 2 times"));
    }

    @InternalEventsTest
    static class Failing {

        @Test
        void twice_is_not_once(InternalEventsClient client) {
            assertThatCode(() -> {
                        client.trackEvent("web_ide_viewed");
                        client.trackEvent("web_ide_viewed");
                    })
                    .triggersInternalEvent("web_ide_viewed");
        }

        @Test
        void the_next_assertion_checks_the_one_before(InternalEventsClient client) {
            assertThatCode(() -> {
                        client.trackEvent("web_ide_viewed");
                        client.trackEvent("web_ide_viewed");
                    })
                    .triggersInternalEvent("web_ide_viewed");
            assertThatCode(() -> {}).doesNotTriggerInternalEvents();
        }

        @Test
        void once_is_once(InternalEventsClient client) {
            assertThatCode(() -> client.trackEvent("web_ide_viewed")).triggersInternalEvent("web_ide_viewed");
        }
    }

    @Test
    void outside_of_such_a_test_it_says_what_is_missing() {
        CompletableFuture<Void> elsewhere =
                CompletableFuture.runAsync(() -> assertThatCode(() -> {}).triggersInternalEvent("web_ide_viewed"));

        assertThatThrownBy(elsewhere::join)
                .hasMessageContaining(
                        "no test with @InternalEventsTest runs on this thread; annotate the test class with it");
    }
}
