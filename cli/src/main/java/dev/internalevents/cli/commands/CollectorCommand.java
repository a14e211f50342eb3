package dev.internalevents.cli.commands;

import dev.internalevents.cli.options.CollectorOptions;
import dev.internalevents.cli.options.LakeOptions;
import dev.internalevents.cli.options.RetentionOptions;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
            "  internal-events collector --keep 90d --max-store 50GB",
            "  internal-events sql \"SELECT se_action, count(*) FROM events GROUP BY ALL\""
        })
public final class CollectorCommand implements Callable<Integer> {

    private static final String FOLDER = ".internal-events/collector";

    @Mixin
    private Console console = new Console();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:INTERNAL_EVENTS_DATA:-" + FOLDER + "}",
            description = {"Folder for spool and store; default:", FOLDER + "."})
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path data;

    @Mixin
    private CollectorOptions options = new CollectorOptions();

    @Mixin
    private RetentionOptions retention = new RetentionOptions();

    @Mixin
    private LakeOptions lake = new LakeOptions();

    @Option(
            names = "--allow-reset",
            description = "Allow an admin to remove all events with POST /micro/reset; each reset is logged.")
    private boolean allowReset;

    @Override
    public Integer call() throws Exception {
        return new Running(console, options.messages(console)).run(this::settings);
    }

    private CollectorSettings settings() throws IOException {
        retention.warn(console.err());
        return options.settings(
                CollectorSettings.collector(data)
                        .retention(retention.retention())
                        .sink(lake.settings())
                        .allowReset(allowReset),
                console.err());
    }
}
