package dev.internalevents.metrics.store;

import dev.internalevents.metrics.Amounts;
import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** An exact sum: whole numbers, the usual case, go to an adder without a lock; all others are added as decimals. */
final class Sum {

    /** The largest number for the adder; it has room for 8 million of them. */
    private static final long MOST_WHOLE = 1L << 40;

    private final LongAdder whole = new LongAdder();
    private final AtomicReference<BigDecimal> rest = new AtomicReference<>(BigDecimal.ZERO);

    void add(Number value) {
        if ((value instanceof Long || value instanceof Integer)
                && value.longValue() <= MOST_WHOLE
                && value.longValue() >= -MOST_WHOLE) {
            whole.add(value.longValue());
            return;
        }
        BigDecimal exact = Amounts.exact(value);
        if (exact != null) {
            rest.accumulateAndGet(exact, BigDecimal::add);
        }
    }

    BigDecimal value() {
        return BigDecimal.valueOf(whole.sum()).add(rest.get());
    }
}
