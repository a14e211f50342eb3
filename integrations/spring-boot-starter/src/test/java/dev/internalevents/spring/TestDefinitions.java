package dev.internalevents.spring;

import dev.internalevents.testkit.TestFiles;
import java.nio.file.Path;

/** Writes definitions of events and of the metrics that count them. */
final class TestDefinitions {

    private TestDefinitions() {}

    /**
     * Writes an event and the metric {@code counts.NAME}, which counts how often it occurs.
     *
     * @param more further keys of the event
     */
    static void write(Path folder, String event, String more) {
        TestFiles.write(folder, "events/" + event + ".yml", """
                description: A user did something
                internal_events: true
                action: %s
                identifiers: [user]
                tiers: [free]
                %s
                """.formatted(event, more));
        TestFiles.write(folder, "metrics/" + event + ".yml", """
                key_path: counts.%1$s
                description: Count of something
                value_type: number
                status: active
                time_frame: all
                data_source: internal_events
                tiers: [free]
                events:
                - name: %1$s
                """.formatted(event));
    }
}
