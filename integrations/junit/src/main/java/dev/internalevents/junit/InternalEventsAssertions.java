package dev.internalevents.junit;

import org.junit.jupiter.api.function.Executable;

/** Entry point of assertions on tracked events; import it statically. */
public final class InternalEventsAssertions {

    private InternalEventsAssertions() {}

    /**
     * Starts an assertion about what some code tracks. The code runs only when
     * {@link TriggerAssert#triggersInternalEvent} or another method of {@link TriggerAssert} that asserts something is
     * called.
     */
    public static TriggerAssert assertThatCode(Executable code) {
        return new TriggerAssert(code);
    }
}
