package dev.internalevents.junit;

import dev.internalevents.client.EventDetails;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Code that is to be run and looked at. */
public final class TriggerAssert {

    private final ThrowingCallable code;

    TriggerAssert(ThrowingCallable code) {
        this.code = code;
    }

    /**
     * Runs the code, which must track this event: exactly once, unless what follows says another number. It is checked when
     * the number is said, with the next assertion, or at the end of the test.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     */
    public InternalEventAssert triggersInternalEvent(String name) {
        TestTracking test = TestTracking.current();
        Map<String, BigDecimal> before = test.values();
        List<EventDetails> tracked = run(test);
        InternalEventAssert started = new InternalEventAssert(name, tracked, before, test.values());
        test.begin(started);
        return started;
    }

    /**
     * Runs the code, which must track none of these events; no event at all when none is named.
     *
     * @throws IllegalStateException outside of a test with {@link InternalEventsTest}
     */
    public void doesNotTriggerInternalEvents(String... names) {
        TestTracking test = TestTracking.current();
        test.checkLast();
        List<String> unwanted = List.of(names);
        List<EventDetails> found = run(test).stream()
                .filter(event -> unwanted.isEmpty() || unwanted.contains(event.name()))
                .toList();
        if (!found.isEmpty()) {
            throw new AssertionError("expected " + (unwanted.isEmpty() ? "no event" : "none of " + unwanted)
                    + " to be tracked, but there " + (found.size() == 1 ? "was" : "were") + ":"
                    + Descriptions.of(found));
        }
    }

    private List<EventDetails> run(TestTracking test) {
        int before = test.events().size();
        try {
            code.call();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("the code threw " + e, e);
        }
        return test.events().since(before);
    }
}
