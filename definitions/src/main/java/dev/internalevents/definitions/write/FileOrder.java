package dev.internalevents.definitions.write;

import java.util.Comparator;
import java.util.List;

/** The order in which values are written, whatever the order in which they are given. */
final class FileOrder {

    private FileOrder() {}

    /** Returns the values, each once, in the given order. */
    static <T> List<T> sorted(List<T> values, List<T> order) {
        return values.stream()
                .distinct()
                .sorted(Comparator.comparing(order::indexOf))
                .toList();
    }
}
