package dev.internalevents.store.ids;

import java.util.Arrays;
import java.util.BitSet;

/** The numbers of stored events that may have the ids looked up. */
public final class Candidates {

    private int[] queries = new int[16];
    private long[] numbers = new long[16];
    private int size;
    private final BitSet more = new BitSet();

    /** Receives a candidate. */
    @FunctionalInterface
    public interface Each {

        /**
         * Receives an event that may have the id.
         *
         * @param query the position of the looked-up key, from 0
         * @param number the number of the stored event
         */
        void candidate(int query, long number);
    }

    Candidates() {}

    void add(int query, long number) {
        if (size == queries.length) {
            queries = Arrays.copyOf(queries, 2 * size);
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        queries[size] = query;
        numbers[size++] = number;
    }

    void leftOut(int query) {
        more.set(query);
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Passes each candidate to a callback, in no particular order; some are passed twice. */
    public void forEach(Each each) {
        for (int i = 0; i < size; i++) {
            each.candidate(queries[i], numbers[i]);
        }
    }

    /** Returns whether events with the same id but other content may have been left out. */
    public boolean hasMore(int query) {
        return more.get(query);
    }
}
