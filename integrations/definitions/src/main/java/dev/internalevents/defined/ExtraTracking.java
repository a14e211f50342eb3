package dev.internalevents.defined;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventDetails;
import dev.internalevents.defined.EventRules.Receiver;
import dev.internalevents.protocol.ForeignCode;
import java.util.List;
import java.util.Map;

/** Hands an event to its extra trackers, each with what it alone may get. Whatever they throw stays here. */
final class ExtraTracking {

    /** Set while a tracker runs: what it tracks must not come back to it. */
    private static final ThreadLocal<Boolean> RUNNING = new ThreadLocal<>();

    private final Problems problems;

    ExtraTracking(Problems problems) {
        this.problems = problems;
    }

    /**
     * Calls each tracker.
     *
     * @param event as it was tracked
     * @param declared its declared properties
     */
    void track(List<Receiver> receivers, EventDetails event, AdditionalProperties declared) {
        if (RUNNING.get() != null) {
            return;
        }
        RUNNING.set(true);
        try {
            for (Receiver receiver : receivers) {
                track(receiver, event, declared);
            }
        } finally {
            RUNNING.remove();
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
        AdditionalProperties.Builder all = AdditionalProperties.builder()
                .label(receiver.protectedProperties().contains("label") ? tracked.label() : declared.label())
                .property(
                        receiver.protectedProperties().contains("property") ? tracked.property() : declared.property())
                .value(receiver.protectedProperties().contains("value") ? tracked.value() : declared.value());
        declared.extra().forEach(all::put);
        for (Map.Entry<String, Object> entry : tracked.extra().entrySet()) {
            if (receiver.protectedProperties().contains(entry.getKey())) {
                all.put(entry.getKey(), entry.getValue());
            }
        }
        return all.build();
    }

    /** Where it was thrown. Its message is left out: a tracker has values that must not be in a log. */
    private static String place(Throwable e) {
        StackTraceElement[] stack = e.getStackTrace();
        return stack.length == 0 ? "" : " at " + stack[0];
    }
}
