package dev.internalevents.junit;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Where assertions of tracked events begin; to be imported statically. */
public final class InternalEventsAssertions {

    private InternalEventsAssertions() {}

    /**
     * Says what some code must track. Nothing runs before {@link TriggerAssert#triggersInternalEvent} or {@link
     * TriggerAssert#doesNotTriggerInternalEvents}.
     */
    public static TriggerAssert assertThatCode(ThrowingCallable code) {
        return new TriggerAssert(code);
    }
}
