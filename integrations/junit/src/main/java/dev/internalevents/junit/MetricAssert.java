package dev.internalevents.junit;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asserts by how much the code raised metrics; default: by 1. Without a number the check runs with the next assertion
 * or at the end of the test. Numbers are compared by value, so 3 equals 3.0. A metric with a total for each value is
 * compared by the sum of its totals.
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

    /** Expects an increase by exactly this number, and checks now. */
    public ObservedCode by(Number difference) {
        return between(number(difference), number(difference));
    }

    /** Expects an increase by at least this number, and checks now. */
    public ObservedCode byAtLeast(Number difference) {
        return between(number(difference), null);
    }

    /** Expects an increase by at most this number, or none, and checks now. */
    public ObservedCode byAtMost(Number difference) {
        return between(null, number(difference));
    }

    /**
     * Expects this value before the code ran. The next method gives the value after it, or the increase; default: by 1.
     */
    public MetricAssert from(Number value) {
        from = number(value);
        return this;
    }

    /** Expects this value after the code ran, different from the value before, and checks now. */
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
        // An upper limit can still be exceeded until the time is up.
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

    /** For example {@code from 0 to 3} or {@code by at least 2}. */
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
