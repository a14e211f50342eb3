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

/** What a counter accumulates, by its measure: how it starts, and its form in a file. */
enum CounterType {

    /** Accumulates in a {@link LongAdder}. */
    TOTAL {
        @Override
        Object empty() {
            return new LongAdder();
        }

        @Override
        Object read(DataInputStream in) throws IOException {
            return new BigDecimal(in.readUTF());
        }

        @Override
        void write(Object accumulated, DataOutputStream out) throws IOException {
            out.writeUTF(accumulated.toString());
        }

        @Override
        void restore(Object accumulated, Object read) {
            ((LongAdder) accumulated).add(((BigDecimal) read).longValueExact());
        }
    },

    /** Accumulates in a {@link dev.internalevents.metrics.store.Sum}. */
    SUM {
        @Override
        Object empty() {
            return new Sum();
        }

        @Override
        Object read(DataInputStream in) throws IOException {
            return new BigDecimal(in.readUTF());
        }

        @Override
        void write(Object accumulated, DataOutputStream out) throws IOException {
            out.writeUTF(((Sum) accumulated).value().toString());
        }

        @Override
        void restore(Object accumulated, Object read) {
            ((Sum) accumulated).add((BigDecimal) read);
        }
    },

    /** Accumulates in a {@link UniqueCount}. */
    UNIQUE {
        @Override
        Object empty() {
            return new UniqueCount();
        }

        @Override
        Object read(DataInputStream in) throws IOException {
            return UniqueCount.read(in);
        }

        @Override
        void write(Object accumulated, DataOutputStream out) throws IOException {
            ((UniqueCount) accumulated).writeTo(out);
        }

        @Override
        void restore(Object accumulated, Object read) {
            ((UniqueCount) accumulated).addAll((UniqueCount) read);
        }
    },

    /** Accumulates in {@link ValueTotals}. */
    TOTAL_BY {
        @Override
        Object empty() {
            return new ValueTotals();
        }

        @Override
        Object read(DataInputStream in) throws IOException {
            return ValueTotals.read(in);
        }

        @Override
        void write(Object accumulated, DataOutputStream out) throws IOException {
            ((ValueTotals) accumulated).writeTo(out);
        }

        @Override
        void restore(Object accumulated, Object read) {
            ((ValueTotals) accumulated).addAll((ValueTotals) read);
        }
    };

    private static final Map<String, CounterType> BY_MEASURE = byMeasure();

    /** Returns an accumulator at zero. */
    abstract Object empty();

    /** Reads from a file what {@link #write} wrote. */
    abstract Object read(DataInputStream in) throws IOException;

    abstract void write(Object accumulated, DataOutputStream out) throws IOException;

    /**
     * Adds a count from a file to an accumulator.
     *
     * @param read the result of {@link #read}
     */
    abstract void restore(Object accumulated, Object read);

    static CounterType of(Measure measure) {
        if (measure instanceof Measure.Unique) {
            return UNIQUE;
        } else if (measure instanceof Measure.TotalBy) {
            return TOTAL_BY;
        }
        return measure instanceof Measure.Sum ? SUM : TOTAL;
    }

    /**
     * Returns the type of a counter by its name, for one that the dictionary no longer has: its measure is the end of its name.
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
}
