package dev.internalevents.junit;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventDetails;
import dev.internalevents.definitions.NearestName;
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
 * What an event that some code tracked must be like, and how often it was tracked: exactly once, unless a number is given.
 * What it is like comes before the number, with which it is checked. Without a number it is checked with the next assertion
 * or at the end of the test.
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

    /** None of these; none at all if no name is given. */
    static ObservedCode none(Observation observation, List<String> names) {
        observation.test().checkLast();
        names.forEach(observation.test()::requireDefined);
        return new None(observation, names).checkedNow();
    }

    /** A user by the number, tracked as a number or as a string of its digits: to metrics they are one user. */
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

    /** The namespaces that give the user the feature, in this order. */
    public InternalEventAssert withFeatureEnabledByNamespaceIds(long... ids) {
        return with(
                Descriptions.FEATURE_ENABLED_BY_NAMESPACE_IDS,
                Arrays.stream(ids).boxed().toList());
    }

    /**
     * A property by its key; {@code label}, {@code property} and {@code value} among them. The value is taken as {@code
     * EventBuilder.put} takes it, so a list matches an array of the same elements. Numbers are compared as numbers.
     *
     * @param value null: the event must not have the property
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

    /** The part of the code that tracked it. */
    public InternalEventAssert withCategory(String category) {
        return with("category", category);
    }

    /** The class that tracked it. */
    public InternalEventAssert withCategory(Class<?> category) {
        return with("category", category.getName());
    }

    /**
     * Whether it is sent: false if it is only counted, because the code said {@code delivery(false)} or product usage data is
     * switched off. Whether the test itself delivers events does not matter.
     */
    public InternalEventAssert withDelivery(boolean delivery) {
        return with(Descriptions.DELIVERY, delivery);
    }

    private InternalEventAssert with(String field, Object value) {
        expected.put(field, value);
        return this;
    }

    /** Waits for events of other threads, as {@link TriggerAssert#within} does; before the number. */
    public InternalEventAssert within(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("within: " + time + " is negative; expected how long to wait");
        }
        observation().waitFor(time);
        return this;
    }

    /**
     * Exactly so often, checked now; 0 means never.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public Times exactly(long count) {
        return between(count, count);
    }

    /**
     * So often or more, checked now.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public Times atLeast(long count) {
        return between(count, Long.MAX_VALUE);
    }

    /**
     * So often or less, checked now; 0 means never.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public Times atMost(long count) {
        return between(0, count);
    }

    /** Not once; checked now. */
    public ObservedCode never() {
        return exactly(0);
    }

    /** Exactly once; checked now. */
    public ObservedCode once() {
        return exactly(1);
    }

    /** Exactly twice; checked now. */
    public ObservedCode twice() {
        return exactly(2);
    }

    /** Exactly three times; checked now. */
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

    /** A number of events that was checked. */
    public static final class Times extends ObservedCode {

        private Times(Observation observation) {
            super(observation);
        }

        /** Completes the sentence; the number is checked already. */
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

    /** Whether waiting longer would change nothing; what must not come may come until the end. */
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

    /** Without definitions a name may be misspelt in the test. */
    private String hint(String name) {
        List<String> tracked =
                observation().tracked().stream().map(EventDetails::name).toList();
        return least == 0 || tracked.contains(name)
                ? ""
                : NearestName.of(name, tracked)
                        .map(near -> " Did you mean \"" + near + "\"?")
                        .orElse("");
    }

    /** What did arrive; the nearest to what was wanted first, and how it differs. */
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
            differences.add("is another event");
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
