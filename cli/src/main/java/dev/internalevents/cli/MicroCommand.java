package dev.internalevents.cli;

import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The local collector: runs until it is stopped. */
@Command(
        name = "micro",
        sortOptions = false,
        description = {
            "Run the local collector and its dashboard.",
            "It takes events, checks them, keeps them in memory, and listens on this machine alone (127.0.0.1)."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events micro",
            "  internal-events micro --port 9090 --iglu ./iglu-registry",
            "  internal-events micro --output-tsv > events.tsv",
            "",
            "Then open http://127.0.0.1:9091, or ask for JSON:",
            "  curl http://127.0.0.1:9091/micro/good"
        })
final class MicroCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Mixin
    private CollectorOptions options = new CollectorOptions();

    @Option(
            names = "--max-events",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Events that are kept in memory; older ones make room. Default ${DEFAULT-VALUE}.")
    private int maxEvents;

    @Option(names = "--storage", paramLabel = "DIR", description = "Keeps events in a folder instead, as many as come.")
    private @Nullable Path storage;

    @Option(
            names = "--compat",
            paramLabel = "micro",
            description = {
                "Answers programs as Snowplow Micro does where the default is stricter:",
                "GET /micro/reset under every host name, not this machine's alone."
            })
    private @Nullable String compat;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return Running.collector(
                spec,
                () -> options.settings(CollectorSettings.micro()
                        .maxEvents(maxEvents)
                        .folder(storage)
                        .compatMicro(isCompatible())),
                options.writesEvents());
    }

    private boolean isCompatible() {
        if (compat != null && !compat.equals("micro")) {
            throw new IllegalArgumentException("compat: \"" + compat + "\" is not micro, the only one that there is");
        }
        return compat != null;
    }
}
