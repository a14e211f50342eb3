package dev.internalevents.cli.commands;

import dev.internalevents.cli.options.CollectorOptions;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.store.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the production collector for one machine until it is stopped. */
@Command(
        name = "collector",
        sortOptions = false,
        description = {
            "Run the production collector: one process that stores events in a folder.",
            "A request is answered once it is on disk; events are then stored in DuckDB and can be queried with SQL."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events collector --data /var/lib/internal-events",
            "  INTERNAL_EVENTS_TOKEN=$(openssl rand -hex 32) \\",
            "    internal-events collector --host 0.0.0.0 --tls site.p12",
            "  internal-events collector --keep P90D --max-store 50000",
            "  internal-events sql \"SELECT se_action, count(*) FROM events GROUP BY ALL\""
        })
public final class CollectorCommand implements Callable<Integer> {

    private static final String FOLDER = ".internal-events/collector";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:INTERNAL_EVENTS_DATA:-" + FOLDER + "}",
            description = {"Folder for spool and store; default:", FOLDER + "."})
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path data;

    @Mixin
    private CollectorOptions options = new CollectorOptions();

    @Option(
            names = "--keep",
            paramLabel = "DURATION",
            description = "How long events are kept, for example P90D; default: no limit.")
    private @Nullable Duration keep;

    @Option(
            names = "--max-store",
            paramLabel = "MB",
            defaultValue = "0",
            description = "Store size above which the oldest events are removed; default: no limit.")
    private long maxStoreMegabytes;

    @Option(
            names = "--keep-raw",
            paramLabel = "DURATION",
            defaultValue = "P30D",
            description = "How long the original requests of failed events are kept; default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Duration keepRaw;

    @Option(
            names = "--allow-reset",
            description = "Allow an admin to remove all events with POST /micro/reset; each reset is logged.")
    private boolean allowReset;

    @Override
    public Integer call() throws Exception {
        return new Running(spec, options.messages(spec.commandLine())).run(this::settings);
    }

    private CollectorSettings settings() throws IOException {
        Retention retention =
                new Retention(keep, CollectorOptions.bytes("max-store", maxStoreMegabytes, 0), keepRaw);
        return options.settings(
                CollectorSettings.collector(data).retention(retention).allowReset(allowReset),
                spec.commandLine().getErr());
    }
}
