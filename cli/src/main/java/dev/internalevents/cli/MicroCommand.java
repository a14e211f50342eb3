package dev.internalevents.cli;

import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

    private static final int MICRO_PORT = 9090;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Mixin
    private CollectorOptions options = new CollectorOptions();

    @Mixin
    private MicroOptions unused = new MicroOptions();

    @Option(
            names = {"-m", "--max-events"},
            paramLabel = "N",
            description = "Events that are kept in memory; older ones make room. Default 20,000.")
    private @Nullable String maxEvents;

    @Option(
            names = {"-s", "--storage"},
            arity = "0..1",
            paramLabel = "DIR",
            description = "Keeps events in a folder instead, as many as come; it is made if it is not there.")
    private @Nullable String storage;

    @Option(
            names = "--compat",
            paramLabel = "micro",
            description = "Answers programs as Snowplow Micro does where the default is stricter: "
                    + "port 9090; an event that comes again counts again; keys that it does not know are passed over; "
                    + "pages of this machine may read events; GET /micro/reset under every host name.")
    private @Nullable String compat;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return Running.collector(
                spec, () -> settings(System.getenv(), spec.commandLine().getErr()), options.writesEvents());
    }

    /**
     * The settings.
     *
     * @param notices takes a line for each option and variable of Micro that is not used
     * @throws IllegalArgumentException naming what makes no sense
     */
    CollectorSettings settings(Map<String, String> environment, PrintWriter notices) throws IOException {
        unused.check(environment, storage, options.isClosed(environment));
        MicroOptions.Read read = unused.read(environment, options.hasTls());
        CollectorSettings.Builder settings = CollectorSettings.micro()
                .maxEvents(maxEvents())
                .folder(storage == null ? null : Path.of(storage))
                .compatMicro(isCompatible());
        Path registry = unused.embeddedRegistry();
        if (registry != null) {
            settings.iglu(registry);
        }
        if (read.port() != null) {
            settings.port(read.port());
        } else if (isCompatible()) {
            settings.port(MICRO_PORT);
        }
        boolean makesFolder = storage != null && Files.notExists(Path.of(storage));
        CollectorSettings made = options.settings(settings, environment, notices);
        read.notices().forEach(notices::println);
        if (makesFolder) {
            notices.println("--storage " + storage + ": there is no such folder, so it is made");
        }
        if (storage != null && maxEvents != null) {
            notices.println("--max-events is not used: a folder keeps as many events as come; leave out --storage, or"
                    + " --max-events");
        }
        notices.flush();
        return made;
    }

    private int maxEvents() {
        if (maxEvents == null) {
            return CollectorSettings.DEFAULT_MAX_EVENTS;
        }
        try {
            return Integer.parseInt(maxEvents.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "max-events: " + maxEvents + " is not a whole number of 1 or more, at most " + Integer.MAX_VALUE,
                    e);
        }
    }

    private boolean isCompatible() {
        if (compat != null && !compat.equals("micro")) {
            throw new IllegalArgumentException("compat: \"" + compat + "\" is not micro, the only one that there is");
        }
        return compat != null;
    }
}
