package dev.internalevents.junit;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By how much some code must raise metrics: by 1, unless a number is given. Without one it is checked with the next assertion
 * or at the end of the test. Numbers are compared by value, so 3 is 3.0. A metric with a total for each value counts all of
 * them together.
 */
public final class MetricAssert extends ObservedCode {

    private final List<String> keyPaths;
    private @Nullable BigDecimal least = BigDecimal.ONE;
    private @Nullable BigDecimal most = BigDecimal.ONE;
    private @Nullable BigDecimal from;
    private @Nullable BigDecimal to;

    private MetricAssert(Observation observation, List<String> keyPaths) {
        super(observation);
        this.keyPaths = keyPaths;
    }

    static MetricAssert of(Observation observation, List<String> keyPaths) {
        if (keyPaths.isEmpty()) {
            throw new IllegalArgumentException("no metric is named; expected one or more key paths");
        }
        keyPaths.forEach(observation.test()::requireMetric);
        MetricAssert assertion = new MetricAssert(observation, keyPaths);
        observation.test().begin(assertion);
        return assertion;
    }

    static ObservedCode none(Observation observation, List<String> keyPaths) {
        return of(observation, keyPaths).by(0);
    }

    /** By exactly this; checked now. */
    public ObservedCode by(Number difference) {
        return between(number(difference), number(difference));
    }

    /** By this or more; checked now. */
    public ObservedCode byAtLeast(Number difference) {
        return between(number(difference), null);
    }

    /** By this or less, or not at all; checked now. */
    public ObservedCode byAtMost(Number difference) {
        return between(null, number(difference));
    }

    /** From this value; what follows says to which or by how much, by 1 if nothing follows. */
    public MetricAssert from(Number value) {
        from = number(value);
        return this;
    }

    /** To this value, which must be another one than before; checked now. */
    public ObservedCode to(Number value) {
        to = number(value);
        return between(null, null);
    }

    private ObservedCode between(@Nullable BigDecimal lower, @Nullable BigDecimal upper) {
        least = lower;
        most = upper;
        check();
        return this;
    }

    private static BigDecimal number(Number value) {
        return new BigDecimal(value.toString());
    }

    @Override
    void verify() {
        // What must not happen may still happen as long as there is time.
        boolean decided = (least != null && least.signum() > 0) || to != null;
        observation().await(() -> decided && keyPaths.stream().allMatch(this::isMet));
        for (String keyPath : keyPaths) {
            if (!isMet(keyPath)) {
                BigDecimal before = observation().before(keyPath);
                BigDecimal after = observation().after(keyPath);
                throw new AssertionError("expected the metric \"" + keyPath + "\" to be incremented " + expected()
                        + within() + ", but it was incremented by " + text(after.subtract(before)) + " (from "
                        + text(before) + " to " + text(after) + ")." + arrived());
            }
        }
    }

    private boolean isMet(String keyPath) {
        BigDecimal before = observation().before(keyPath);
        BigDecimal after = observation().after(keyPath);
        BigDecimal raised = after.subtract(before);
        return (least == null || raised.compareTo(least) >= 0)
                && (most == null || raised.compareTo(most) <= 0)
                && (from == null || before.compareTo(from) == 0)
                && (to == null || (after.compareTo(to) == 0 && raised.signum() != 0));
    }

    /** {@code from 0 to 3}, {@code by at least 2}. */
    private String expected() {
        StringBuilder text = new StringBuilder();
        if (from != null) {
            text.append("from ").append(text(from)).append(' ');
        }
        if (to != null) {
            text.append("to ").append(text(to));
        } else if (least != null && most != null) {
            text.append("by ").append(text(least));
        } else if (least != null) {
            text.append("by at least ").append(text(least));
        } else if (most != null) {
            text.append("by at most ").append(text(most));
        }
        return text.toString();
    }

    private static String text(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}
