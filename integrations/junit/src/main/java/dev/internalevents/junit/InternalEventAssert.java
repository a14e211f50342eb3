package dev.internalevents.junit;

import dev.internalevents.client.EventDetails;
import dev.internalevents.definitions.NearestName;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an event that some code tracked must be like, and how often it was tracked. */
public final class InternalEventAssert {

    private final String name;
    private final List<EventDetails> tracked;
    private final Map<String, BigDecimal> before;
    private final Map<String, BigDecimal> after;
    private final Map<String, Object> expected = new LinkedHashMap<>();
    private final Map<String, Long> increments = new LinkedHashMap<>();
    private long least = 1;
    private long most = 1;
    private boolean failed;

    /** Where the assertion stands, for one that is checked later. */
    private final AssertionError place = new AssertionError("the assertion stands here");

    InternalEventAssert(
            String name, List<EventDetails> tracked, Map<String, BigDecimal> before, Map<String, BigDecimal> after) {
        this.name = name;
        this.tracked = tracked;
        this.before = before;
        this.after = after;
    }

    public InternalEventAssert withUser(long id) {
        return with("user", id);
    }

    public InternalEventAssert withUser(String id) {
        return with("user", id);
    }

    public InternalEventAssert withProject(long id) {
        return with("project", id);
    }

    public InternalEventAssert withNamespace(long id) {
        return with("namespace", id);
    }

    /** A property by its key; {@code label}, {@code property} and {@code value} among them. Numbers are compared as numbers. */
    public InternalEventAssert withAdditionalProperty(String key, Object value) {
        return with(key, value);
    }

    /** The part of the code that tracked it. */
    public InternalEventAssert withCategory(String category) {
        return with("category", category);
    }

    /** The class that tracked it. */
    public InternalEventAssert withCategory(Class<?> category) {
        return with("category", category.getName());
    }

    private InternalEventAssert with(String field, Object value) {
        expected.put(field, value);
        return this;
    }

    /** Exactly so often; {@link Times#times} checks it. */
    public Times exactly(long count) {
        return new Times(count, count);
    }

    /** So often or more. */
    public Times atLeast(long count) {
        return new Times(count, Long.MAX_VALUE);
    }

    /** So often at most; 0 too. */
    public Times atMost(long count) {
        return new Times(0, count);
    }

    /** Exactly once, checked now. */
    public InternalEventAssert once() {
        return exactly(1).times();
    }

    /** Exactly twice, checked now. */
    public InternalEventAssert twice() {
        return exactly(2).times();
    }

    /** A number that waits for its word. */
    public final class Times {

        private final long from;
        private final long to;

        private Times(long from, long to) {
            this.from = from;
            this.to = to;
        }

        /** Checks the number of events. */
        public InternalEventAssert times() {
            least = from;
            most = to;
            check();
            return InternalEventAssert.this;
        }
    }

    /** The code must have raised a metric's value, by 1 unless {@link Increment#by} says another number. */
    public Increment andIncrementsMetric(String keyPath) {
        if (!after.containsKey(keyPath)) {
            throw new AssertionError("no metric with data_source: internal_events has the key path \"" + keyPath + "\""
                    + NearestName.hint(keyPath, after.keySet()));
        }
        increments.put(keyPath, 1L);
        return new Increment(keyPath);
    }

    /** By how much a metric must have been raised. */
    public final class Increment {

        private final String keyPath;

        private Increment(String keyPath) {
            this.keyPath = keyPath;
        }

        /** By exactly this, checked now. */
        public InternalEventAssert by(long difference) {
            increments.put(keyPath, difference);
            check();
            return InternalEventAssert.this;
        }

        /** By 1, and another one as well. */
        public Increment andIncrementsMetric(String other) {
            return InternalEventAssert.this.andIncrementsMetric(other);
        }
    }

    /** Whoever caught a failure has heard of it once. */
    void check() {
        if (failed) {
            return;
        }
        long count =
                tracked.stream().filter(event -> differences(event).isEmpty()).count();
        if (count < least || count > most) {
            throw failure(
                    "expected " + wanted() + " " + often() + ", but it was tracked " + times(count) + "." + arrived());
        }
        increments.forEach((keyPath, difference) -> {
            BigDecimal raised =
                    Objects.requireNonNull(after.get(keyPath)).subtract(before.getOrDefault(keyPath, BigDecimal.ZERO));
            if (raised.compareTo(BigDecimal.valueOf(difference)) != 0) {
                throw failure("expected the metric \"" + keyPath + "\" to be incremented by " + difference
                        + ", but it was incremented by "
                        + raised.stripTrailingZeros().toPlainString() + " (from "
                        + before.get(keyPath) + " to " + after.get(keyPath) + ")." + arrived());
            }
        });
    }

    private AssertionError failure(String message) {
        failed = true;
        return new AssertionError(message, place);
    }

    private String wanted() {
        return "the event \"" + name + "\"" + (expected.isEmpty() ? "" : " with " + Descriptions.of(expected));
    }

    private String often() {
        if (least == most) {
            return "exactly " + times(least);
        }
        return most == Long.MAX_VALUE ? "at least " + times(least) : "at most " + times(most);
    }

    private static String times(long count) {
        return count == 1 ? "once" : count + " times";
    }

    /** What did arrive; the nearest to what was wanted first, and how it differs. */
    private String arrived() {
        if (tracked.isEmpty()) {
            return "\nNothing was tracked meanwhile.";
        }
        StringBuilder text = new StringBuilder("\nTracked meanwhile:");
        tracked.stream().sorted(Comparator.comparing(event -> distance(event))).forEach(event -> {
            text.append("\n  ").append(Descriptions.of(event));
            List<String> differences = differences(event);
            if (event.name().equals(name) && !differences.isEmpty()) {
                text.append("\n      ").append(String.join("\n      ", differences));
            }
        });
        return text.toString();
    }

    private int distance(EventDetails event) {
        return differences(event).size() + (event.name().equals(name) ? 0 : 1_000);
    }

    private List<String> differences(EventDetails event) {
        List<String> differences = new ArrayList<>();
        if (!event.name().equals(name)) {
            differences.add("is another event");
        }
        Map<String, Object> fields = Descriptions.fields(event);
        expected.forEach((field, value) -> {
            Object found = fields.get(field);
            if (!same(found, value)) {
                differences.add(field + " is " + (found == null ? "missing" : Descriptions.value(found)) + ", not "
                        + Descriptions.value(value));
            }
        });
        return differences;
    }

    private static boolean same(@Nullable Object found, Object expected) {
        if (found instanceof Number number && expected instanceof Number other) {
            return new BigDecimal(number.toString()).compareTo(new BigDecimal(other.toString())) == 0;
        }
        return expected.equals(found);
    }
}
