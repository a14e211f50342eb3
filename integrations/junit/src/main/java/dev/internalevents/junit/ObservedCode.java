package dev.internalevents.junit;

import dev.internalevents.client.EventDetails;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Code that has run, of which one thing is asserted and more can be. Belongs to the test's thread. */
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

    /** The stack from the test's line on that is the assertion. */
    static StackTraceElement[] place() {
        StackTraceElement[] all = new Throwable().getStackTrace();
        int test = 0;
        while (test < all.length - 1 && KIT.contains(all[test].getClassName())) {
            test++;
        }
        return Arrays.copyOfRange(all, test, all.length);
    }

    /** The same code must have tracked another event too: exactly once, unless what follows gives another number. */
    public InternalEventAssert andTriggersInternalEvent(String name) {
        return InternalEventAssert.of(observation, List.of(name));
    }

    /** The same code must have tracked each of these events too: exactly once each, unless what follows gives another number. */
    public InternalEventAssert andTriggersInternalEvents(String... names) {
        return InternalEventAssert.of(observation, List.of(names));
    }

    /** The same code must have tracked none of these events; checked now. */
    public ObservedCode andDoesNotTriggerInternalEvents(String name, String... more) {
        List<String> names = new ArrayList<>(List.of(name));
        names.addAll(List.of(more));
        return InternalEventAssert.none(observation, names);
    }

    /** The same code must have raised a metric's value: by 1, unless what follows gives another number. */
    public MetricAssert andIncrementsMetric(String keyPath) {
        return MetricAssert.of(observation, List.of(keyPath));
    }

    /** The same code must have raised each metric's value: by 1, unless what follows gives another number. */
    public MetricAssert andIncrementsMetrics(String... keyPaths) {
        return MetricAssert.of(observation, List.of(keyPaths));
    }

    /** The same code must have left the values of these metrics as they were; checked now. */
    public ObservedCode andDoesNotIncrementMetrics(String keyPath, String... more) {
        List<String> keyPaths = new ArrayList<>(List.of(keyPath));
        keyPaths.addAll(List.of(more));
        return MetricAssert.none(observation, keyPaths);
    }

    Observation observation() {
        return observation;
    }

    /** Throws an {@link AssertionError} if it is not as asserted. */
    abstract void verify();

    /** Checks now, where the assertion stands. */
    final void check() {
        checked = true;
        verify();
    }

    /** Checks what was not checked yet; a failure has the assertion's place, not that of the check. */
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

    /** {@code  within 5 s}, or nothing. */
    final String within() {
        return within(observation.time());
    }

    private static String within(Duration time) {
        return time.isZero() ? "" : " within " + time.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    /** What was refused meanwhile, for failures: the code may have hidden it. */
    final String refused() {
        List<String> refused = observation.refused();
        return refused.isEmpty() ? "" : "\nRefused meanwhile:\n  " + String.join("\n  ", refused);
    }

    /** What was tracked meanwhile, for failures of metrics. */
    final String arrived() {
        List<EventDetails> tracked = observation.tracked();
        return (tracked.isEmpty()
                        ? "\nNothing was tracked meanwhile."
                        : "\nTracked meanwhile:" + Descriptions.of(tracked))
                + otherThreads()
                + refused();
    }

    /** How to wait for what another thread tracks, if nothing waited for it. */
    final String otherThreads() {
        return observation.time().isZero()
                ? "\nAn event of another thread may come later; to wait for it, put .within(Duration.ofSeconds(5)) behind"
                        + " assertThatCode(…)."
                : "";
    }
}
