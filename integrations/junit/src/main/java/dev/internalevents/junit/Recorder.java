package dev.internalevents.junit;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventCatalog;
import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventInterceptor;
import dev.internalevents.client.EventListener;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Assigns each event of a client to the test that tracked it: the test of the current thread, or, for an event of
 * another thread, all tests that use the client at the time. {@link SpringContextLocks} keeps tests that share a client
 * from running at the same time. Safe for use by any number of threads.
 */
final class Recorder implements EventInterceptor, EventListener, EventCatalog {

    private final EventInterceptor outsideOfTests;
    private final Set<TestTracking> tests = ConcurrentHashMap.newKeySet();
    private final Set<RecordedEvents> all = ConcurrentHashMap.newKeySet();

    /**
     * {@code outsideOfTests} checks events tracked before the first test, for example by a {@code @BeforeAll} method.
     */
    Recorder(EventInterceptor outsideOfTests) {
        this.outsideOfTests = outsideOfTests;
    }

    void begin(TestTracking test) {
        tests.add(test);
    }

    void end(TestTracking test) {
        tests.remove(test);
    }

    /** Records the events of all tests, until {@link #forget}. */
    RecordedEvents recordAll() {
        RecordedEvents events = new RecordedEvents();
        all.add(events);
        return events;
    }

    void forget(RecordedEvents events) {
        all.remove(events);
    }

    @Override
    public AdditionalProperties intercept(EventDetails event) {
        Collection<TestTracking> receivers = receivers();
        if (receivers.isEmpty()) {
            return outsideOfTests.intercept(event);
        }
        EventDetails checked = event;
        for (TestTracking test : receivers) {
            checked = checked.with(test.checked(checked));
        }
        return checked.properties();
    }

    @Override
    public boolean isAboutAi(String eventName) {
        return outsideOfTests instanceof EventCatalog catalog && catalog.isAboutAi(eventName);
    }

    @Override
    public boolean feedsMetric(String eventName) {
        return outsideOfTests instanceof EventCatalog catalog && catalog.feedsMetric(eventName);
    }

    @Override
    public void tracked(EventDetails event) {
        receivers().forEach(test -> test.tracked(event));
        all.forEach(events -> events.tracked(event));
    }

    private Collection<TestTracking> receivers() {
        TestTracking mine = TestTracking.currentOrNull();
        return mine != null && tests.contains(mine) ? List.of(mine) : tests;
    }
}
