package dev.internalevents.junit;

import dev.internalevents.client.EventDetails;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Code that has run, with one assertion made and more possible. Used only by the test's thread. */
public abstract class ObservedCode {

    private static final Set<String> KIT = Set.of(
            "dev.internalevents.junit.InternalEventsAssertions",
            "dev.internalevents.junit.TriggerAssert",
            "dev.internalevents.junit.ObservedCode",
            "dev.internalevents.junit.InternalEventAssert",
            "dev.internalevents.junit.MetricAssert");

    private final Observation observation;
    private final StackTraceElement[] place = place();
    private boolean checked;

    ObservedCode(Observation observation) {
        this.observation = observation;
    }

    /** Returns the current stack, starting at the line of the test that makes the assertion. */
    static StackTraceElement[] place() {
        StackTraceElement[] all = new Throwable().getStackTrace();
        int test = 0;
        while (test < all.length - 1 && KIT.contains(all[test].getClassName())) {
            test++;
        }
        return Arrays.copyOfRange(all, test, all.length);
    }

    /** Asserts that the same code also tracked this event; default: exactly once. */
    public InternalEventAssert andTriggersInternalEvent(String name) {
        return InternalEventAssert.of(observation, List.of(name));
    }

    /** Asserts that the same code also tracked each of these events; default: exactly once each. */
    public InternalEventAssert andTriggersInternalEvents(String... names) {
        return InternalEventAssert.of(observation, List.of(names));
    }

    /** Asserts that the same code tracked none of these events; checked now. */
    public ObservedCode andDoesNotTriggerInternalEvents(String name, String... more) {
        List<String> names = new ArrayList<>(List.of(name));
        names.addAll(List.of(more));
        return InternalEventAssert.none(observation, names);
    }

    /** Asserts that the same code raised a metric's value; default: by 1. */
    public MetricAssert andIncrementsMetric(String keyPath) {
        return MetricAssert.of(observation, List.of(keyPath));
    }

    /** Asserts that the same code raised each metric's value; default: by 1. */
    public MetricAssert andIncrementsMetrics(String... keyPaths) {
        return MetricAssert.of(observation, List.of(keyPaths));
    }

    /** Asserts that the same code did not change the values of these metrics; checked now. */
    public ObservedCode andDoesNotIncrementMetrics(String keyPath, String... more) {
        List<String> keyPaths = new ArrayList<>(List.of(keyPath));
        keyPaths.addAll(List.of(more));
        return MetricAssert.none(observation, keyPaths);
    }

    Observation observation() {
        return observation;
    }

    /** Throws an {@link AssertionError} if the assertion does not hold. */
    abstract void verify();

    /** Checks now; a failure points to the current line. */
    final void check() {
        checked = true;
        verify();
    }

    /** Runs a check that is still pending; a failure points to the line of the assertion, not to that of the check. */
    final void checkLater() {
        if (checked) {
            return;
        }
        try {
            check();
        } catch (AssertionError e) {
            e.setStackTrace(place);
            throw e;
        }
    }

    /** Returns for example {@code " within 5s"}, or an empty string. */
    final String within() {
        return within(observation.time());
    }

    private static String within(Duration time) {
        return time.isZero() ? "" : " within " + DurationWords.text(time);
    }

    /** Returns why events were rejected while the code ran; the code may have swallowed the exceptions. */
    final String refused() {
        List<String> refused = observation.refused();
        return refused.isEmpty() ? "" : "\nRefused meanwhile:\n  " + String.join("\n  ", refused);
    }

    /** Returns what was tracked while the code ran, for failures of metrics. */
    final String arrived() {
        List<EventDetails> tracked = observation.tracked();
        return (tracked.isEmpty()
                        ? "\nNothing was tracked meanwhile."
                        : "\nTracked meanwhile:" + Descriptions.of(tracked))
                + otherThreads()
                + refused();
    }

    /** Explains how to wait for events of other threads, if the assertion did not wait. */
    final String otherThreads() {
        return observation.time().isZero()
                ? "\nAn event of another thread may come later; to wait for it, add .within(Duration.ofSeconds(5)) after"
                        + " assertThatCode(…)."
                : "";
    }
}
