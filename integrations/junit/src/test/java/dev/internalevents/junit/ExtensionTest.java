package dev.internalevents.junit;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.internalevents.client.InternalEventsClient;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Checks what the extension does around tests: it creates clients, isolates tests, and checks pending assertions. */
class ExtensionTest {

    private static Events run(Class<?> test) {
        EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .selectors(selectClass(test))
                .execute();
        return results.testEvents();
    }

    private static Throwable failure(Class<?> test, String method) {
        return run(test)
                .failed()
                .filter(event -> event.getTestDescriptor().getDisplayName().startsWith(method + "("))
                .map(event ->
                        event.getRequiredPayload(TestExecutionResult.class).getThrowable())
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();
    }

    @InternalEventsTest
    static class Unfinished {

        @Test
        void no_terminal() {
            assertThatCode(() -> {
                throw new IllegalStateException("the code ran");
            });
        }

        @Test
        void no_terminal_but_a_time() {
            assertThatCode(() -> {}).within(java.time.Duration.ofSeconds(1));
        }

        @Test
        void no_number(InternalEventsClient client) {
            assertThatCode(() -> {
                        client.trackEvent("web_ide_viewed");
                        client.trackEvent("web_ide_viewed");
                    })
                    .triggersInternalEvent("web_ide_viewed");
            List.of().forEach(nothing -> {});
        }

        @Test
        void no_number_of_a_metric() {
            assertThatCode(() -> {}).incrementsMetric("counts.web_views");
        }
    }

    @Test
    void an_assertion_without_an_end_fails_at_its_own_line() {
        assertThat(failure(Unfinished.class, "no_terminal"))
                .hasMessageStartingWith("assertThatCode(…) asserts nothing and has not run the code; continue it with")
                .hasNoCause();
        assertThat(failure(Unfinished.class, "no_terminal_but_a_time")).hasMessageStartingWith("assertThatCode(…)");
        assertThat(failure(Unfinished.class, "no_number"))
                .hasMessageContaining("exactly once, but it was tracked 2 times")
                .hasNoCause();
        assertThat(failure(Unfinished.class, "no_number_of_a_metric"))
                .hasMessageContaining("to be incremented by 1, but it was incremented by 0");
        for (String test : List.of("no_terminal", "no_terminal_but_a_time", "no_number", "no_number_of_a_metric")) {
            StackTraceElement first = failure(Unfinished.class, test).getStackTrace()[0];
            assertThat(first.getClassName()).isEqualTo(Unfinished.class.getName());
            assertThat(first.getMethodName()).isEqualTo(test);
        }
    }

    @InternalEventsTest
    static class ThrownAndCaught {

        @Test
        void caught_around_the_assertion() {
            assertThatThrownBy(() -> assertThatCode(() -> {
                                throw new IllegalStateException("of the code");
                            })
                            .triggersInternalEvent("web_ide_viewed"))
                    .hasMessage("of the code");
        }

        @Test
        void a_checked_exception_caught_around_the_assertion() {
            assertThatThrownBy(() -> assertThatCode(() -> {
                                throw new java.io.IOException("of the code");
                            })
                            .doesNotTriggerInternalEvents())
                    .hasMessageContaining("of the code");
        }

        @Test
        void not_caught() {
            assertThatCode(() -> {
                        throw new IllegalStateException("of the code");
                    })
                    .incrementsMetric("counts.web_views");
        }

        @Test
        void expected_within(InternalEventsClient client) {
            assertThatCode(() -> assertThatThrownBy(() -> {
                        client.trackEvent("web_ide_viewed");
                        throw new IllegalStateException("of the code");
                    }))
                    .triggersInternalEvent("web_ide_viewed")
                    .once();
        }
    }

    @Test
    void an_assertion_whose_code_throws_does_not_pass_unchecked() {
        for (String test : List.of("caught_around_the_assertion", "a_checked_exception_caught_around_the_assertion")) {
            Throwable failure = failure(ThrownAndCaught.class, test);
            assertThat(failure)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("the code of assertThatCode(…) threw ")
                    .hasMessageContaining("so nothing was asserted");
            assertThat(failure.getStackTrace()[0].getClassName()).isEqualTo(ThrownAndCaught.class.getName());
        }
        assertThat(failure(ThrownAndCaught.class, "not_caught"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("of the code");
        run(ThrownAndCaught.class)
                .assertStatistics(statistics -> statistics.succeeded(1).failed(3));
    }

    abstract static class UnfinishedAfterEach {

        @Test
        void passes_itself(InternalEventsClient client) {
            assertThatCode(() -> client.trackEvent("web_ide_viewed")).triggersInternalEvent("web_ide_viewed");
        }
    }

    @InternalEventsTest
    static class NoNumberAfterEach extends UnfinishedAfterEach {

        @AfterEach
        void stays_silent() {
            assertThatCode(() -> {}).triggersInternalEvent("web_ide_viewed");
        }
    }

    @InternalEventsTest
    static class NoNumberOfAMetricAfterEach extends UnfinishedAfterEach {

        @AfterEach
        void stays_silent() {
            assertThatCode(() -> {}).incrementsMetric("counts.web_views");
        }
    }

    @InternalEventsTest
    static class NoTerminalAfterEach extends UnfinishedAfterEach {

        @AfterEach
        void stays_silent() {
            assertThatCode(() -> {});
        }
    }

    @Test
    void an_assertion_without_an_end_after_each_test_fails_at_its_own_line() {
        assertThat(failure(NoNumberAfterEach.class, "passes_itself"))
                .hasMessageContaining("exactly once, but it was tracked 0 times");
        assertThat(failure(NoNumberOfAMetricAfterEach.class, "passes_itself"))
                .hasMessageContaining("to be incremented by 1, but it was incremented by 0");
        assertThat(failure(NoTerminalAfterEach.class, "passes_itself")).hasMessageContaining("asserts nothing");
        for (Class<?> test :
                List.of(NoNumberAfterEach.class, NoNumberOfAMetricAfterEach.class, NoTerminalAfterEach.class)) {
            assertThat(failure(test, "passes_itself").getStackTrace()[0].getMethodName())
                    .isEqualTo("stays_silent");
        }
    }

    @InternalEventsTest(deliver = true)
    static class Delivering {

        @Test
        void is_refused(InternalEventsClient client) {
            assertThat(client).isNotNull();
        }
    }

    @Test
    void delivering_is_for_spring_tests() {
        run(Delivering.class)
                .failed()
                .assertEventsMatchExactly(org.junit.platform.testkit.engine.EventConditions.finishedWithFailure(
                        message(text -> text.contains("needs a Spring test")
                                && text.contains("expected @InternalEventsTest(collector = true) here"))));
    }

    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @InternalEventsTest
    @interface TrackingTest {}

    @TrackingTest
    static class WithAnAnnotationOfItsOwn {

        @Test
        void is_tracked(InternalEventsClient client) {
            assertThatCode(() -> client.trackEvent("web_ide_viewed"))
                    .triggersInternalEvent("web_ide_viewed")
                    .once();
        }

        @Nested
        class Inside {

            @Test
            void is_tracked(InternalEventsClient client, RecordedEvents events) {
                client.trackEvent("web_ide_viewed");
                assertThat(events.all()).hasSize(1);
            }
        }
    }

    @Test
    void an_annotation_of_the_project_may_carry_it() {
        run(WithAnAnnotationOfItsOwn.class)
                .assertStatistics(statistics -> statistics.succeeded(2).failed(0));
    }

    @InternalEventsTest
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    @Execution(ExecutionMode.CONCURRENT)
    record OneInstance(InternalEventsClient client, RecordedEvents all) {

        @Test
        void first(RecordedEvents mine) {
            tracksThree(mine);
        }

        @Test
        void second(RecordedEvents mine) {
            tracksThree(mine);
        }

        @Test
        void third(RecordedEvents mine) {
            tracksThree(mine);
        }

        private void tracksThree(RecordedEvents mine) {
            for (int i = 0; i < 3; i++) {
                assertThatCode(() -> client.trackEvent("web_ide_viewed"))
                        .triggersInternalEvent("web_ide_viewed")
                        .once();
            }
            assertThat(mine.all()).hasSize(3);
            assertThat(all.all()).hasSizeGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void tests_of_one_instance_see_their_own_events() {
        run(OneInstance.class)
                .assertStatistics(statistics -> statistics.succeeded(3).failed(0));
    }

    @InternalEventsTest
    static class ClientOfTheClass {

        private static InternalEventsClient client = InternalEventsClient.disabled();

        @BeforeAll
        static void client(InternalEventsClient ofTheClass) {
            client = ofTheClass;
            client.trackEvent("web_ide_viewed");
        }

        @Test
        void first(RecordedEvents events, InternalEventsClient same) {
            assertThat(same).isSameAs(client);
            client.trackEvent("web_ide_viewed");
            assertThat(events.all()).hasSize(1);
        }

        @Test
        void second(RecordedEvents events) {
            client.trackEvent("web_ide_viewed");
            assertThat(events.all()).hasSize(1);
        }
    }

    @Test
    void a_client_of_the_class_gives_each_test_its_events() {
        run(ClientOfTheClass.class)
                .assertStatistics(statistics -> statistics.succeeded(2).failed(0));
    }
}
