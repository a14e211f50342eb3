package dev.internalevents.cli;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The local collector: runs until it is stopped. */
@Command(
        name = "micro",
        description = {
            "Run the local collector and its dashboard.",
            "It takes events, checks them, keeps them in memory, and listens on this machine alone (127.0.0.1)."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events micro",
            "  internal-events micro --port 9090 --iglu ./iglu-registry",
            "",
            "Then open http://127.0.0.1:9091, or ask for JSON:",
            "  curl http://127.0.0.1:9091/micro/good"
        })
final class MicroCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9091",
            description = "Port; default ${DEFAULT-VALUE}, 0 for a free one.")
    private int port;

    @Option(
            names = "--max-events",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Events that are kept; older ones make room. Default ${DEFAULT-VALUE}.")
    private int maxEvents;

    @Option(
            names = "--iglu",
            paramLabel = "DIR",
            description =
                    "Folder with schemas/VENDOR/NAME/jsonschema/VERSION; asked before the shipped schemas. Can be repeated.")
    private List<Path> iglu = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (Collector collector = start()) {
            out.println("Collector    " + collector.url());
            out.println("Dashboard    " + collector.url() + "/micro/ui");
            out.println(
                    "Settings     AIGW_INTERNAL_EVENT__ENABLED=true AIGW_INTERNAL_EVENT__ENDPOINT=" + collector.url());
            out.println("Ctrl-C stops it.");
            out.flush();
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private Collector start() throws IOException {
        try {
            return Collector.start(new CollectorSettings(CollectorSettings.LOOPBACK, port, maxEvents, iglu));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
    }
}
