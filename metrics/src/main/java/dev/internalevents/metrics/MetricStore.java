package dev.internalevents.metrics;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stores counters. One thread applies batches; any number of threads may read at the same time. Every method may block.
 *
 * <p>Totals by value are limited, see {@link TotalsByValue}. Weekly counts are retained for {@link Week#KEPT} weeks; an
 * event from an older week still counts for all time.
 */
public interface MetricStore extends AutoCloseable {

    /** Passed instead of weeks: everything that was ever counted. */
    int[] ALL_TIME = {};

    /**
     * Adds a whole batch, or nothing. A store that other programs write to may skip counters that hold something else.
     *
     * @param position the end of the batch in the order of all batches; if the store has applied it already, the call
     *     does nothing. Null if batches have no order
     * @throws MetricStoreException if the store cannot be reached; the batch can be applied again without being counted
     *     twice
     */
    void apply(Increments batch, @Nullable Position position);

    /** Makes applied batches durable, if possible; after a failed write the next call tries again. */
    void checkpoint();

    /** Returns the position up to which all batches survive the end of the process; null if none do. */
    @Nullable
    Position durable();

    /**
     * Returns the position up to which any batch of a sequence was applied, by an earlier process too; null if none
     * was. Counts as a use of the sequence, see {@link #positionExpiry}.
     *
     * @throws MetricStoreException if the store cannot be reached
     */
    default @Nullable Position applied(UUID sequence) {
        Position durable = durable();
        return durable != null && durable.sequence().equals(sequence) ? durable : null;
    }

    /**
     * Returns how long the store retains the position of a sequence after its last batch, or after it was last asked
     * for; null if always. A queue that was not used for longer is not counted, because its events may be counted
     * already.
     */
    default @Nullable Duration positionExpiry() {
        return null;
    }

    /**
     * Returns the totals or sums of some counters, added up.
     *
     * @param weeks see {@link Week}, or {@link #ALL_TIME}
     * @throws BrokenCounterException if one of them holds something else
     * @throws MetricStoreException if the store cannot be reached
     */
    BigDecimal count(Collection<Counter> counters, int[] weeks);

    /**
     * Returns how many different values some counters have together.
     *
     * @param weeks see {@link Week}, or {@link #ALL_TIME}
     * @throws BrokenCounterException if one of them holds something else
     * @throws MetricStoreException if the store cannot be reached
     */
    long unique(Collection<Counter> counters, int[] weeks);

    /**
     * Returns how many events had each value, added up over some counters of totals by value.
     *
     * @param weeks see {@link Week}, or {@link #ALL_TIME}
     * @throws BrokenCounterException if one of them holds something else
     * @throws MetricStoreException if the store cannot be reached
     */
    Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks);

    /** Makes applied batches durable, if possible, and releases resources. */
    @Override
    void close();
}
