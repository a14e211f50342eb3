package dev.internalevents.client.definitions;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventDetails;
import dev.internalevents.client.definitions.EventRules.Receiver;
import dev.internalevents.protocol.ForeignCode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Passes an event to its extra trackers, each with only the properties it may receive. Exceptions they throw are logged
 * and not passed on.
 */
final class ExtraTracking {

    /**
     * True while a tracker runs: events it tracks must not be passed to it again. A plain array element is set without
     * a method call, because any call may overflow the stack.
     */
    private final ThreadLocal<boolean[]> running = ThreadLocal.withInitial(() -> new boolean[1]);

    private final Problems problems;

    ExtraTracking(Problems problems) {
        this.problems = problems;
    }

    /**
     * Calls each tracker.
     *
     * @param event the event as tracked
     * @param declared its declared properties
     */
    void track(List<Receiver> receivers, EventDetails event, AdditionalProperties declared) {
        boolean[] isRunning = running.get();
        if (isRunning[0]) {
            return;
        }
        try {
            isRunning[0] = true;
            for (Receiver receiver : receivers) {
                track(receiver, event, declared);
            }
        } finally {
            isRunning[0] = false;
        }
    }

    private void track(Receiver receiver, EventDetails event, AdditionalProperties declared) {
        try {
            receiver.tracker().track(event.with(properties(receiver, event.properties(), declared)));
        } catch (Throwable e) {
            ForeignCode.caught(e);
            problems.note(
                    "the extra tracker \"" + receiver.trackingClass() + "\" failed with "
                            + e.getClass().getName() + place(e),
                    "the event is sent anyway");
        }
    }

    private static AdditionalProperties properties(
            Receiver receiver, AdditionalProperties tracked, AdditionalProperties declared) {
        if (receiver.protectedProperties().isEmpty()) {
            return declared;
        }
        Set<String> ofIts = receiver.protectedProperties();
        Map<String, Object> others = declared.extra();
        return tracked.mapExtra((key, value) -> ofIts.contains(key) ? value : others.get(key))
                .with(
                        ofIts.contains("label") ? tracked.label() : declared.label(),
                        ofIts.contains("property") ? tracked.property() : declared.property(),
                        ofIts.contains("value") ? tracked.value() : declared.value());
    }

    /** Returns where it was thrown. Its message is left out: a tracker sees values that must not be logged. */
    private static String place(Throwable e) {
        StackTraceElement[] stack = e.getStackTrace();
        return stack.length == 0 ? "" : " at " + stack[0];
    }
}
