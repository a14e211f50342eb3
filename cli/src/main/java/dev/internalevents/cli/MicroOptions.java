package dev.internalevents.cli;

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
 * Options and variables of Snowplow Micro that this collector does not have, so that a command for Micro starts it too. What has
 * no effect is reported; what is needed to protect or to keep events is refused.
 */
final class MicroOptions {

    static final String TLS_PASSWORD = "MICRO_SSL_CERT_PASSWORD";

    private static final String PREFIX = "MICRO_";
    private static final String AUTH = "MICRO_AUTH";
    private static final String INSTEAD_OF_AUTH =
            "Micro's sign-in is not here, and events are personal data; set a token in INTERNAL_EVENTS_TOKEN, or name a"
                    + " provider with --openid-issuer, --openid-client-id, --openid-allow and --public-url";
    private static final String OF_ENRICHMENTS =
            "it is for files of enrichments, and enrichments are not run here; unset it";
    private static final String OWN_AUTH = "the token or the provider of this collector lets people in; leave it out";
    private static final Map<String, String> VARIABLES = Map.of(
            "MICRO_AZURE_BLOB_ACCOUNT",
            OF_ENRICHMENTS,
            "MICRO_AZURE_BLOB_SAS_TOKEN",
            OF_ENRICHMENTS,
            "MICRO_POSTGRESQL_PASSWORD",
            "events are kept in memory or in a folder, not in PostgreSQL; use --storage DIR");

    /** What to use instead of a key of the collector's configuration. */
    private static final Map<String, String> KEYS = Map.of(
            "collector.interface",
            "; use --host",
            "collector.paths",
            ": events are taken at every path VENDOR/VERSION",
            "collector.ssl",
            "; use --tls",
            "collector.cors",
            ": trackers are answered with CORS from every page",
            "collector.enableDefaultRedirect",
            "; use --redirects",
            "collector.redirectDomains",
            "; use --redirects",
            "collector.streams",
            ": events are kept in memory, or in a folder with --storage");

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** Where a container of Micro has its files. */
    private final Path folder;

    @Option(
            names = {"-c", "--config", "--collector-config"},
            paramLabel = "FILE",
            description = "Micro's: a HOCON file, of which collector.port is read and nothing else.")
    private @Nullable Path config;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            mapFallbackValue = "",
            description = "Micro's: a property, such as -Dcollector.port=9090, which is the only one that is read.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(
            names = "--no-storage",
            description = "Micro's: without --storage, events are in memory alone, and /micro is answered.")
    private boolean noStorage;

    @Option(names = "--yauaa", description = "Micro's: not used; user agents are read by ua_parser.")
    private boolean yauaa;

    @Option(
            names = {"-a", "--auth"},
            paramLabel = "FILE",
            description = "Micro's: refused; use a token or --openid-issuer.")
    private @Nullable Path auth;

    MicroOptions() {
        this(Path.of("/config"));
    }

    MicroOptions(Path folder) {
        this.folder = folder;
    }

    /**
     * Checks what cannot be left out.
     *
     * @param isClosed whether events are shown to those alone who have a token or sign in
     * @throws IllegalArgumentException naming what to use instead
     */
    void check(Map<String, String> environment, @Nullable String storage, boolean isClosed) {
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
                    "storage: a folder is missing; use --storage DIR, such as --storage micro-events");
        }
        if (storage != null && Files.isRegularFile(Path.of(storage))) {
            throw new IllegalArgumentException(
                    "storage: \"" + storage
                            + "\" is a file, and PostgreSQL is not used here; give a folder that keeps the events: --storage DIR");
        }
        if (storage != null && isWithoutParent(Path.of(storage))) {
            throw new IllegalArgumentException("storage: \"" + storage + "\" cannot be made, because "
                    + Path.of(storage).toAbsolutePath().normalize().getParent()
                    + " does not exist; give a folder whose parent is there");
        }
        if (storage != null && noStorage) {
            throw new IllegalArgumentException("no-storage: --storage says the opposite; leave one of them out");
        }
    }

    private static boolean isWithoutParent(Path storage) {
        Path parent = storage.toAbsolutePath().normalize().getParent();
        return Files.notExists(storage) && parent != null && !Files.isDirectory(parent);
    }

    /** The registry that a container of Micro is given as a folder; null if there is none. */
    @Nullable
    Path embeddedRegistry() {
        Path registry = folder.resolve("iglu-client-embedded");
        return Files.isDirectory(registry) ? registry : null;
    }

    /**
     * Reads what a collector's configuration says.
     *
     * @throws IllegalArgumentException naming what is wrong in it
     */
    Read read(Map<String, String> environment, boolean hasTls) {
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
            notices.add("--yauaa is not used: user agents are read by ua_parser, whose context is"
                    + " iglu:com.snowplowanalytics.snowplow/ua_parser_context/jsonschema/1-0-0; ask for that instead");
        }
        if (noStorage) {
            notices.add("--no-storage changes nothing: events are in memory alone, the newest of them, and /micro is"
                    + " answered; use --max-events N to keep fewer");
        }
        if (Files.isDirectory(folder.resolve("enrichments"))) {
            notices.add(folder.resolve("enrichments")
                    + " is not used: enrichments are not run here; user agents are read by"
                    + " ua_parser, and --anonymize-ip shortens addresses");
        }
        Path certificate = folder.resolve("ssl-certificate.p12");
        if (Files.exists(certificate) && !hasTls) {
            notices.add(certificate + " is not used: the port takes HTTP; use --tls " + certificate
                    + ", with which it takes HTTPS alone");
        }
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(PREFIX) && !name.startsWith("MICRO_IGLU_")) {
                variable(notices, name, hasTls);
            }
        }
        return new Read(port, notices);
    }

    /**
     * What was read.
     *
     * @param port null if none is set
     * @param notices what is not used, each with why and what to use instead
     */
    record Read(@Nullable Integer port, List<String> notices) {
        Read {
            notices = List.copyOf(notices);
        }
    }

    /** The option of the configuration, by the name that was typed. */
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
            notices.add(where + ": there is nothing in it; collector.port is read");
        }
    }

    private static void variable(List<String> notices, String name, boolean hasTls) {
        if (name.equals(TLS_PASSWORD)) {
            if (!hasTls) {
                notices.add(name + " is not used: no certificate is named, so the port takes HTTP; use --tls FILE, with"
                        + " which it takes HTTPS alone");
            }
            return;
        }
        String why = name.startsWith(AUTH)
                ? OWN_AUTH
                : VARIABLES.getOrDefault(name, "there is no such setting; see micro --help");
        notices.add(name + " is not used: " + why);
    }
}
