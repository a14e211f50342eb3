package dev.internalevents.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;

/** Collects the figures of all rounds and returns their median. */
public final class Median {

    private final List<Double> figures = new ArrayList<>();

    public void add(double figure) {
        figures.add(figure);
    }

    /** Returns the middle figure; for an even number of figures, the mean of the two in the middle. */
    public double get() {
        if (figures.isEmpty()) {
            throw new IllegalStateException("nothing was measured");
        }
        List<Double> sorted = figures.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
