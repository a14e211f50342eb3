package dev.internalevents.metrics.store;

import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.UniqueBy;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** What a counter accumulates, by its measure: how it starts, and its form in a file. */
enum CounterType {

    /** Accumulates in a {@link LongAdder}. */
    TOTAL(new Form<>(
            LongAdder::new,
            CounterType::readNumber,
            (total, out) -> out.writeUTF(total.toString()),
            (total, read) -> total.add(read.longValueExact()))),

    /** Accumulates in a {@link dev.internalevents.metrics.store.Sum}. */
    SUM(new Form<>(
            Sum::new,
            CounterType::readNumber,
            (sum, out) -> out.writeUTF(sum.value().toString()),
            Sum::add)),

    /** Accumulates in a {@link UniqueCount}. */
    UNIQUE(new Form<>(UniqueCount::new, UniqueCount::read, UniqueCount::writeTo, UniqueCount::addAll)),

    /** Accumulates in {@link ValueTotals}. */
    TOTAL_BY(new Form<>(ValueTotals::new, ValueTotals::read, ValueTotals::writeTo, ValueTotals::addAll));

    private static final Map<String, CounterType> BY_MEASURE = byMeasure();

    @SuppressWarnings("ImmutableEnumChecker") // Its functions have no state.
    private final Form<?, ?> form;

    CounterType(Form<?, ?> form) {
        this.form = form;
    }

    /** Returns an accumulator at zero. */
    Object empty() {
        return form.empty().get();
    }

    /** Reads from a file what {@link #write} wrote. */
    Object read(DataInputStream in) throws IOException {
        return form.reading().from(in);
    }

    void write(Object accumulated, DataOutputStream out) throws IOException {
        form.write(accumulated, out);
    }

    /**
     * Adds a count from a file to an accumulator.
     *
     * @param read the result of {@link #read}
     */
    void restore(Object accumulated, Object read) {
        form.restore(accumulated, read);
    }

    static CounterType of(Measure measure) {
        if (measure instanceof Measure.Unique) {
            return UNIQUE;
        } else if (measure instanceof Measure.TotalBy) {
            return TOTAL_BY;
        }
        return measure instanceof Measure.Sum ? SUM : TOTAL;
    }

    /**
     * Returns the type of a counter by its name, for one that the dictionary no longer has: its measure is the end of
     * its name.
     *
     * @param counter the result of {@link dev.internalevents.metrics.CounterKey#toString}
     */
    static CounterType ofName(String counter) {
        return BY_MEASURE.entrySet().stream()
                .filter(entry -> counter.endsWith(" " + entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(TOTAL);
    }

    private static Map<String, CounterType> byMeasure() {
        Map<String, CounterType> types = new HashMap<>();
        types.put(new Measure.Sum().describe(), SUM);
        for (UniqueBy by : UniqueBy.values()) {
            types.put(new Measure.Unique(by).describe(), UNIQUE);
            types.put(new Measure.TotalBy(by).describe(), TOTAL_BY);
        }
        return types;
    }

    private static BigDecimal readNumber(DataInputStream in) throws IOException {
        return new BigDecimal(in.readUTF());
    }

    /**
     * The functions of a type.
     *
     * @param <A> what accumulates
     * @param <R> what is read from a file
     */
    @SuppressWarnings("unchecked") // The accumulators of a type come from its own empty and reading.
    private record Form<A, R>(Supplier<A> empty, Reading<R> reading, Writing<A> writing, BiConsumer<A, R> restoring) {

        void write(Object accumulated, DataOutputStream out) throws IOException {
            writing.to((A) accumulated, out);
        }

        void restore(Object accumulated, Object read) {
            restoring.accept((A) accumulated, (R) read);
        }
    }

    private interface Reading<R> {
        R from(DataInputStream in) throws IOException;
    }

    private interface Writing<A> {
        void to(A accumulated, DataOutputStream out) throws IOException;
    }
}
