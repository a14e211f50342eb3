package dev.internalevents.benchmarks.harness;

import dev.internalevents.protocol.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** The figures of a run by name. */
public final class Result {

    private final Map<String, Object> figures = new LinkedHashMap<>();

    public Result put(String name, long figure) {
        figures.put(name, figure);
        return this;
    }

    /** Adds a figure, rounded to three significant digits. */
    public Result put(String name, double figure) {
        double scale = figure == 0 ? 1 : Math.pow(10, 2 - Math.floor(Math.log10(Math.abs(figure))));
        double rounded = Math.round(figure * scale) / scale;
        figures.put(name, rounded == Math.rint(rounded) ? (Object) (long) rounded : (Object) rounded);
        return this;
    }

    public String toJson() {
        return new JsonWriter().value(figures).toString();
    }
}
