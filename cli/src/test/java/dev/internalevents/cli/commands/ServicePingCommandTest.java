package dev.internalevents.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.cli.Cli;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.postgres.PostgresMetricStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The counters that services share in a real PostgreSQL. */
class ServicePingCommandTest {

    @TempDir
    private Path folder;

    @Test
    void is_computed_from_shared_counters_without_a_collector() throws IOException {
        Files.createDirectories(folder.resolve("metrics"));
        Files.createDirectories(folder.resolve("events"));
        Files.writeString(folder.resolve("events/added.yml"), """
                description: Something was added
                internal_events: true
                action: added
                tiers: [free]
                """);
        Files.writeString(folder.resolve("metrics/added.yml"), """
                key_path: counts.added
                description: a count
                value_type: number
                status: active
                data_source: internal_events
                time_frame: all
                tiers: [free]
                events: [{name: added}]
                """);
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setOverrideWorkingDirectory(folder.resolve("binaries").toFile())
                .start()) {
            String address = "postgresql://postgres@127.0.0.1:" + server.getPort() + "/postgres";
            String[] command = {"service-ping", "--metrics", address, "--definitions", folder.toString()};
            assertThat(Cli.run(1, command))
                    .startsWith("--metrics: nothing was counted there yet; set internal-events.counting of a service");

            Counters counters = Counters.of(DefinitionFiles.load(folder));
            try (PostgresMetricStore store = PostgresMetricStore.at(address)) {
                Increments batch = new Increments();
                batch.total(counters.all().get(0), 2_900, 42);
                store.apply(batch, new Position(UUID.randomUUID(), 1, 1));
            }

            JsonNode ping = JsonMapper.shared().readTree(Cli.run(0, command));
            assertThat(ping.at("/counts/added").asInt()).isEqualTo(42);
            // The same in every ping
            assertThat(UUID.fromString(ping.path("uuid").asString()))
                    .isEqualTo(UUID.fromString(JsonMapper.shared()
                            .readTree(Cli.run(0, command))
                            .path("uuid")
                            .asString()));
        }
    }
}
