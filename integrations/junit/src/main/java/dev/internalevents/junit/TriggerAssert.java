package dev.internalevents.junit;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * Code that is to be run and looked at; what it must do follows, or the test fails at its end. Belongs to the test's thread.
 */
public final class TriggerAssert {

    private final ThrowingCallable code;
    private final StackTraceElement[] place = ObservedCode.place();
    private Duration wait = Duration.ZERO;
    private boolean finished;
    private @Nullable Throwable thrown;

    TriggerAssert(ThrowingCallable code) {
        this.code = Objects.requireNonNull(code, "code");
        @Nullable TestTracking test = TestTracking.currentOrNull();
        if (test != null) {
            test.begun(this);
        }
    }

    /**
     * Lets events take time to come, because other threads track them: assertions of this code block until they are met, at
     * most so long from the end of the code on, and look again whenever an event comes. What must not happen ({@code never},
     * {@code atMost}, {@code doesNot…}) is watched for the whole time.
     *
     * @throws IllegalArgumentException if the time is negative
     */
    public TriggerAssert within(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("within: " + time + " is negative; expected how long to wait");
        }
        wait = time;
        return this;
    }

    /**
     * Runs the code, which must track this event: exactly once, unless what follows gives another number. It is checked with
     * the number, with the next assertion, or at the end of the test.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     * @throws AssertionError if there are definitions and none has this name
     */
    public InternalEventAssert triggersInternalEvent(String name) {
        return triggersInternalEvents(name);
    }

    /**
     * Runs the code, which must track each of these events: exactly once each, unless what follows gives another number.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     * @throws AssertionError if there are definitions and one of the names is not defined
     */
    public InternalEventAssert triggersInternalEvents(String... names) {
        TestTracking test = begin();
        List.of(names).forEach(test::requireDefined);
        return InternalEventAssert.of(observe(test), List.of(names));
    }

    /**
     * Runs the code, which must track none of these events; no event at all if none is named.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     * @throws AssertionError if one was tracked, or if there are definitions and one of the names is not defined
     */
    public ObservedCode doesNotTriggerInternalEvents(String... names) {
        TestTracking test = begin();
        List.of(names).forEach(test::requireDefined);
        return InternalEventAssert.none(observe(test), List.of(names));
    }

    /**
     * Runs the code, which must raise a metric's value: by 1, unless what follows gives another number.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     * @throws AssertionError if the metric is not counted, with the reason
     */
    public MetricAssert incrementsMetric(String keyPath) {
        return incrementsMetrics(keyPath);
    }

    /**
     * Runs the code, which must raise each metric's value: by 1, unless what follows gives another number.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     * @throws AssertionError if one of the metrics is not counted, with the reason
     */
    public MetricAssert incrementsMetrics(String... keyPaths) {
        TestTracking test = begin();
        List.of(keyPaths).forEach(test::requireMetric);
        return MetricAssert.of(observe(test), List.of(keyPaths));
    }

    /**
     * Runs the code, which must leave the values of these metrics as they are.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     * @throws AssertionError if one was raised, or is not counted
     */
    public ObservedCode doesNotIncrementMetrics(String... keyPaths) {
        TestTracking test = begin();
        List.of(keyPaths).forEach(test::requireMetric);
        return MetricAssert.none(observe(test), List.of(keyPaths));
    }

    private TestTracking begin() {
        finished = true;
        TestTracking test = TestTracking.current();
        test.checkLast();
        return test;
    }

    private Observation observe(TestTracking test) {
        try {
            return Observation.of(code, test, wait);
        } catch (RuntimeException | Error e) {
            thrown = e;
            throw e;
        }
    }

    /** An assertion that stops half-way would pass without having checked anything. */
    void requireFinished() {
        if (thrown != null) {
            AssertionError error = new AssertionError(
                    "the code of assertThatCode(…) threw " + thrown.getClass().getName()
                            + ", so nothing was asserted; expect the exception within the code, for example"
                            + " assertThatCode(() -> assertThatThrownBy(…)).triggersInternalEvent(…)",
                    thrown);
            error.setStackTrace(place);
            throw error;
        }
        if (!finished) {
            AssertionError error =
                    new AssertionError("assertThatCode(…) asserts nothing and has not run the code; continue it with"
                            + " triggersInternalEvent, doesNotTriggerInternalEvents or incrementsMetric");
            error.setStackTrace(place);
            throw error;
        }
    }
}
