package dev.internalevents.junit;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.MetricValue;
import dev.internalevents.metrics.Metrics;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What belongs to one test: its client, what that tracked, what it counted, and an assertion that is not checked yet. */
final class TestTracking {

    private static final ThreadLocal<@Nullable TestTracking> CURRENT = new ThreadLocal<>();

    private final InternalEventsClient client;
    private final RecordedEvents events;
    private final Dictionary dictionary;
    private final Metrics metrics;
    private @Nullable InternalEventAssert unchecked;

    TestTracking(InternalEventsClient client, RecordedEvents events, Dictionary dictionary, Metrics metrics) {
        this.client = client;
        this.events = events;
        this.dictionary = dictionary;
        this.metrics = metrics;
    }

    static TestTracking current() {
        TestTracking current = CURRENT.get();
        if (current == null) {
            throw new IllegalStateException(
                    "no test with @InternalEventsTest runs on this thread; annotate the test class with it");
        }
        return current;
    }

    static void makeCurrent(@Nullable TestTracking tracking) {
        if (tracking == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(tracking);
        }
    }

    InternalEventsClient client() {
        return client;
    }

    RecordedEvents events() {
        return events;
    }

    Dictionary dictionary() {
        return dictionary;
    }

    /** Every metric's value, this week's events among them. */
    Map<String, BigDecimal> values() {
        Map<String, BigDecimal> values = new LinkedHashMap<>();
        for (MetricValue value : metrics.values()) {
            values.put(value.keyPath(), value.current());
        }
        return values;
    }

    /** An assertion that may be refined still; the one before cannot any more. */
    void begin(InternalEventAssert next) {
        checkLast();
        unchecked = next;
    }

    void checkLast() {
        InternalEventAssert last = unchecked;
        unchecked = null;
        if (last != null) {
            last.check();
        }
    }
}
