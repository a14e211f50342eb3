package dev.internalevents.cli.options;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Accepts the options and variables of Snowplow Micro that this collector does not have, so that a command line for
 * Micro starts it too. Reports those that have no effect; rejects those that would protect or store events.
 */
public final class MicroOptions {

    static final String TLS_PASSWORD = "MICRO_SSL_CERT_PASSWORD";

    private static final String PREFIX = "MICRO_";
    private static final String AUTH = "MICRO_AUTH";
    private static final String INSTEAD_OF_AUTH =
            "Micro's sign-in is not supported, and events are personal data; set a token in INTERNAL_EVENTS_TOKEN, or"
                    + " name a provider with --openid-issuer, --openid-client-id, --openid-allow and --public-url";
    private static final String OF_ENRICHMENTS =
            "it configures enrichments, which this collector does not run; unset it";
    private static final String OWN_AUTH =
            "the token or the OpenID provider of this collector controls access; leave it out";
    private static final Map<String, String> VARIABLES = Map.of(
            "MICRO_AZURE_BLOB_ACCOUNT",
            OF_ENRICHMENTS,
            "MICRO_AZURE_BLOB_SAS_TOKEN",
            OF_ENRICHMENTS,
            "MICRO_POSTGRESQL_PASSWORD",
            "events are kept in memory or in a folder, not in PostgreSQL; use --storage DIR");

    /** The replacement for each key of the collector's configuration. */
    private static final Map<String, String> KEYS = Map.of(
            "collector.interface",
            "; use --host",
            "collector.paths",
            ": events are accepted at every path VENDOR/VERSION",
            "collector.ssl",
            "; use --tls",
            "collector.cors",
            ": trackers on every page get CORS headers",
            "collector.enableDefaultRedirect",
            "; use --redirects",
            "collector.redirectDomains",
            "; use --redirects",
            "collector.streams",
            ": events are kept in memory, or in a folder with --storage");

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** The folder where Micro's container has its configuration files. */
    private final Path folder;

    @Option(
            names = {"-c", "--config", "--collector-config"},
            paramLabel = "FILE",
            description = "Micro option: a HOCON file; only collector.port is read.")
    private @Nullable Path config;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            mapFallbackValue = "",
            description = "Micro option: a property; only collector.port is read, for example -Dcollector.port=9090.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(
            names = "--no-storage",
            description = "Micro option: no effect; without --storage, events are in memory and /micro is available.")
    private boolean noStorage;

    @Option(names = "--yauaa", description = "Micro option: no effect; user agents are parsed by ua_parser.")
    private boolean yauaa;

    @Option(
            names = {"-a", "--auth"},
            paramLabel = "FILE",
            description = "Micro option: rejected without a token or --openid-issuer, which replace it.")
    private @Nullable Path auth;

    public MicroOptions() {
        this(Path.of("/config"));
    }

    public MicroOptions(Path folder) {
        this.folder = folder;
    }

    /**
     * Rejects options and variables that must not be ignored.
     *
     * @param isClosed whether seeing events requires a token or signing in
     * @throws IllegalArgumentException naming what to use instead
     */
    public void check(Map<String, String> environment, @Nullable String storage, boolean isClosed) {
        if (auth != null && !isClosed) {
            throw new IllegalArgumentException("auth: " + INSTEAD_OF_AUTH);
        }
        for (String name : environment.keySet()) {
            if (name.startsWith(AUTH) && !isClosed) {
                throw new IllegalArgumentException(name + ": " + INSTEAD_OF_AUTH);
            }
        }
        if (storage != null && storage.isBlank()) {
            throw new IllegalArgumentException(
                    "storage: a folder is missing; use --storage DIR, for example --storage micro-events");
        }
        if (storage != null && Files.isRegularFile(Path.of(storage))) {
            throw new IllegalArgumentException("storage: \"" + storage
                    + "\" is a file, and PostgreSQL is not supported; give a folder for events: --storage DIR");
        }
        if (storage != null && isWithoutParent(Path.of(storage))) {
            throw new IllegalArgumentException("storage: \"" + storage + "\" cannot be created, because "
                    + Path.of(storage).toAbsolutePath().normalize().getParent()
                    + " does not exist; give a folder whose parent exists");
        }
        if (storage != null && noStorage) {
            throw new IllegalArgumentException("no-storage: contradicts --storage; leave one of them out");
        }
    }

    private static boolean isWithoutParent(Path storage) {
        Path parent = storage.toAbsolutePath().normalize().getParent();
        return Files.notExists(storage) && parent != null && !Files.isDirectory(parent);
    }

    /** Returns the folder that Micro's container uses as its embedded registry; null if it does not exist. */
    @Nullable
    public Path embeddedRegistry() {
        Path registry = folder.resolve("iglu-client-embedded");
        return Files.isDirectory(registry) ? registry : null;
    }

    /**
     * Reads the port from the configuration file and properties, and collects notices about everything that is not
     * used.
     *
     * @throws IllegalArgumentException naming what is wrong in the configuration
     */
    public Read read(Map<String, String> environment, boolean hasTls) {
        List<String> notices = new ArrayList<>();
        Integer port = null;
        Path file = config;
        if (file != null) {
            MicroConfig read = MicroConfig.read(config(), file);
            port = read.port().orElse(null);
            notice(notices, config() + " " + file, read);
        }
        if (!properties.isEmpty()) {
            MicroConfig read = MicroConfig.of(properties);
            port = read.port().orElse(port);
            notice(notices, "-D", read);
        }
        if (auth != null) {
            notices.add("--auth is not used: " + OWN_AUTH);
        }
        if (yauaa) {
            notices.add("--yauaa is not used: user agents are parsed by ua_parser, whose context is"
                    + " iglu:com.snowplowanalytics.snowplow/ua_parser_context/jsonschema/1-0-0; query that instead");
        }
        if (noStorage) {
            notices.add("--no-storage has no effect: only the newest events are stored, in memory, and /micro is"
                    + " available; use --max-events N to store fewer");
        }
        if (Files.isDirectory(folder.resolve("enrichments"))) {
            notices.add(folder.resolve("enrichments")
                    + " is not used: this collector does not run enrichments; user agents are parsed by"
                    + " ua_parser, and --anonymize-ip anonymizes addresses");
        }
        Path certificate = folder.resolve("ssl-certificate.p12");
        if (Files.exists(certificate) && !hasTls) {
            notices.add(certificate + " is not used: the port accepts HTTP; use --tls " + certificate
                    + " to accept only HTTPS");
        }
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(PREFIX) && !name.startsWith("MICRO_IGLU_")) {
                variable(notices, name, hasTls);
            }
        }
        return new Read(port, notices);
    }

    /**
     * The result of {@link #read}.
     *
     * @param port null if none is set
     * @param notices one sentence for each thing that is not used: why, and what to use instead
     */
    public record Read(@Nullable Integer port, List<String> notices) {
        public Read {
            notices = List.copyOf(notices);
        }
    }

    /** Returns the name under which the option for the configuration file was given. */
    private String config() {
        return Stream.ofNullable(command)
                .flatMap(spec -> spec.commandLine().getParseResult().originalArgs().stream())
                .map(argument -> argument.startsWith("--") ? argument.replaceFirst("=.*", "") : argument)
                .filter(argument -> argument.equals("--config")
                        || argument.equals("--collector-config")
                        || argument.startsWith("-c"))
                .map(argument -> argument.startsWith("--") ? argument : "-c")
                .findFirst()
                .orElse("--config");
    }

    private static void notice(List<String> notices, String where, MicroConfig read) {
        for (String key : read.unused()) {
            notices.add(where + ": " + key + " is not used"
                    + KEYS.getOrDefault(key, ": there is no such setting; see micro --help"));
        }
        if (read.unused().isEmpty() && read.port().isEmpty()) {
            notices.add(where + ": contains no settings; expected collector.port");
        }
    }

    private static void variable(List<String> notices, String name, boolean hasTls) {
        if (name.equals(TLS_PASSWORD)) {
            if (!hasTls) {
                notices.add(name + " is not used: without a certificate the port accepts HTTP; use --tls FILE to accept"
                        + " only HTTPS");
            }
            return;
        }
        String why = name.startsWith(AUTH)
                ? OWN_AUTH
                : VARIABLES.getOrDefault(name, "there is no such setting; see micro --help");
        notices.add(name + " is not used: " + why);
    }
}
