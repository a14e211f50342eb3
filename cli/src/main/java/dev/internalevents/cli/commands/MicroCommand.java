package dev.internalevents.cli.commands;

import dev.internalevents.cli.options.CollectorOptions;
import dev.internalevents.cli.options.Digits;
import dev.internalevents.cli.options.MicroOptions;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.CollectorSettingsBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the local collector until it is stopped. */
@Command(
        name = "micro",
        sortOptions = false,
        description = {
            "Run the local collector and its dashboard.",
            "It accepts events, validates them, keeps them in memory, and listens on 127.0.0.1 only."
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
public final class MicroCommand implements Callable<Integer> {

    private static final int MICRO_PORT = 9090;

    @Mixin
    private Console console = new Console();

    @Mixin
    private CollectorOptions options = new CollectorOptions();

    @Mixin
    private MicroOptions unused = new MicroOptions();

    @Option(
            names = {"-m", "--max-events"},
            paramLabel = "N",
            description = "Maximum number of events in memory; the oldest are removed first. Default: 20,000.")
    private @Nullable String maxEvents;

    @Option(
            names = {"-s", "--storage"},
            arity = "0..1",
            paramLabel = "DIR",
            description = "Store events in a folder instead of memory, without a limit; it is created if missing.")
    private @Nullable String storage;

    @Option(
            names = "--compat",
            paramLabel = "micro",
            description = "Behave like Snowplow Micro where the default is stricter: "
                    + "port 9090; duplicate events are counted again; unknown keys are ignored; "
                    + "pages served from this machine may read events; GET /micro/reset works under every host name.")
    private @Nullable String compat;

    @Override
    public Integer call() throws Exception {
        return new Running(console, options.messages(console)).run(() -> settings(System.getenv(), console.err()));
    }

    /**
     * Returns the settings.
     *
     * @param notices receives one line for each option and variable of Micro that is not used
     * @throws IllegalArgumentException naming the option or variable that is wrong
     */
    CollectorSettings settings(Map<String, String> environment, PrintWriter notices) throws IOException {
        unused.check(environment, storage, options.isClosed(environment));
        MicroOptions.Read read = unused.read(environment, options.hasTls());
        CollectorSettingsBuilder settings = CollectorSettings.micro()
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
            notices.println("--storage " + storage + ": the folder does not exist and will be created");
        }
        if (storage != null && maxEvents != null) {
            notices.println("--max-events is not used: with --storage the number of events is not limited; leave out"
                    + " one of the two");
        }
        notices.flush();
        return made;
    }

    private int maxEvents() {
        if (maxEvents == null) {
            return CollectorSettings.DEFAULT_MAX_EVENTS;
        }
        try {
            return Digits.whole(maxEvents.strip(), Integer::parseInt);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "max-events: \"" + maxEvents + "\" is not a whole number from 1 to " + Integer.MAX_VALUE, e);
        }
    }

    private boolean isCompatible() {
        if (compat != null && !compat.equals("micro")) {
            throw new IllegalArgumentException("compat: \"" + compat + "\" is not allowed; allowed: micro");
        }
        return compat != null;
    }
}
