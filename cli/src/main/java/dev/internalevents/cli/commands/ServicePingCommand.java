package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.cli.terminal.OneLine;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.ping.Installation;
import dev.internalevents.metrics.ping.ServicePing;
import dev.internalevents.metrics.postgres.PostgresMetricStore;
import dev.internalevents.protocol.ProductVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows the weekly report as it would be sent now. */
@Command(
        name = "service-ping",
        description = {
            "Show the Service Ping as it would be sent now: each active or broken metric at its key path.",
            "A metric that cannot be computed is -1 or -2; the reason is on standard error and in the document.",
            "With --metrics, the counters are those that services share in PostgreSQL, and no collector is needed."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events service-ping",
            "  internal-events service-ping > ping.json",
            "  internal-events service-ping --metrics postgresql://reader@db/metrics --definitions .",
            "",
            "The password of --metrics is in INTERNAL_EVENTS_METRICS_PASSWORD or PGPASSWORD, in the file that",
            "?passwordfile=FILE names, or in ~/.pgpass.",
            "",
            "To have a collector send it once a week:",
            "  internal-events collector --definitions . --service-ping-url https://example.com/ping",
        })
public final class ServicePingCommand implements Callable<Integer> {

    @Mixin
    private Console console = new Console();

    @Mixin
    private RunningCollector collector = new RunningCollector();

    @Option(
            names = "--metrics",
            paramLabel = "URL",
            description = "Counters to read instead of a collector's: postgresql://[user@]host[:port]/database.")
    private @Nullable String metrics;

    @Option(
            names = "--definitions",
            paramLabel = "DIR",
            description = "With --metrics: folder with events and metrics; default: here.")
    private @Nullable Path definitions;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (metrics == null && definitions != null) {
            throw console.wrongUsage("--definitions: a collector has its own; use it with --metrics only");
        }
        JsonNode ping = metrics == null ? collector.get("/micro/service-ping") : shared(metrics);
        console.out()
                .println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(ping));
        PrintWriter err = console.err();
        for (JsonNode timing : ping.path("metadata").path("metrics")) {
            if (timing.has("error")) {
                err.println(OneLine.of(timing.path("name").asString() + ": "
                        + timing.path("error").asString()));
            }
        }
        return 0;
    }

    /** Returns the ping of the counters that services share. */
    private JsonNode shared(String address) throws IOException {
        PostgresMetricStore store;
        try {
            store = PostgresMetricStore.at(address);
        } catch (IllegalArgumentException e) {
            throw console.wrongUsage("--metrics: " + e.getMessage(), e);
        }
        try (store) {
            Dictionary dictionary = DefinitionFiles.load(definitions == null ? Path.of(".") : definitions);
            UUID id = store.installation()
                    .orElseThrow(
                            () -> new NoSuchElementException(
                                    "--metrics: nothing was counted there yet; set"
                                            + " internal-events.counting of a service to the same address, with the same ?schema=NAME"));
            Clock clock = Clock.systemUTC();
            Metrics values = new Metrics(dictionary, Counters.of(dictionary), store, clock);
            Installation installation = new Installation(id, hostname(), ProductVersion.CURRENT, "jvm", "CE");
            return JsonMapper.shared()
                    .readTree(new ServicePing(
                                    installation, dictionary, values, Map.of(), ServicePing.DEFAULT_TIMEOUT, clock)
                            .json());
        } catch (MetricStoreException e) {
            throw new MetricStoreException("--metrics: " + e.getMessage(), e);
        }
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
