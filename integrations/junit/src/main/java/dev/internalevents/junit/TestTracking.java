package dev.internalevents.junit;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventListener;
import dev.internalevents.client.RefusedEventException;
import dev.internalevents.client.definitions.InProcessCounting;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.check.NearestName;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.DirectEventCounter;
import dev.internalevents.metrics.MetricValue;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.store.MemoryMetricStore;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The state of one test: the events it tracked, their counts, and assertions not checked yet. */
final class TestTracking {

    private static final ThreadLocal<@Nullable TestTracking> CURRENT = new ThreadLocal<>();

    private final Definitions definitions;
    private final RecordedEvents events = new RecordedEvents();
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private final EventListener counting;
    private final Metrics metrics;
    private final List<TriggerAssert> begun = new ArrayList<>();
    private @Nullable ObservedCode unchecked;

    TestTracking(Definitions definitions) {
        this.definitions = definitions;
        Counters counters = Counters.of(definitions.dictionary());
        MemoryMetricStore store = new MemoryMetricStore(counters);
        this.counting = new InProcessCounting(new DirectEventCounter(counters, store));
        this.metrics = new Metrics(definitions.dictionary(), counters, store, Clock.systemUTC());
    }

    static TestTracking current() {
        TestTracking current = CURRENT.get();
        if (current == null) {
            throw new IllegalStateException(
                    "no test with @InternalEventsTest runs on this thread; annotate the test class with it, and"
                            + " call assertThatCode on the test's own thread");
        }
        return current;
    }

    static @Nullable TestTracking currentOrNull() {
        return CURRENT.get();
    }

    static void makeCurrent(@Nullable TestTracking tracking) {
        if (tracking == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(tracking);
        }
    }

    RecordedEvents events() {
        return events;
    }

    Dictionary dictionary() {
        return definitions.dictionary();
    }

    /**
     * Rejects an event that does not match its definition. The code under test may swallow the exception, so a failure
     * repeats its message.
     */
    AdditionalProperties checked(EventDetails event) {
        try {
            return definitions.check().intercept(event);
        } catch (RefusedEventException e) {
            refused.add(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /** Counts first, so that an event's count is already in the metrics when a waiting reader sees the event. */
    void tracked(EventDetails event) {
        counting.tracked(event);
        events.tracked(event);
    }

    /** Returns the reasons of all refusals after the first {@code before} ones. */
    List<String> refusedSince(int before) {
        return refused.subList(before, refused.size());
    }

    int refusals() {
        return refused.size();
    }

    /**
     * Checks that an event can be tracked at all.
     *
     * @throws AssertionError if there are definitions and none has this name
     */
    void requireDefined(String event) {
        if (!dictionary().isEmpty() && dictionary().event(event).isEmpty()) {
            throw new AssertionError("the event \"" + event + "\" is not defined; expected a file "
                    + dictionary().fileOfNewEvent(event) + NearestName.hint(event, definedEvents()));
        }
    }

    List<String> definedEvents() {
        return dictionary().events().stream().map(EventDefinition::action).toList();
    }

    /**
     * Checks that a metric is counted.
     *
     * @throws AssertionError if it is not
     */
    void requireMetric(String keyPath) {
        if (dictionary().isEmpty()) {
            throw new AssertionError(
                    "the metric \"" + keyPath + "\" is not counted, because no definitions were loaded: "
                            + definitions.missing()
                            + "; put them into src/main/resources/internal-events, or name their folder with"
                            + " @InternalEventsTest(definitions = …)");
        }
        if (metrics.value(keyPath).isEmpty()) {
            Set<String> known =
                    metrics.values().stream().map(MetricValue::keyPath).collect(Collectors.toSet());
            throw new AssertionError("no metric that counts events has the key path \"" + keyPath + "\""
                    + NearestName.hint(keyPath, known));
        }
    }

    /** Returns the value of every metric, including this week's events. */
    Map<String, BigDecimal> values() {
        Map<String, BigDecimal> values = new LinkedHashMap<>();
        for (MetricValue value : metrics.values()) {
            values.put(value.keyPath(), value.current());
        }
        return values;
    }

    BigDecimal value(String keyPath) {
        return metrics.value(keyPath).map(MetricValue::current).orElse(BigDecimal.ZERO);
    }

    void begun(TriggerAssert assertion) {
        begun.add(assertion);
    }

    /** Starts an assertion that may still be refined; the previous one is final. */
    void begin(ObservedCode next) {
        checkLast();
        unchecked = next;
    }

    void checkLast() {
        ObservedCode last = unchecked;
        unchecked = null;
        if (last != null) {
            last.checkLater();
        }
    }

    /** Runs the checks still pending at the end of the test. */
    void finish() {
        checkLast();
        begun.forEach(TriggerAssert::requireFinished);
    }
}
