package dev.internalevents.junit;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventDetails;
import dev.internalevents.definitions.check.NearestName;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Asserts what an event that the code tracked looks like, and how often it was tracked; default: exactly once. Call the
 * {@code with…} methods before the method that sets the number, which runs the check. Without such a method the check
 * runs with the next assertion or at the end of the test.
 */
public final class InternalEventAssert extends ObservedCode {

    private final List<String> names;
    private final Map<String, Object> expected = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> expectedProperties = new LinkedHashMap<>();
    private long least = 1;
    private long most = 1;

    private InternalEventAssert(Observation observation, List<String> names) {
        super(observation);
        this.names = names;
    }

    static InternalEventAssert of(Observation observation, List<String> names) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("no event is named; expected one or more");
        }
        names.forEach(observation.test()::requireDefined);
        InternalEventAssert assertion = new InternalEventAssert(observation, names);
        observation.test().begin(assertion);
        return assertion;
    }

    /** Returns an assertion that none of these events was tracked; no event at all if no name is given. */
    static ObservedCode none(Observation observation, List<String> names) {
        observation.test().checkLast();
        names.forEach(observation.test()::requireDefined);
        return new None(observation, names).checkedNow();
    }

    /** Expects this user id, tracked as a number or as a string of its digits: metrics treat both as the same user. */
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

    /** Expects the namespaces that give the user the feature, in this order. */
    public InternalEventAssert withFeatureEnabledByNamespaceIds(long... ids) {
        return with(
                Descriptions.FEATURE_ENABLED_BY_NAMESPACE_IDS,
                Arrays.stream(ids).boxed().toList());
    }

    /**
     * Expects a property by its key, including {@code label}, {@code property} and {@code value}. The value is
     * converted as {@code EventBuilder.put} does, so a list matches an array with the same elements. Numbers are
     * compared as numbers.
     *
     * @param value the expected value; null if the event must not have the property
     * @throws IllegalArgumentException if no event can have this value, such as a label that is not a string
     */
    public InternalEventAssert withAdditionalProperty(String key, @Nullable Object value) {
        AdditionalProperties copy = AdditionalProperties.of(key, value);
        Object tracked = Descriptions.property(copy, key);
        if (tracked == null && copy.extra(key) != null) {
            throw new IllegalArgumentException("withAdditionalProperty(\"" + key + "\", …): no event has such a " + key
                    + "; expected " + (key.equals("value") ? "a number" : "a string"));
        }
        expectedProperties.put(key, tracked);
        return this;
    }

    /** Expects this category, the part of the code that tracked the event. */
    public InternalEventAssert withCategory(String category) {
        return with("category", category);
    }

    /** Expects the class that tracked the event as its category. */
    public InternalEventAssert withCategory(Class<?> category) {
        return with("category", category.getName());
    }

    /**
     * Expects whether the event is sent. False means that it is only counted, because the code called
     * {@code delivery(false)} or product usage data is switched off. Whether the test itself delivers events makes no
     * difference.
     */
    public InternalEventAssert withDelivery(boolean delivery) {
        return with(Descriptions.DELIVERY, delivery);
    }

    private InternalEventAssert with(String field, Object value) {
        expected.put(field, value);
        return this;
    }

    /**
     * Waits for events of other threads, as {@link TriggerAssert#within} does; call it before the method that sets the
     * number.
     */
    public InternalEventAssert within(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(
                    "within: " + DurationWords.text(time) + " is negative; expected the time to wait");
        }
        observation().waitFor(time);
        return this;
    }

    /**
     * Expects exactly this many events, and checks now; 0 means never.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public Times exactly(long count) {
        return between(count, count);
    }

    /**
     * Expects at least this many events, and checks now.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public Times atLeast(long count) {
        return between(count, Long.MAX_VALUE);
    }

    /**
     * Expects at most this many events, and checks now; 0 means never.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public Times atMost(long count) {
        return between(0, count);
    }

    /** Expects no such event, and checks now. */
    public ObservedCode never() {
        return exactly(0);
    }

    /** Expects it exactly once, and checks now. */
    public ObservedCode once() {
        return exactly(1);
    }

    /** Expects it exactly twice, and checks now. */
    public ObservedCode twice() {
        return exactly(2);
    }

    /** Expects it exactly three times, and checks now. */
    public ObservedCode thrice() {
        return exactly(3);
    }

    private Times between(long from, long to) {
        if (from < 0 || to < 0) {
            throw new IllegalArgumentException((from < 0 ? from : to) + " is negative; expected a number of events");
        }
        least = from;
        most = to;
        check();
        return new Times(observation());
    }

    /** A number of events, already checked. */
    public static final class Times extends ObservedCode {

        private Times(Observation observation) {
            super(observation);
        }

        /** Does nothing but complete the sentence; the number is already checked. */
        public ObservedCode times() {
            return this;
        }

        @Override
        void verify() {}
    }

    @Override
    void verify() {
        observation().await(() -> names.stream().allMatch(this::isDecided));
        for (String name : names) {
            long count = count(name);
            if (count < least || count > most) {
                throw new AssertionError("expected " + wanted(name) + " " + often() + within() + ", but it was tracked "
                        + times(count) + "." + hint(name) + arrived(name));
            }
        }
    }

    /**
     * Returns whether waiting longer cannot change the result. An upper limit is only confirmed when the time is up.
     */
    private boolean isDecided(String name) {
        long count = count(name);
        return count > most || (least > 0 && count >= least);
    }

    private long count(String name) {
        return observation().tracked().stream()
                .filter(event -> differences(name, event).isEmpty())
                .count();
    }

    private String wanted(String name) {
        return "the event \"" + name + "\"" + (wanted().isEmpty() ? "" : " with " + Descriptions.of(wanted()));
    }

    private Map<String, @Nullable Object> wanted() {
        Map<String, @Nullable Object> wanted = new LinkedHashMap<>(expected);
        expectedProperties.forEach((key, value) -> wanted.put(Descriptions.nameOfProperty(key), value));
        return wanted;
    }

    private String often() {
        if (most == 0) {
            return "never";
        } else if (least == most) {
            return "exactly " + times(least);
        }
        return most == Long.MAX_VALUE ? "at least " + times(least) : "at most " + times(most);
    }

    private static String times(long count) {
        return count == 1 ? "once" : count + " times";
    }

    /** Suggests a similar name that was tracked: without definitions, a typo in the test is not detected otherwise. */
    private String hint(String name) {
        List<String> tracked =
                observation().tracked().stream().map(EventDetails::name).toList();
        return least == 0 || tracked.contains(name)
                ? ""
                : NearestName.of(name, tracked)
                        .map(near -> " Did you mean \"" + near + "\"?")
                        .orElse("");
    }

    /** Lists the tracked events, the most similar first, and how each differs from the expected one. */
    private String arrived(String name) {
        List<EventDetails> tracked = observation().tracked();
        if (tracked.isEmpty()) {
            return "\nNothing was tracked meanwhile." + otherThreads() + refused();
        }
        StringBuilder text = new StringBuilder("\nTracked meanwhile:");
        tracked.stream()
                .sorted(Comparator.comparing(event -> distance(name, event)))
                .forEach(event -> {
                    text.append("\n  ").append(Descriptions.of(event));
                    List<String> differences = differences(name, event);
                    if (event.name().equals(name) && !differences.isEmpty()) {
                        text.append("\n      ").append(String.join("\n      ", differences));
                    }
                });
        boolean isMissing =
                least > 0 && tracked.stream().noneMatch(event -> event.name().equals(name));
        return text + (isMissing ? otherThreads() : "") + refused();
    }

    private int distance(String name, EventDetails event) {
        return differences(name, event).size() + (event.name().equals(name) ? 0 : 1_000);
    }

    private List<String> differences(String name, EventDetails event) {
        List<String> differences = new ArrayList<>();
        if (!event.name().equals(name)) {
            differences.add("is a different event");
        }
        Map<String, Object> fields = Descriptions.fields(event);
        expected.forEach((field, value) -> {
            Object found = fields.get(field);
            compare(field, field.equals("user") && sameUser(found, value) ? value : found, value, differences);
        });
        expectedProperties.forEach((key, value) -> compare(
                Descriptions.nameOfProperty(key), Descriptions.property(event.properties(), key), value, differences));
        return differences;
    }

    private static boolean sameUser(@Nullable Object found, Object expected) {
        return found != null && found.toString().equals(expected.toString());
    }

    private static void compare(
            String name, @Nullable Object found, @Nullable Object expected, List<String> differences) {
        if (!same(found, expected)) {
            differences.add(name + " is " + Descriptions.value(found) + ", not " + Descriptions.value(expected));
        }
    }

    private static boolean same(@Nullable Object found, @Nullable Object expected) {
        if (found instanceof Number number && expected instanceof Number other) {
            return new BigDecimal(number.toString()).compareTo(new BigDecimal(other.toString())) == 0;
        } else if (found instanceof List<?> list && expected instanceof List<?> others) {
            return list.size() == others.size()
                    && IntStream.range(0, list.size()).allMatch(i -> same(list.get(i), others.get(i)));
        } else if (found instanceof Map<?, ?> map && expected instanceof Map<?, ?> other) {
            return map.keySet().equals(other.keySet())
                    && map.keySet().stream().allMatch(key -> same(map.get(key), other.get(key)));
        }
        return Objects.equals(found, expected);
    }

    /** Events that must not have been tracked. */
    private static final class None extends ObservedCode {

        private final List<String> names;

        private None(Observation observation, List<String> names) {
            super(observation);
            this.names = names;
        }

        private ObservedCode checkedNow() {
            check();
            return this;
        }

        private List<EventDetails> found() {
            return observation().tracked().stream()
                    .filter(event -> names.isEmpty() || names.contains(event.name()))
                    .toList();
        }

        @Override
        void verify() {
            observation().await(() -> !found().isEmpty());
            List<EventDetails> found = found();
            if (!found.isEmpty()) {
                throw new AssertionError("expected " + (names.isEmpty() ? "no event" : "none of " + names)
                        + " to be tracked" + within() + ", but there " + (found.size() == 1 ? "was" : "were") + ":"
                        + Descriptions.of(found));
            }
        }
    }
}
