package dev.internalevents.cli.options;

import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.CollectorSettingsBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a collector listens, and under which names and from which pages its events can be read. */
final class AccessOptions {

    private static final String LOCAL = CollectorSettings.LOOPBACK;
    private static final String TOKEN = "INTERNAL_EVENTS_TOKEN";
    private static final String READ_TOKEN = "INTERNAL_EVENTS_READ_TOKEN";
    private static final String ALLOW_HOSTS = "INTERNAL_EVENTS_ALLOW_HOSTS";
    private static final String ALLOW_ORIGINS = "INTERNAL_EVENTS_ALLOW_ORIGINS";

    @Option(
            names = "--port",
            paramLabel = "N",
            converter = Port.class,
            defaultValue = "${env:INTERNAL_EVENTS_PORT}",
            description = "Port; 0 for any free one; default: 9091.")
    private @Nullable Integer port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "${env:INTERNAL_EVENTS_HOST:-" + LOCAL + "}",
            description = "Address to listen on; default: " + LOCAL + ". Other addresses require a token in " + TOKEN
                    + "; a token in " + READ_TOKEN + " gives read-only access.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private String host;

    @Option(
            names = "--open-to-all",
            description = "Let everyone who can connect see every event, without a token and under any host name.")
    private boolean openToAll;

    @Option(
            names = "--allow-host",
            paramLabel = "NAME",
            description = "Host name, besides this machine's own, under which /micro is answered without a token, "
                    + "such as the name of a docker compose service. Can be repeated or comma-separated, also in "
                    + ALLOW_HOSTS + ".")
    private List<String> allowedHosts = new ArrayList<>();

    @Option(
            names = "--allow-origin",
            paramLabel = "ORIGIN",
            description =
                    "Origin, such as https://app.example.com, whose pages may read /micro/all, good, bad, events, await"
                            + " and stream; http://localhost:* allows every port. Can be repeated or comma-separated,"
                            + " also in " + ALLOW_ORIGINS + ".")
    private List<String> allowedOrigins = new ArrayList<>();

    @Option(names = "--h2c", description = "Accept upgrades to HTTP/2 over clear text (Upgrade: h2c).")
    private boolean h2c;

    /** Returns whether seeing events requires a token. */
    static boolean hasToken(Map<String, String> environment) {
        return !environment.getOrDefault(TOKEN, "").isEmpty();
    }

    /**
     * Applies the options and variables to the settings.
     *
     * @throws IllegalArgumentException naming the variable that is wrong
     */
    void apply(CollectorSettingsBuilder settings, Map<String, String> environment) {
        if (port != null) {
            settings.port(port);
        }
        List<String> hosts = list(environment.get(ALLOW_HOSTS));
        List<String> origins = list(environment.get(ALLOW_ORIGINS));
        check(ALLOW_HOSTS, CollectorSettings.micro().allowedHosts(hosts));
        check(ALLOW_ORIGINS, CollectorSettings.micro().allowedOrigins(origins));
        settings.host(host)
                .openToAll(openToAll)
                .token(environment.get(TOKEN))
                .readToken(environment.get(READ_TOKEN))
                .allowedHosts(with(allowedHosts, hosts))
                .allowedOrigins(with(allowedOrigins, origins))
                .h2c(h2c);
    }

    /** Builds settings with only this variable's value, so that an error in it names the variable. */
    private static void check(String variable, CollectorSettingsBuilder settings) {
        try {
            settings.build();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(variable + message.substring(message.indexOf(": ")), e);
        }
    }

    /** Returns the values of a variable and of an option, each of whose values may be a comma-separated list. */
    private static List<String> with(List<String> options, List<String> variable) {
        List<String> all = new ArrayList<>(variable);
        for (String option : options) {
            List<String> listed = list(option);
            all.addAll(listed.isEmpty() ? List.of(option) : listed);
        }
        return all;
    }

    private static List<String> list(@Nullable String commas) {
        return commas == null
                ? List.of()
                : Stream.of(commas.split(","))
                        .map(String::strip)
                        .filter(text -> !text.isEmpty())
                        .toList();
    }
}
