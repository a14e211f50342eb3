package dev.internalevents.benchmarks.collect;

import dev.internalevents.benchmarks.harness.ReferenceEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Definitions of 100 metrics that count the reference event: of every kind, most with a filter. */
final class HundredMetrics {

    private static final int METRICS = 100;
    private static final List<String> MEASURES =
            List.of("", ", operator: sum(value)", ", unique: user.id", ", unique: label");
    private static final List<String> FILTERS = List.of(
            "label: " + ReferenceEvent.LABEL,
            "property: " + ReferenceEvent.PROPERTY,
            "value: " + ReferenceEvent.VALUE,
            "model_engine: " + ReferenceEvent.MODEL_ENGINE,
            "prefix_length: " + ReferenceEvent.PREFIX_LENGTH);

    private HundredMetrics() {}

    /** Writes the files into a folder that does not exist, and returns it. */
    static Path write(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("events"));
        Files.createDirectories(folder.resolve("metrics"));
        Files.writeString(folder.resolve("events/reference.yml"), """
                description: The reference event
                internal_events: true
                action: %s
                identifiers: [user, project, namespace]
                additional_properties:
                  label: {description: a}
                  property: {description: b}
                  value: {description: c}
                  model_engine: {description: d}
                  prefix_length: {description: e}
                tiers: [free]
                """.formatted(ReferenceEvent.ACTION));
        for (int i = 0; i < METRICS; i++) {
            String measure = MEASURES.get(i % MEASURES.size());
            Files.writeString(folder.resolve("metrics/metric_" + i + ".yml"), """
                    key_path: counts.metric_%d
                    description: a count
                    value_type: number
                    status: active
                    data_source: internal_events
                    time_frame: %s
                    tiers: [free]
                    events: [{name: %s%s%s}]
                    """.formatted(
                            i,
                            measure.contains("user.id") ? "28d" : "[28d, all]",
                            ReferenceEvent.ACTION,
                            measure,
                            filter(i / MEASURES.size())));
        }
        return folder;
    }

    /** Returns the filter whose conditions are the bits of a number. */
    private static String filter(int conditions) {
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < FILTERS.size(); i++) {
            if ((conditions >> i & 1) != 0) {
                chosen.add(FILTERS.get(i));
            }
        }
        return chosen.isEmpty() ? "" : ", filter: {" + String.join(", ", chosen) + "}";
    }
}
