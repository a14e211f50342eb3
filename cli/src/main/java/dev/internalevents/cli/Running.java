package dev.internalevents.cli;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A collector that runs until the process is told to stop, and then stops in order. */
final class Running {

    private Running() {}

    /** What makes the settings. */
    interface Making {
        CollectorSettings settings() throws IOException;
    }

    static int collector(CommandSpec spec, Making making, boolean quiet) throws IOException, InterruptedException {
        PrintWriter out =
                quiet ? spec.commandLine().getErr() : spec.commandLine().getOut();
        Collector collector;
        CollectorSettings settings;
        try {
            settings = making.settings();
            collector = Collector.start(settings);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
        CountDownLatch stopped = new CountDownLatch(1);
        // Whatever is acknowledged is processed before the process ends.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            collector.close();
                            stopped.countDown();
                        },
                        "internal-events-stop"));
        out.println("Collector    " + collector.url());
        out.println("Dashboard    " + collector.url() + "/micro/ui");
        out.println("Settings     AIGW_INTERNAL_EVENT__ENABLED=true AIGW_INTERNAL_EVENT__ENDPOINT=" + collector.url());
        if (settings.folder() != null) {
            out.println("Events       " + settings.folder().toAbsolutePath().normalize());
        }
        out.println("Ctrl-C stops it.");
        out.flush();
        stopped.await();
        return 0;
    }
}
