package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.CollectorAddress;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.cli.terminal.OneLine;
import dev.internalevents.client.internal.setaside.SetAsideEvent;
import dev.internalevents.client.internal.setaside.SetAsideEvents;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Lists and resends the events that a service has set aside in its outbox: the collector failed on them but accepted
 * others.
 */
@Command(
        name = "set-aside",
        description = "List or resend the events that a service has set aside in its outbox.",
        subcommands = {SetAsideCommand.ListThem.class, SetAsideCommand.Send.class},
        footer = {
            "",
            "Examples:",
            "  internal-events set-aside list /var/lib/shop/outbox",
            "  internal-events set-aside send /var/lib/shop/outbox --url https://events.example.com"
        })
public final class SetAsideCommand implements Runnable {

    @Mixin
    private Console console = new Console();

    @Override
    public void run() {
        throw console.wrongUsage("A command is missing: list or send.");
    }

    /** The outbox folder, from the argument or the environment. */
    static final class Outbox {

        @Parameters(
                paramLabel = "FOLDER",
                arity = "0..1",
                description = "The outbox of the service; default: AIGW_INTERNAL_EVENT__OUTBOX_DIR.")
        private @Nullable Path folder;

        Path folder(Console console) {
            Path chosen = folder == null ? settings().outbox() : folder;
            if (chosen == null) {
                throw console.wrongUsage(
                        "FOLDER is missing, and AIGW_INTERNAL_EVENT__OUTBOX_DIR is not set; name the outbox of the service.");
            }
            if (!Files.isDirectory(chosen)) {
                throw console.wrongUsage(chosen + " is not a folder; expected the outbox of a service.");
            }
            // Messages name files inside the set-aside folder, so accept that folder too and use its parent.
            Path name = chosen.getFileName();
            Path parent = chosen.toAbsolutePath().getParent();
            return name != null && name.toString().equals(SetAsideEvents.FOLDER) && parent != null ? parent : chosen;
        }

        static InternalEventSettings settings() {
            return InternalEventSettings.read(Settings.load("AIGW"));
        }
    }

    private static String line(SetAsideEvent event) {
        return event.at() + "  " + event.id() + "  "
                + OneLine.of(event.name()) + "  " + event.reason() + " (" + event.tries()
                + " tries)";
    }

    /** Lists the events with time, id, name and reason. */
    @Command(name = "list", description = "List the events that are set aside, oldest first.")
    static final class ListThem implements Callable<Integer> {

        @Mixin
        private Console console = new Console();

        @Mixin
        private Outbox outbox = new Outbox();

        @Override
        public Integer call() throws IOException {
            PrintWriter out = console.out();
            long[] count = {0};
            SetAsideEvents.toLookAt(outbox.folder(console)).forEach(event -> {
                count[0]++;
                out.println(line(event));
            });
            out.println(count[0] + " set aside");
            return 0;
        }
    }

    /** Sends each event in a request of its own and removes those that are delivered. */
    @Command(
            name = "send",
            description = {
                "Resend each event in its own request; events that a collector accepts are removed.",
                "Without --url, each event is sent to the first endpoint in AIGW_INTERNAL_EVENT__ENDPOINT that accepts it."
            })
    static final class Send implements Callable<Integer> {

        @Mixin
        private Console console = new Console();

        @Mixin
        private Outbox outbox = new Outbox();

        @Mixin
        private CollectorAddress address = new CollectorAddress();

        @Option(
                names = "--header",
                paramLabel = "NAME=VALUE",
                description = "Header to send with each request. Can be repeated.")
        private Map<String, String> headers = new LinkedHashMap<>();

        @Override
        public Integer call() throws IOException {
            PrintWriter out = console.out();
            SetAsideEvents aside = SetAsideEvents.toLookAt(outbox.folder(console));
            int sent = 0;
            List<SetAsideEvent> events;
            try (SetAsideDelivery delivery = delivery();
                    Sent delivered = new Sent(aside)) {
                events = aside.read();
                for (SetAsideEvent event : events) {
                    String problem = delivery.send(event);
                    if (problem == null) {
                        sent++;
                        delivered.add(event.id());
                    } else if (delivery.away() != null) {
                        console.err().println(delivery.away());
                        break;
                    } else {
                        out.println(event.id() + "  " + OneLine.of(event.name()) + "  " + problem);
                    }
                    out.flush();
                }
            }
            out.println(sent + " sent, " + (events.size() - sent) + " still set aside");
            return sent == events.size() ? 0 : 1;
        }

        private SetAsideDelivery delivery() {
            URI given = address.given();
            List<URI> collectors = given == null ? Outbox.settings().endpoints() : List.of(given);
            if (collectors.isEmpty()) {
                throw console.wrongUsage(
                        "--url is missing, and AIGW_INTERNAL_EVENT__ENDPOINT is not set; name the collector.");
            }
            try {
                return new SetAsideDelivery(collectors, headers, address.tls());
            } catch (IllegalArgumentException e) {
                throw console.wrongUsage(address.option() + ": " + e.getMessage(), e);
            }
        }

        /** Removes delivered events in batches, and when a signal ends the process. */
        private static final class Sent implements AutoCloseable {

            private static final int PORTION = 100;

            private final SetAsideEvents aside;
            private final Set<String> ids = new HashSet<>();
            private final Thread atExit = new Thread(this::removeAtExit, "set-aside-at-exit");

            private Sent(SetAsideEvents aside) {
                this.aside = aside;
                Runtime.getRuntime().addShutdownHook(atExit);
            }

            private synchronized void add(String id) throws IOException {
                ids.add(id);
                if (ids.size() >= PORTION) {
                    remove();
                }
            }

            private synchronized void remove() throws IOException {
                aside.remove(ids);
                ids.clear();
            }

            private void removeAtExit() {
                try {
                    remove();
                } catch (IOException e) {
                    // The next run sends them again with the same ids.
                }
            }

            @Override
            public void close() throws IOException {
                remove();
                try {
                    boolean ignored = Runtime.getRuntime().removeShutdownHook(atExit);
                } catch (IllegalStateException e) {
                    // The process is ending.
                }
            }
        }
    }
}
