package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.Http;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.client.internal.setaside.SetAsideEvents;
import dev.internalevents.client.settings.BillingEventSettings;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.client.settings.SnowplowSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks everything that the other commands need. */
@Command(
        name = "doctor",
        description = "Check Java, ports, settings, and whether the collector answers; show how to fix each problem.",
        footer = {"", "Examples:", "  internal-events doctor", "", "Exits with 1 if there is a problem."})
public final class DoctorCommand implements Callable<Integer> {

    private static final int OLDEST_JAVA = 17;

    @Mixin
    private Console console = new Console();

    private boolean healthy = true;

    @Override
    public Integer call() throws InterruptedException {
        java();
        Found found = settings();
        InternalEventSettings settings = found.internalEvents;
        BillingEventSettings billing = found.billing;
        port(9091, "collector (internal-events micro)", "/health");
        port(5052, "example service (internal-events gateway)", "/monitoring/healthz");
        if (settings != null) {
            collector(settings.enabled(), settings.endpoint());
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
        Set<String> misspelt = new LinkedHashSet<>();
        Found found = new Found(
                read(InternalEventSettings.GROUP, InternalEventSettings::read, wrong, misspelt),
                read(BillingEventSettings.GROUP, BillingEventSettings::read, wrong, misspelt));
        read(SnowplowSettings.GROUP, SnowplowSettings::read, wrong, misspelt);
        wrong.forEach(sentence -> report(false, sentence, "correct it in the " + from));
        misspelt.forEach(sentence -> report(false, sentence, "correct its name in the " + from));
        if (wrong.isEmpty() && misspelt.isEmpty()) {
            report(true, "Settings from the " + from, "");
        }
        return found;
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
                    "stop the program that listens there, or choose another port with --port");
        }
    }

    private void collector(boolean enabled, @Nullable URI endpoint) throws InterruptedException {
        if (endpoint == null) {
            report(
                    true,
                    "Events are switched off; to send them to a local collector set AIGW_INTERNAL_EVENT__ENABLED=true"
                            + " and AIGW_INTERNAL_EVENT__ENDPOINT=http://127.0.0.1:9091",
                    "");
        } else {
            String url = endpoint.toString();
            String base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
            boolean up = Http.isUp(base + "/health");
            report(
                    up || !enabled,
                    "The collector at " + endpoint + (up ? " answers" : " does not answer")
                            + (enabled ? "" : " (events are switched off: AIGW_INTERNAL_EVENT__ENABLED)"),
                    "start it with: internal-events micro");
        }
    }

    private void billing(BillingEventSettings billing) throws InterruptedException {
        URI endpoint = billing.endpoint();
        if (endpoint != null) {
            String url = endpoint.toString();
            boolean up = Http.isUp((url.endsWith("/") ? url.substring(0, url.length() - 1) : url) + "/health");
            report(
                    up,
                    "The collector of billing events at " + endpoint + (up ? " answers" : " does not answer"),
                    "start it, or correct AIGW_BILLING_EVENT__ENDPOINT");
        }
        outbox("of billing events ", billing.outbox(), "AIGW_BILLING_EVENT__OUTBOX_DIR");
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

    private void report(boolean good, String what, String remedy) {
        PrintWriter out = console.out();
        out.println((good ? "ok      " : "problem ") + what + (good ? "" : "\n        → " + remedy));
        healthy &= good;
    }
}
