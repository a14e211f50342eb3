package dev.internalevents.cli;

import dev.internalevents.client.setaside.SetAsideEvent;
import dev.internalevents.client.setaside.SetAsideEvents;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.PayloadData;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpResponse;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Events that a collector failed at while it took others, which a service has set aside in its outbox. */
@Command(
        name = "set-aside",
        description = "List and send again the events that a service has set aside in its outbox.",
        subcommands = {SetAsideCommand.ListThem.class, SetAsideCommand.Send.class},
        footer = {
            "",
            "Examples:",
            "  internal-events set-aside list /var/lib/shop/outbox",
            "  internal-events set-aside send /var/lib/shop/outbox --endpoint https://events.example.com"
        })
final class SetAsideCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing: list or send.");
    }

    /** The outbox that is meant. */
    static final class Outbox {

        @Spec(Spec.Target.MIXEE)
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private CommandSpec spec;

        @Parameters(
                paramLabel = "FOLDER",
                arity = "0..1",
                description = "The outbox of the service; default AIGW_INTERNAL_EVENT__OUTBOX_DIR.")
        private @Nullable Path folder;

        Path folder() {
            Path chosen = folder == null ? settings().outbox() : folder;
            if (chosen == null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "FOLDER is missing, and AIGW_INTERNAL_EVENT__OUTBOX_DIR is not set; name the outbox of the service.");
            }
            if (!Files.isDirectory(chosen)) {
                throw new ParameterException(
                        spec.commandLine(), chosen + " is not a folder; expected the outbox of a service.");
            }
            return chosen;
        }

        static InternalEventSettings settings() {
            return InternalEventSettings.read(Settings.load("AIGW"));
        }
    }

    private static String line(SetAsideEvent event) {
        return event.at() + "  " + event.id() + "  "
                + event.name().replaceAll("\\p{Cntrl}", " ") + "  " + event.reason() + " (" + event.tries()
                + " tries)";
    }

    /** Times, ids, names, reasons. */
    @Command(name = "list", description = "List them, the oldest first.")
    static final class ListThem implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private CommandSpec spec;

        @Mixin
        private Outbox outbox = new Outbox();

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            long[] count = {0};
            new SetAsideEvents(outbox.folder()).forEach(event -> {
                count[0]++;
                out.println(line(event));
            });
            out.println(count[0] + " set aside");
            return 0;
        }
    }

    /** Each alone; what is delivered is removed. */
    @Command(
            name = "send",
            description = "Send each of them alone once more; what the collector takes is removed from the folder.")
    static final class Send implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private CommandSpec spec;

        @Mixin
        private Outbox outbox = new Outbox();

        @Option(
                names = "--endpoint",
                paramLabel = "URL",
                description = "The collector; default AIGW_INTERNAL_EVENT__ENDPOINT.")
        private @Nullable URI endpoint;

        @Option(names = "--header", paramLabel = "NAME=VALUE", description = "Sent with each request.")
        private Map<String, String> headers = new LinkedHashMap<>();

        @Override
        public Integer call() throws IOException, InterruptedException {
            PrintWriter out = spec.commandLine().getOut();
            URI collector = endpoint == null ? Outbox.settings().endpoint() : endpoint;
            if (collector == null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--endpoint is missing, and AIGW_INTERNAL_EVENT__ENDPOINT is not set; name the collector.");
            }
            SetAsideEvents aside = new SetAsideEvents(outbox.folder());
            List<SetAsideEvent> events = aside.read();
            Set<String> sent = new HashSet<>();
            try {
                for (SetAsideEvent event : events) {
                    String problem = send(collector, event);
                    if (problem == null) {
                        sent.add(event.id());
                    } else {
                        out.println(event.id() + "  " + event.name().replaceAll("\\p{Cntrl}", " ") + "  " + problem);
                    }
                    out.flush();
                }
            } finally {
                aside.remove(sent);
            }
            out.println(sent.size() + " sent, " + (events.size() - sent.size()) + " still set aside");
            return sent.size() == events.size() ? 0 : 1;
        }

        private @Nullable String send(URI collector, SetAsideEvent event) throws InterruptedException {
            Map<String, Object> members = new LinkedHashMap<>(event.event());
            members.put("stm", String.valueOf(System.currentTimeMillis()));
            String body = Json.write(Map.of("schema", PayloadData.SCHEMA.toString(), "data", List.of(members)));
            String base = collector.toString();
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put("Content-Type", "application/json; charset=utf-8");
            try {
                HttpResponse<String> answer = Http.post(
                        (base.endsWith("/") ? base : base + "/") + "com.snowplowanalytics.snowplow/tp2", body, all);
                return answer.statusCode() / 100 == 2 ? null : "the collector answered " + answer.statusCode();
            } catch (IOException | IllegalArgumentException e) {
                return "no answer: " + e;
            }
        }
    }
}
