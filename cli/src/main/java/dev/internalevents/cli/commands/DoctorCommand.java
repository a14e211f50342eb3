package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.CollectorAddress;
import dev.internalevents.cli.http.Http;
import dev.internalevents.cli.options.Variables;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.client.internal.setaside.SetAsideEvents;
import dev.internalevents.client.settings.BillingEventSettings;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.client.settings.SnowplowSettings;
import dev.internalevents.definitions.Reading;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks everything that the other commands need. */
@Command(
        name = "doctor",
        description = {
            "Check Java, ports, settings, outbox, definitions and the collector; show how to fix each problem.",
            "--url checks another collector than the one in the settings."
        },
        footer = {"", "Examples:", "  internal-events doctor", "", "Exits with 1 if there is a problem."})
public final class DoctorCommand implements Callable<Integer> {

    private static final int OLDEST_JAVA = 17;
    private static final Path CONFIG = Path.of("config", "events");
    private static final List<Path> DEFINITIONS = List.of(CONFIG, Path.of("src/main/resources/internal-events"));

    @Mixin
    private Console console = new Console();

    @Mixin
    private CollectorAddress address = new CollectorAddress();

    private boolean healthy = true;

    @Override
    public Integer call() throws InterruptedException {
        // A wrong --ca is a mistake in the command line, not something found.
        address.tls();
        java();
        Found found = settings();
        InternalEventSettings settings = found.internalEvents;
        BillingEventSettings billing = found.billing;
        port(9091, "collector (internal-events micro)", "/health");
        port(5052, "example service (internal-events gateway)", "/monitoring/healthz");
        definitions();
        URI given = address.given();
        if (given != null) {
            check("The collector", given, null);
        }
        if (settings != null) {
            collector(settings.enabled(), settings.endpoints());
            outbox("", settings.outbox(), "AIGW_INTERNAL_EVENT__OUTBOX_DIR");
            setAside(settings.outbox());
        }
        if (billing != null && billing.enabled()) {
            billing(billing);
        }
        return healthy ? 0 : 1;
    }

    private void java() {
        int version = Runtime.version().feature();
        report(
                version >= OLDEST_JAVA,
                "Java " + Runtime.version() + " in " + System.getProperty("java.home"),
                "install JDK " + OLDEST_JAVA + " or newer and point JAVA_HOME to it");
    }

    /** The settings that the environment and {@code .env} contain; null for a group that is wrong. */
    private record Found(
            @Nullable InternalEventSettings internalEvents,
            @Nullable BillingEventSettings billing) {}

    /** Checks every group of settings, even if another one is wrong. */
    private Found settings() {
        Path file = Path.of(".env").toAbsolutePath();
        String from = Files.isRegularFile(file) ? "environment and " + file : "environment (there is no " + file + ")";
        Set<String> wrong = new LinkedHashSet<>();
        Set<String> misspelt = new LinkedHashSet<>(Variables.misspelt(System.getenv()));
        Found found = new Found(
                read(InternalEventSettings.GROUP, InternalEventSettings::read, wrong, misspelt),
                read(BillingEventSettings.GROUP, BillingEventSettings::read, wrong, misspelt));
        read(SnowplowSettings.GROUP, SnowplowSettings::read, wrong, misspelt);
        wrong.forEach(sentence -> report(false, sentence, "correct it in the " + from));
        misspelt.forEach(sentence -> report(false, sentence, "correct its name in the " + from));
        boolean hasIgnored = ignoredLines(file);
        if (wrong.isEmpty() && misspelt.isEmpty() && !hasIgnored) {
            report(true, "Settings from the " + from, "");
        }
        return found;
    }

    private boolean ignoredLines(Path file) {
        List<Integer> lines;
        try {
            lines = Settings.load("AIGW").ignoredLines();
        } catch (SettingsException e) {
            return false; // Reported with the settings.
        }
        lines.forEach(line -> report(
                false,
                "Line " + line + " of " + file + " has no = and is ignored",
                "write it as NAME=value, or begin it with # to make it a comment"));
        return !lines.isEmpty();
    }

    /**
     * Reads one group from a fresh copy of the variables, which then has only the problems of this group. Null if it is
     * wrong.
     */
    private static <T> @Nullable T read(
            String group, Function<Settings, T> reader, Set<String> wrong, Set<String> misspelt) {
        try {
            Settings variables = Settings.load("AIGW");
            try {
                return reader.apply(variables);
            } finally {
                wrong.addAll(variables.warnings());
                misspelt.addAll(variables.unknown(group));
            }
        } catch (SettingsException e) {
            wrong.addAll(e.problems());
            return null;
        }
    }

    private void port(int port, String whose, String health) throws InterruptedException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            report(true, "Port " + port + " is free for the " + whose, "");
        } catch (IOException e) {
            boolean ours = Http.isUp("http://127.0.0.1:" + port + health);
            report(
                    ours,
                    ours
                            ? "Port " + port + ": the " + whose + " answers"
                            : "Port " + port + " is in use, and it is not the " + whose,
                    "stop the program that listens there, or choose another port with --port N");
        }
    }

    private void collector(boolean enabled, List<URI> endpoints) throws InterruptedException {
        if (!enabled) {
            note(
                    "Events are switched off: the client sends nothing",
                    "set AIGW_INTERNAL_EVENT__ENABLED=true"
                            + (endpoints.isEmpty()
                                    ? " and, for a local collector, AIGW_INTERNAL_EVENT__ENDPOINT=http://127.0.0.1:9091"
                                    : "; AIGW_INTERNAL_EVENT__ENDPOINT is "
                                            + endpoints.stream()
                                                    .map(URI::toString)
                                                    .collect(Collectors.joining(","))));
            return;
        }
        for (URI endpoint : endpoints) {
            check("The collector", endpoint, "AIGW_INTERNAL_EVENT__ENDPOINT");
        }
    }

    private void billing(BillingEventSettings billing) throws InterruptedException {
        for (URI endpoint : billing.endpoints()) {
            check("The collector of billing events", endpoint, "AIGW_BILLING_EVENT__ENDPOINT");
        }
        outbox("of billing events ", billing.outbox(), "AIGW_BILLING_EVENT__OUTBOX_DIR");
    }

    private void check(String whose, URI collector, @Nullable String variable) throws InterruptedException {
        new CollectorCheck(address)
                .of(whose, collector, variable)
                .forEach(finding -> report(finding.isGood(), finding.what(), finding.remedy()));
    }

    /** Checks the definitions of this folder, if it has any. */
    private void definitions() {
        String named = System.getenv("INTERNAL_EVENTS_DEFINITIONS");
        boolean isNamed = named != null && !named.isBlank();
        List<Path> folders = isNamed ? List.of(Path.of(named)) : DEFINITIONS;
        for (Path folder : folders) {
            if (isNamed || Files.isDirectory(folder)) {
                Path read = folder.equals(CONFIG) ? Path.of(".") : folder;
                Reading reading = DefinitionFiles.read(read);
                int errors = reading.errors().size();
                report(
                        errors == 0,
                        "The definitions in " + folder + (errors == 0 ? " are valid" : ": ")
                                + (errors == 0 ? "" : reading.errors().get(0))
                                + (errors > 1 ? " (and " + (errors - 1) + " more)" : ""),
                        isNamed && !Files.isDirectory(folder)
                                ? "correct INTERNAL_EVENTS_DEFINITIONS"
                                : "see all errors with: internal-events validate " + read);
            }
        }
    }

    private void outbox(String whose, @Nullable Path outbox, String variable) {
        if (outbox == null) {
            return;
        }
        String problem = outboxProblem(outbox.toAbsolutePath());
        report(
                problem == null,
                "The outbox " + whose + outbox + " " + (problem == null ? "can be used" : problem),
                "set " + variable + " to a folder that the service can write, or make this one writable");
    }

    /**
     * Creates and locks nothing, because a service may be using the outbox. Null if it is writable or can be created.
     */
    private static @Nullable String outboxProblem(Path outbox) {
        if (Files.exists(outbox)) {
            return !Files.isDirectory(outbox)
                    ? "is not a folder"
                    : Files.isWritable(outbox) ? null : "cannot be written by this user";
        }
        Path parent = outbox;
        while (parent != null && !Files.exists(parent)) {
            parent = parent.getParent();
        }
        return parent != null && Files.isDirectory(parent) && Files.isWritable(parent)
                ? null
                : "does not exist and cannot be created in " + parent;
    }

    private void setAside(@Nullable Path outbox) {
        if (outbox == null || !Files.isDirectory(outbox)) {
            return;
        }
        String summary = SetAsideEvents.toLookAt(outbox).summary();
        report(
                summary == null,
                summary == null ? "No event is set aside in the outbox " + outbox : summary,
                "list them with: internal-events set-aside list " + outbox);
    }

    /** Reports what is no problem of the installation, but probably not what was wanted. */
    private void note(String what, String remedy) {
        console.out().println("note    " + what + "\n        → " + remedy);
    }

    private void report(boolean good, String what, String remedy) {
        PrintWriter out = console.out();
        out.println((good ? "ok      " : "problem ") + what + (good ? "" : "\n        → " + remedy));
        healthy &= good;
    }
}
