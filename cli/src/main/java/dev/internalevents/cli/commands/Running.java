package dev.internalevents.cli.commands;

import dev.internalevents.cli.terminal.Console;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.protocol.DurationText;
import dev.internalevents.store.SinkSettings;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/** Runs a collector until the process is stopped, and then shuts it down in order. */
final class Running {

    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]");

    private final Console console;
    private final PrintWriter out;

    /** @param out where the URLs are printed */
    Running(Console console, PrintWriter out) {
        this.console = console;
        this.out = out;
    }

    /**
     * Starts the collector and blocks until the process is stopped.
     *
     * @param making builds the settings
     * @throws ParameterException naming the option or variable that is wrong
     */
    int run(Callable<CollectorSettings> making) throws Exception {
        CollectorSettings settings;
        Collector collector;
        try {
            settings = making.call();
            collector = Collector.start(settings);
        } catch (IllegalArgumentException e) {
            throw console.wrongUsage(named(console.commandName(), e.getMessage()), e);
        }
        CountDownLatch stopped = new CountDownLatch(1);
        // Acknowledged events are processed before the process exits.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            collector.close();
                            stopped.countDown();
                        },
                        "internal-events-stop"));
        String url = reachable(collector, settings);
        out.println(
                "Collector    " + url + (url.equals(collector.url()) ? "" : "  (on every address of this machine)"));
        out.println("Dashboard    " + url + "/micro/ui");
        out.println("For clients  AIGW_INTERNAL_EVENT__ENABLED=true AIGW_INTERNAL_EVENT__ENDPOINT=" + url);
        if (settings.folder() != null) {
            out.println("Events       " + settings.folder().toAbsolutePath().normalize());
        }
        SinkSettings sink = settings.sink();
        if (sink != null) {
            out.println("Lake         " + sink.location() + "  (" + described(sink) + ")");
        }
        if (settings.isCompatMicro()) {
            out.println("Mode         compatible with Snowplow Micro (--compat micro)");
        }
        FoundSchemas.lines(settings.registries()).forEach(out::println);
        out.println("Ctrl-C stops it.");
        out.flush();
        stopped.await();
        return 0;
    }

    private static String described(SinkSettings sink) {
        return (sink.format() == SinkSettings.Format.PARQUET ? "Parquet files" : "Iceberg tables")
                + (sink.catalog() == null ? "" : ", catalog " + sink.catalog())
                + ", a commit every " + DurationText.of(sink.commitEvery());
    }

    /** Returns a URL that clients can connect to, also if the collector listens on the wildcard address. */
    private static String reachable(Collector collector, CollectorSettings settings) {
        String host = settings.host();
        return WILDCARDS.contains(host) ? collector.url().replace(host, "127.0.0.1") : collector.url();
    }

    /** Replaces the setting's name at the start of a message by the option or variable that sets it. */
    private static String named(String command, @Nullable String message) {
        String text = String.valueOf(message);
        if (command.equals("micro") && text.startsWith("data: ")) {
            return "--storage" + text.substring("data".length());
        }
        if (text.startsWith("token: ")) {
            return "INTERNAL_EVENTS_TOKEN" + text.substring("token".length());
        } else if (text.startsWith("read-token: ")) {
            return "INTERNAL_EVENTS_READ_TOKEN" + text.substring("read-token".length());
        }
        return text.matches("(?s)[a-z][a-z0-9-]*: .*") ? "--" + text : text;
    }
}
