package dev.internalevents.metrics.store;

import dev.internalevents.metrics.TotalsByValue;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts events by value, within the limits of {@link TotalsByValue}. Thread-safe; locks only for a new value. */
final class ValueTotals {

    private final Map<String, LongAdder> totals = new ConcurrentHashMap<>();
    private int values;

    void add(String value, long count) {
        LongAdder total = totals.get(value);
        if (total == null) {
            total = begin(value);
        }
        total.add(count);
    }

    private synchronized LongAdder begin(String value) {
        LongAdder there = totals.get(value);
        if (there != null) {
            return there;
        }
        if (value.length() > TotalsByValue.MAX_LENGTH || values >= TotalsByValue.MAX_VALUES) {
            return totals.computeIfAbsent(TotalsByValue.OTHER, other -> new LongAdder());
        }
        if (!value.equals(TotalsByValue.OTHER)) {
            values++;
        }
        return totals.computeIfAbsent(value, begun -> new LongAdder());
    }

    Map<String, Long> all() {
        Map<String, Long> all = new HashMap<>();
        totals.forEach((value, total) -> all.put(value, total.sum()));
        return all;
    }

    void addAll(ValueTotals other) {
        other.all().forEach(this::add);
    }

    void writeTo(DataOutputStream out) throws IOException {
        Map<String, Long> all = all();
        out.writeInt(all.size());
        for (Map.Entry<String, Long> total : all.entrySet()) {
            out.writeUTF(total.getKey());
            out.writeLong(total.getValue());
        }
    }

    static ValueTotals read(DataInputStream in) throws IOException {
        int size = in.readInt();
        if (size < 0 || size > TotalsByValue.MAX_VALUES + 1) {
            throw new IOException("totals of " + size + " values");
        }
        ValueTotals totals = new ValueTotals();
        for (int i = 0; i < size; i++) {
            totals.add(in.readUTF(), in.readLong());
        }
        return totals;
    }
}
