package dev.internalevents.metrics;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where counters are kept. One thread applies; any number read meanwhile. Every method may block.
 *
 * <p>Totals by value are bounded, see {@link TotalsByValue}. Weeks are kept for {@link Week#KEPT} weeks; an event of an older one still counts for all time.
 */
public interface MetricStore extends AutoCloseable {

    /** Asked for instead of weeks: everything that was ever counted. */
    int[] ALL_TIME = {};

    /**
     * Adds all of a batch, or nothing of it. A store that others write to, too, leaves out what cannot be added because a
     * counter holds something else.
     *
     * @param position how far the batch reaches in the order of all batches; a store that has applied it already does
     *     nothing. Null when batches have no order
     * @throws MetricStoreException when it cannot be reached; the batch can be applied again, and counts once
     */
    void apply(Increments batch, @Nullable Position position);

    /** Makes durable what is not yet, if it can; what could not be written is tried again with the next call. */
    void checkpoint();

    /** Up to where every batch survives the end of the process; null when nothing does. */
    @Nullable
    Position durable();

    /**
     * The totals or sums of some counters, added.
     *
     * @param weeks see {@link Week}, or {@link #ALL_TIME}
     * @throws BrokenCounterException if one of them holds something else
     * @throws MetricStoreException if the store cannot be reached
     */
    BigDecimal count(Collection<Counter> counters, int[] weeks);

    /**
     * How many different values some counters have together.
     *
     * @param weeks see {@link Week}, or {@link #ALL_TIME}
     * @throws BrokenCounterException if one of them holds something else
     * @throws MetricStoreException if the store cannot be reached
     */
    long unique(Collection<Counter> counters, int[] weeks);

    /**
     * How many events there were with each value, added for some counters of totals by value.
     *
     * @param weeks see {@link Week}, or {@link #ALL_TIME}
     * @throws BrokenCounterException if one of them holds something else
     * @throws MetricStoreException if the store cannot be reached
     */
    Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks);

    /** Writes what is not durable yet, as far as it can, and frees what is held. */
    @Override
    void close();
}
