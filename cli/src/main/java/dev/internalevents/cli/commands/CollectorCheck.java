package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.CollectorAddress;
import dev.internalevents.cli.http.NoAnswer;
import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.cli.terminal.OneLine;
import dev.internalevents.client.internal.http.ConnectionFailure;
import dev.internalevents.protocol.ProductVersion;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a collector whether it accepts events, what version it is, and what time it has. */
final class CollectorCheck {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Beyond it, events appear at the wrong time. */
    private static final Duration MAX_DIFFERENCE = Duration.ofSeconds(30);

    private final CollectorAddress address;
    private final List<Finding> findings = new ArrayList<>();

    CollectorCheck(CollectorAddress address) {
        this.address = address;
    }

    /**
     * Something found.
     *
     * @param remedy what to do; empty if it is good
     */
    record Finding(String what, String remedy) {

        boolean isGood() {
            return remedy.isEmpty();
        }
    }

    /**
     * Checks one collector.
     *
     * @param whose for example {@code The collector}
     * @param variable the setting that names the collector; null if an option does
     */
    List<Finding> of(String whose, URI collector, @Nullable String variable) throws InterruptedException {
        String base = collector.toString().replaceFirst("/+$", "");
        try {
            HttpClient http = client();
            Instant asked = Instant.now();
            HttpResponse<String> health = get(http, base + "/health");
            Instant answered = Instant.now();
            if (health.statusCode() != 200) {
                findings.add(new Finding(
                        whose + " at " + collector + " answers " + health.statusCode() + " at /health",
                        health.statusCode() == 503
                                ? "look into its log: it cannot store events"
                                : "correct " + named(variable) + ": another server seems to listen there"));
                return findings;
            }
            findings.add(new Finding(whose + " at " + collector + " answers" + version(http, base), ""));
            readiness(http, base);
            health.headers().firstValue("Date").ifPresent(date -> clock(date, asked, answered));
        } catch (IOException e) {
            findings.add(new Finding(
                    whose + " at " + collector + " does not answer: " + ConnectionFailure.words(e),
                    remedy(e, collector, variable)));
        }
        return findings;
    }

    private HttpClient client() {
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT);
        var tls = address.tls();
        return (tls == null ? builder : builder.sslContext(tls)).build();
    }

    private static HttpResponse<String> get(HttpClient http, String url) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT);
        RunningCollector.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return http.send(request.GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Reports what the collector does not do besides accepting events; nothing if it does not tell. */
    private void readiness(HttpClient http, String base) throws InterruptedException {
        try {
            JsonNode ready =
                    JsonMapper.shared().readTree(get(http, base + "/ready").body());
            if (!ready.path("processesEvents").asBoolean(true)) {
                findings.add(new Finding(
                        "It accepts events but does not process them" + suffix(ready.path("trouble")),
                        "wait a moment if it has just started, else look into its log; what it has accepted is processed"
                                + " later"));
            }
            if (ready.has("lakeTrouble")) {
                findings.add(new Finding(
                        "It does not write the lake" + suffix(ready.path("lakeTrouble")),
                        "repair that; what is missing is written then"));
            }
        } catch (IOException | JacksonException e) {
            // The collector need not be one of this version.
        }
    }

    private static String suffix(JsonNode reason) {
        return reason.isMissingNode() ? "" : ": " + OneLine.of(reason.asString(""));
    }

    /** Returns the version as a suffix; empty if the collector does not tell it, for example without a token. */
    private static String version(HttpClient http, String base) throws InterruptedException {
        try {
            String version = JsonMapper.shared()
                    .readTree(get(http, base + "/ready").body())
                    .path("version")
                    .asString("");
            return version.isEmpty()
                    ? ""
                    : ", version " + version
                            + (version.equals(ProductVersion.CURRENT)
                                    ? ""
                                    : "; this command is version " + ProductVersion.CURRENT);
        } catch (IOException | JacksonException e) {
            return "";
        }
    }

    /** Compares the collector's time, in whole seconds, with ours while it answered. */
    private void clock(String date, Instant asked, Instant answered) {
        Optional<Instant> theirs = time(date);
        if (theirs.isEmpty()) {
            return;
        }
        Duration ahead = Duration.between(answered, theirs.get());
        Duration behind = Duration.between(theirs.get().plusSeconds(1), asked);
        Duration difference = ahead.compareTo(behind) > 0 ? ahead : behind;
        if (difference.compareTo(MAX_DIFFERENCE) > 0) {
            findings.add(new Finding(
                    "Its clock is " + difference.toSeconds() + " s "
                            + (ahead.compareTo(behind) > 0 ? "ahead of" : "behind") + " this machine's",
                    "synchronize both clocks, for example with NTP"));
        } else {
            findings.add(new Finding("Its clock and this machine's agree", ""));
        }
    }

    private static Optional<Instant> time(String date) {
        try {
            return Optional.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String remedy(IOException e, URI collector, @Nullable String variable) {
        if (ConnectionFailure.isCertificate(e)) {
            return "name the certificate of its authority with --ca FILE, or in INTERNAL_EVENTS_CA";
        }
        // micro is for trying out: it is not what bills.
        boolean mayBeMicro = variable == null || variable.equals("AIGW_INTERNAL_EVENT__ENDPOINT");
        int port = collector.getPort();
        return NoAnswer.isLocal(collector) && mayBeMicro
                ? "start it with: internal-events micro" + (port < 0 || port == 9091 ? "" : " --port " + port)
                : "start it, or correct " + named(variable);
    }

    private static String named(@Nullable String variable) {
        return variable == null ? "--url" : variable;
    }
}
