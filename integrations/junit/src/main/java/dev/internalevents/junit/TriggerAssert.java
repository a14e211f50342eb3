package dev.internalevents.junit;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;

/** Code to run and observe. An assertion must follow, or the test fails at its end. Used only by the test's thread. */
public final class TriggerAssert {

    private final Executable code;
    private final StackTraceElement[] place = ObservedCode.place();
    private Duration wait = Duration.ZERO;
    private boolean finished;
    private @Nullable Throwable thrown;

    TriggerAssert(Executable code) {
        this.code = Objects.requireNonNull(code, "code");
        @Nullable TestTracking test = TestTracking.currentOrNull();
        if (test != null) {
            test.begun(this);
        }
    }

    /**
     * Waits for events of other threads. Assertions on this code block until they are met, at most this long after the
     * end of the code, and check again after each event. Upper limits ({@code never}, {@code atMost}, {@code doesNot…})
     * are checked for the whole time.
     *
     * @throws IllegalArgumentException if the time is negative
     */
    public TriggerAssert within(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(
                    "within: " + DurationWords.text(time) + " is negative; expected the time to wait");
        }
        wait = time;
        return this;
    }

    /**
     * Runs the code and asserts that it tracks this event; default: exactly once. The check runs when a number is
     * given, with the next assertion, or at the end of the test.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     * @throws AssertionError if there are definitions and none has this name
     */
    public InternalEventAssert triggersInternalEvent(String name) {
        return triggersInternalEvents(name);
    }

    /**
     * Runs the code and asserts that it tracks each of these events; default: exactly once each.
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
     * Runs the code and asserts that it tracks none of these events; no event at all if no name is given.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     * @throws AssertionError if any was tracked, or if there are definitions and one of the names is not defined
     */
    public ObservedCode doesNotTriggerInternalEvents(String... names) {
        TestTracking test = begin();
        List.of(names).forEach(test::requireDefined);
        return InternalEventAssert.none(observe(test), List.of(names));
    }

    /**
     * Runs the code and asserts that it raises a metric's value; default: by 1.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     * @throws AssertionError if the metric is not counted, with the reason
     */
    public MetricAssert incrementsMetric(String keyPath) {
        return incrementsMetrics(keyPath);
    }

    /**
     * Runs the code and asserts that it raises each metric's value; default: by 1.
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
     * Runs the code and asserts that it does not change the values of these metrics.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     * @throws AssertionError if any was raised, or is not counted
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

    /** Fails if no assertion followed: the test would pass without having checked anything. */
    void requireFinished() {
        if (thrown != null) {
            AssertionError error = new AssertionError(
                    "the code of assertThatCode(…) threw " + thrown.getClass().getName()
                            + ", so nothing was asserted; assert the exception inside the code, for example"
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
