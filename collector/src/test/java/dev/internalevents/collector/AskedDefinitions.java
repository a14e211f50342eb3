package dev.internalevents.collector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The definitions of an event, {@code asked}, and of a metric that counts it. */
final class AskedDefinitions {

    private AskedDefinitions() {}

    /** Writes them into a new folder and returns it. */
    static Path write(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("events"));
        Files.createDirectories(folder.resolve("metrics"));
        Files.writeString(folder.resolve("events/asked.yml"), """
                description: A user asked
                internal_events: true
                action: asked
                identifiers: [user, project, namespace]
                tiers: [free]
                """);
        Files.writeString(folder.resolve("metrics/asked.yml"), """
                key_path: counts.asked
                description: a count
                value_type: number
                status: active
                data_source: internal_events
                time_frame: all
                tiers: [free]
                events: [{name: asked}]
                """);
        return folder;
    }
}
