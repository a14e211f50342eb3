package dev.internalevents.cli;

import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.CollectorSettingsBuilder;
import dev.internalevents.collector.operation.OpenIdSettings;
import dev.internalevents.collector.output.EventLines;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.pipeline.PipelineSettings;
import dev.internalevents.pipeline.PseudonymSettings;
import dev.internalevents.spool.Durability;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that {@code micro} and {@code collector} share. Secrets are read from the environment only. */
final class CollectorOptions {

    private static final String TOKEN = "INTERNAL_EVENTS_TOKEN";
    private static final String READ_TOKEN = "INTERNAL_EVENTS_READ_TOKEN";
    private static final String OPENID_SECRET = "INTERNAL_EVENTS_OPENID_SECRET";
    private static final String PSEUDONYM_KEY = "INTERNAL_EVENTS_PSEUDONYM_KEY";
    private static final String TLS_PASSWORD = "INTERNAL_EVENTS_TLS_PASSWORD";
    private static final String REGISTRY_URL = "MICRO_IGLU_REGISTRY_URL";
    private static final String REGISTRY_KEY = "MICRO_IGLU_API_KEY";
    private static final String ALLOW_HOSTS = "INTERNAL_EVENTS_ALLOW_HOSTS";
    private static final String ALLOW_ORIGINS = "INTERNAL_EVENTS_ALLOW_ORIGINS";

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "${env:INTERNAL_EVENTS_PORT}",
            description = "Port; 0 for any free one; default: 9091.")
    private @Nullable Integer port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "${env:INTERNAL_EVENTS_HOST:-127.0.0.1}",
            description = "Address to listen on; default: 127.0.0.1. Other addresses require a token in " + TOKEN
                    + "; a token in " + READ_TOKEN + " gives read-only access.")
    private String host = CollectorSettings.LOOPBACK;

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

    @Option(
            names = {"-i", "--iglu"},
            paramLabel = "DIR|FILE|URL",
            description = "Registry to search before the shipped schemas: a folder with"
                    + " schemas/VENDOR/NAME/jsonschema/VERSION, a resolver's configuration (resolver.json), or a URL."
                    + " Can be repeated.")
    private List<String> iglu = new ArrayList<>();

    @Option(
            names = "--definitions",
            paramLabel = "DIR",
            defaultValue = "${env:INTERNAL_EVENTS_DEFINITIONS}",
            description = "Folder with config/events and config/metrics (or events and metrics). The collector counts"
                    + " the stored events and shows metrics and definitions in the dashboard.")
    private @Nullable Path definitions;

    @Option(
            names = "--service-ping-url",
            paramLabel = "URL",
            description = "Post the Service Ping to this URL once a week, and retry until it is accepted.")
    private @Nullable URI servicePingUrl;

    @Option(
            names = "--durability",
            paramLabel = "process|interval|disk",
            description = "What answered requests survive. process: a crash of the process; interval: also a crash of"
                    + " the machine, except for the last second; disk: also a crash of the machine.")
    private @Nullable String durability;

    @Option(
            names = "--max-spool",
            paramLabel = "MB",
            defaultValue = "16384",
            description = "Maximum size of the requests that wait to be processed; default: ${DEFAULT-VALUE} MB. Above"
                    + " it, requests are answered with 503.")
    private long maxSpoolMegabytes;

    @Option(
            names = "--requests-per-second",
            paramLabel = "N",
            defaultValue = "0",
            description = "Maximum number of requests per second from one address; default: no limit. Above it,"
                    + " requests are answered with 429.")
    private int requestsPerSecond;

    @Option(
            names = "--trusted-proxy",
            paramLabel = "NETWORK",
            description = "Address or network whose X-Forwarded-For or Forwarded header is trusted. Can be repeated.")
    private List<String> trustedProxies = new ArrayList<>();

    @Option(
            names = "--tls",
            paramLabel = "FILE",
            description = "PKCS12 file with key and certificate; its password is in " + TLS_PASSWORD + ".")
    private @Nullable Path tls;

    @Option(
            names = "--openid-issuer",
            paramLabel = "URL",
            description = "OpenID Connect provider where people sign in, such as https://gitlab.com.")
    private @Nullable URI openIdIssuer;

    @Option(
            names = "--openid-client-id",
            paramLabel = "ID",
            defaultValue = "",
            description = "Client id of this collector at the provider; the secret is in " + OPENID_SECRET + ".")
    private String openIdClient = "";

    @Option(
            names = "--openid-allow",
            paramLabel = "WHO",
            split = ",",
            description =
                    "Who may see events: e-mail addresses, domains such as @example.com, or * for all users of the"
                            + " provider.")
    private List<String> openIdAllow = new ArrayList<>();

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            description = "URL at which browsers reach the collector, if not where it listens; the provider redirects"
                    + " them to it.")
    private @Nullable URI publicUrl;

    @Option(
            names = "--dedup-window",
            paramLabel = "DURATION",
            defaultValue = "P7D",
            description = "Duplicates of an event within this time are not counted; default: ${DEFAULT-VALUE}.")
    private Duration dedupWindow = Duration.ofDays(7);

    @Option(
            names = "--anonymize-ip",
            paramLabel = "N",
            defaultValue = "0",
            description = "Number of octets at the end of IP addresses to replace by x, 1 to 4; default: none.")
    private int anonymizeIp;

    @Option(
            names = "--lenient-envelope",
            description =
                    "Accept bodies of any content type, and payload_data, contexts and unstruct_event of versions that"
                            + " do not exist; Snowplow's pipeline rejects both.")
    private boolean lenientEnvelope;

    @Option(
            names = "--redirects",
            paramLabel = "HOST",
            split = ",",
            description =
                    "Host to which /r/tp2?u=URL may redirect, or *.example.com for all names below it; default: none."
                            + " Can be repeated.")
    private List<String> redirects = new ArrayList<>();

    @Option(names = "--no-user-agent", description = "Do not parse user agents (no ua_parser_context).")
    private boolean noUserAgent;

    @Option(
            names = "--pseudonymize",
            paramLabel = "FIELDS",
            split = ",",
            description = "With a key in " + PSEUDONYM_KEY
                    + ", replace these by keyed hashes before they are stored or shown: "
                    + "user_id, global_user_id, urls. Default: all three.")
    private @Nullable List<String> pseudonymize;

    @Option(
            names = {"-t", "--output-tsv"},
            description = "Write good events to standard output, as Snowplow's enriched TSV.")
    private boolean outputTsv;

    @Option(
            names = {"-j", "--output-json"},
            description = "Write good events to standard output, as JSON.")
    private boolean outputJson;

    @Option(
            names = {"-d", "--destination"},
            paramLabel = "URL",
            description = "Send the output of --output-tsv or --output-json to this URL instead, one POST per event.")
    private @Nullable URI destination;

    /**
     * Applies the options and variables to the settings.
     *
     * @param notices receives one line for each error in a definition file; these files are left out
     * @throws IllegalArgumentException naming the option or variable that is wrong
     */
    CollectorSettings settings(CollectorSettingsBuilder settings, PrintWriter notices) throws IOException {
        return settings(settings, System.getenv(), notices);
    }

    /** Does the same as {@link #settings(CollectorSettingsBuilder, PrintWriter)}, with the given environment variables. */
    CollectorSettings settings(CollectorSettingsBuilder settings, Map<String, String> environment, PrintWriter notices)
            throws IOException {
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
                .publicUrl(publicUrl)
                .h2c(h2c)
                .openId(openId(environment))
                .maxSpoolBytes(bytes("max-spool", maxSpoolMegabytes, 1))
                .requestsPerSecond(requestsPerSecond)
                .trustedProxies(trustedProxies)
                .dedupWindow(dedupWindow)
                .pipeline(new PipelineSettings(!noUserAgent, anonymizeIp, pseudonyms(environment)))
                .lenientEnvelope(lenientEnvelope)
                .redirects(redirects);
        if (durability != null) {
            settings.durability(durability(durability));
        }
        if (tls != null) {
            String password = environment.get(TLS_PASSWORD);
            settings.tls(tls, password == null ? environment.getOrDefault(MicroOptions.TLS_PASSWORD, "") : password);
        }
        for (String registry : iglu) {
            IgluOption.add(settings, registry, registryKey(environment));
        }
        String url = environment.get(REGISTRY_URL);
        if (url != null && !url.isBlank()) {
            IgluOption.addAddress(settings, REGISTRY_URL, url, registryKey(environment));
        }
        if (definitions != null) {
            settings.dictionary(dictionary(definitions, notices));
        }
        settings.servicePingUrl(servicePingUrl);
        output(settings);
        return settings.build();
    }

    /** Returns the API key without surrounding white space, such as the line break at the end of a secrets file; null if not set. */
    private static @Nullable String registryKey(Map<String, String> environment) {
        String key = environment.get(REGISTRY_KEY);
        return key == null || key.isBlank() ? null : key.strip();
    }

    /** Reads the definitions without the wrong files, and prints one line for each error. */
    private static Dictionary dictionary(Path definitions, PrintWriter notices) {
        Dictionary dictionary = Dictionary.read(definitions)
                .withoutWrongFiles(error -> notices.println("definitions: left out: " + error));
        int files = dictionary.filesLeftOut().size();
        if (files > 0) {
            notices.println("definitions: " + files + (files == 1 ? " file is" : " files are")
                    + " left out; the others are used. Check them with: internal-events validate " + definitions);
        }
        notices.flush();
        return dictionary;
    }

    /** Returns whether {@code --tls} is given. */
    boolean hasTls() {
        return tls != null;
    }

    /** Returns whether seeing events requires a token or signing in. */
    boolean isClosed(Map<String, String> environment) {
        return !environment.getOrDefault(TOKEN, "").isEmpty() || openIdIssuer != null;
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

    /** Converts megabytes to bytes. */
    static long bytes(String option, long megabytes, long min) {
        if (megabytes < min || megabytes > Long.MAX_VALUE >> 20) {
            throw new IllegalArgumentException(
                    option + ": " + megabytes + " is not a number of megabytes of " + min + " or more");
        }
        return megabytes << 20;
    }

    private @Nullable OpenIdSettings openId(Map<String, String> environment) {
        if (openIdIssuer == null) {
            if (!openIdClient.isEmpty() || !openIdAllow.isEmpty()) {
                throw new IllegalArgumentException(
                        "openid-issuer: missing, but --openid-client-id and --openid-allow require it; expected for"
                                + " example https://gitlab.com");
            }
            return null;
        }
        if (publicUrl == null) {
            throw new IllegalArgumentException(
                    "public-url: missing; expected the URL at which browsers reach the collector, such as"
                            + " https://events.example.com");
        }
        return new OpenIdSettings(
                openIdIssuer, openIdClient, environment.getOrDefault(OPENID_SECRET, ""), publicUrl, openIdAllow);
    }

    private static Durability durability(String text) {
        return switch (text) {
            case "process" -> Durability.process();
            case "interval" -> Durability.interval(Duration.ofSeconds(1));
            case "disk" -> Durability.disk();
            default ->
                throw new IllegalArgumentException(
                        "durability: \"" + text + "\" is not allowed; allowed: process, interval, disk");
        };
    }

    private @Nullable PseudonymSettings pseudonyms(Map<String, String> environment) {
        String key = environment.get(PSEUDONYM_KEY);
        if (key == null || key.isEmpty()) {
            if (pseudonymize != null) {
                throw new IllegalArgumentException("pseudonymize: " + PSEUDONYM_KEY
                        + " is not set, so nothing would be replaced; make a key with: openssl rand -hex 32");
            }
            return null;
        }
        List<String> fieldNames = pseudonymize == null ? List.of("user_id", "global_user_id", "urls") : pseudonymize;
        Set<PseudonymSettings.Field> fields = EnumSet.noneOf(PseudonymSettings.Field.class);
        for (String name : fieldNames) {
            try {
                fields.add(PseudonymSettings.Field.valueOf(name.strip().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "pseudonymize: \"" + name + "\" is not allowed; allowed: user_id, global_user_id, urls", e);
            }
        }
        return new PseudonymSettings(key, fields);
    }

    private void output(CollectorSettingsBuilder settings) {
        if (outputTsv && outputJson) {
            throw new IllegalArgumentException("output-tsv: use either --output-tsv or --output-json, not both");
        }
        if (destination != null && !outputTsv && !outputJson) {
            throw new IllegalArgumentException("destination: requires --output-tsv or --output-json");
        }
        EventLines.Format format = outputTsv ? EventLines.Format.TSV : EventLines.Format.JSON;
        if (outputTsv || outputJson) {
            settings.output(
                    destination == null ? EventLines.to(System.out, format) : EventLines.to(destination, format));
        }
    }

    /** Returns whether events are written to standard output. */
    boolean writesEvents() {
        return (outputTsv || outputJson) && destination == null;
    }
}
