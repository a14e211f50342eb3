package dev.internalevents.cli.options;

import dev.internalevents.cli.terminal.Console;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.CollectorSettingsBuilder;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.spool.Durability;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that {@code micro} and {@code collector} share. Secrets are read from the environment only. */
public final class CollectorOptions {

    private static final String TLS_PASSWORD = "INTERNAL_EVENTS_TLS_PASSWORD";
    private static final String REGISTRY_URL = "MICRO_IGLU_REGISTRY_URL";
    private static final String REGISTRY_KEY = "MICRO_IGLU_API_KEY";

    @Mixin
    private AccessOptions access = new AccessOptions();

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
            paramLabel = "SIZE",
            converter = Size.class,
            defaultValue = "16GB",
            description = "Maximum size of the requests that wait to be processed, in megabytes or with a unit;"
                    + " default: ${DEFAULT-VALUE}. Above it, requests are answered with 503.")
    private long maxSpool;

    @Option(
            names = "--requests-per-second",
            paramLabel = "N",
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
            description =
                    "Accept only HTTPS, with the key and certificate in this file: PEM, or PKCS12 with its password"
                            + " in " + TLS_PASSWORD + ". It is read again when it changes.")
    private @Nullable Path tls;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "PEM file with the key, if it is not in the file of --tls.")
    private @Nullable Path tlsKey;

    @Mixin
    private OpenIdOptions openId = new OpenIdOptions();

    @Mixin
    private ProcessingOptions processing = new ProcessingOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    /**
     * Applies the options and variables to the settings.
     *
     * @param notices receives one line for each error in a definition file; these files are left out
     * @throws IllegalArgumentException naming the option or variable that is wrong
     */
    public CollectorSettings settings(CollectorSettingsBuilder settings, PrintWriter notices) throws IOException {
        return settings(settings, System.getenv(), notices);
    }

    /**
     * Does the same as {@link #settings(CollectorSettingsBuilder, PrintWriter)}, with the given environment variables.
     */
    public CollectorSettings settings(
            CollectorSettingsBuilder settings, Map<String, String> environment, PrintWriter notices)
            throws IOException {
        if (maxSpool == 0) {
            throw new IllegalArgumentException("max-spool: 0 is too small; expected for example 500MB or 16GB");
        }
        access.apply(settings, environment);
        openId.apply(settings, environment);
        settings.maxSpoolBytes(maxSpool).requestsPerSecond(requestsPerSecond).trustedProxies(trustedProxies);
        processing.apply(settings, environment);
        if (durability != null) {
            settings.durability(durability(durability));
        }
        if (tls == null && tlsKey != null) {
            throw new IllegalArgumentException(
                    "tls-key: there is no certificate for this key; name its file with --tls");
        }
        if (tls != null) {
            settings.tlsKey(tlsKey);
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
        output.apply(settings);
        return settings.build();
    }

    /**
     * Returns the API key without surrounding white space, such as the line break at the end of a secrets file; null if
     * not set.
     */
    private static @Nullable String registryKey(Map<String, String> environment) {
        String key = environment.get(REGISTRY_KEY);
        return key == null || key.isBlank() ? null : key.strip();
    }

    /** Reads the definitions without the wrong files, and prints one line for each error. */
    private static Dictionary dictionary(Path definitions, PrintWriter notices) {
        Dictionary dictionary = DefinitionFiles.read(definitions)
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
    public boolean hasTls() {
        return tls != null;
    }

    /** Returns whether seeing events requires a token or signing in. */
    public boolean isClosed(Map<String, String> environment) {
        return AccessOptions.hasToken(environment) || openId.isGiven();
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

    /** Returns where messages go: standard error if events are written to standard output. */
    public PrintWriter messages(Console console) {
        return output.writesEvents() ? console.err() : console.out();
    }
}
