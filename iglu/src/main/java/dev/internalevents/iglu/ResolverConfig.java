package dev.internalevents.iglu;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.Printable;
import dev.internalevents.protocol.SchemaKey;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code resolver.json}, the file that configures the registries of Snowplow's tools. */
public final class ResolverConfig {

    /** The path of the schemas in the jars of Snowplow's tools. */
    private static final Path EMBEDDED = Path.of("/iglu-client-embedded");

    private static final String CACHE_TTL = "a whole number of seconds, 0 or more, or null";
    private static final String SCHEMA = "iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-";
    private static final Pattern SCHEMAS = Pattern.compile(Pattern.quote(SCHEMA) + "(0|[1-9][0-9]{0,8})");

    private ResolverConfig() {}

    /**
     * Returns the registries of a file: those in folders first, then those on the network, each group by priority.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException naming the file and the key, if the content is not as expected
     */
    public static List<Registry> read(Path file) throws IOException {
        Object json;
        try {
            json = Json.parse(Files.readAllBytes(file));
        } catch (MalformedPayloadException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        Map<?, ?> whole = object(file, "", json);
        if (!SCHEMAS.matcher(String.valueOf(whole.get("schema"))).matches()) {
            throw wrong(file, "schema", "is " + whole.get("schema") + ", expected " + SCHEMA + "3");
        }
        checkKeys(file, "", whole, "schema", "data");
        Map<?, ?> data = object(file, "data", whole.get("data"));
        checkKeys(file, "data", data, "cacheSize", "cacheTtl", "repositories");
        check(file, "data/cacheSize", data.get("cacheSize"), Number.class, "a number");
        Duration ttl = ttl(file, data.get("cacheTtl"));
        if (!(data.get("repositories") instanceof List<?> repositories)) {
            throw wrong(file, "data/repositories", "is missing; expected an array");
        }
        List<Prioritized> found = new ArrayList<>();
        for (int i = 0; i < repositories.size(); i++) {
            String at = "data/repositories/" + i;
            Map<?, ?> repository = object(file, at, repositories.get(i));
            checkKeys(file, at, repository, "name", "priority", "vendorPrefixes", "connection");
            check(file, at + "/name", repository.get("name"), String.class, "a string");
            check(file, at + "/priority", repository.get("priority"), Long.class, "a whole number");
            long priority = repository.get("priority") instanceof Long number ? number : 0;
            Registry registry = registry(file, at, repository, ttl);
            found.add(new Prioritized(registry instanceof HttpRegistry, priority, registry));
        }
        // The order of Snowplow's resolver: local registries first, regardless of priority; a vendor's prefix takes
        // precedence over both.
        found.sort(Comparator.comparing(Prioritized::remote).thenComparingLong(Prioritized::priority));
        return found.stream().map(Prioritized::registry).toList();
    }

    private static Registry registry(Path file, String at, Map<?, ?> repository, Duration ttl) {
        Map<?, ?> connection = object(file, at + "/connection", repository.get("connection"));
        checkKeys(file, at + "/connection", connection, "http", "embedded");
        if (connection.size() > 1) {
            throw wrong(file, at + "/connection", "has both \"http\" and \"embedded\", expected one of them");
        }
        List<String> prefixes = prefixes(file, at + "/vendorPrefixes", repository.get("vendorPrefixes"));
        if (connection.get("http") instanceof Map<?, ?> http) {
            checkKeys(file, at + "/connection/http", http, "uri", "apikey");
            check(file, at + "/connection/http/uri", http.get("uri"), String.class, "the registry's address, a string");
            if (!(http.get("uri") instanceof String uri)) {
                throw wrong(file, at + "/connection/http/uri", "is missing; expected the registry's address");
            }
            if (http.get("apikey") != null && !(http.get("apikey") instanceof String)) {
                // Do not quote the value: it may be the key.
                throw wrong(file, at + "/connection/http/apikey", "is not a string; expected a string or null");
            }
            if (http.get("apikey") instanceof String key && !HttpRegistry.Settings.isApiKey(key)) {
                throw wrong(file, at + "/connection/http/apikey", HttpRegistry.Settings.WRONG_KEY);
            }
            Duration miss = Duration.ofSeconds(HttpRegistry.Settings.DEFAULT_MISS_TTL_SECONDS);
            try {
                return new HttpRegistry(new HttpRegistry.Settings(
                        text(repository.get("name"), "registry " + at),
                        address(uri),
                        http.get("apikey") instanceof String key ? key : null,
                        prefixes,
                        ttl,
                        miss.compareTo(ttl) < 0 ? miss : ttl));
            } catch (IllegalArgumentException e) {
                throw wrong(file, at + "/connection/http/uri", String.valueOf(e.getMessage()));
            }
        }
        if (connection.get("embedded") instanceof Map<?, ?> embedded && embedded.get("path") instanceof String path) {
            checkKeys(file, at + "/connection/embedded", embedded, "path");
            Path folder = folder(path);
            boolean isFolder = folder != null && Files.isDirectory(folder);
            if (folder == null || (!isFolder && !EMBEDDED.equals(folder))) {
                throw wrong(
                        file,
                        at + "/connection/embedded/path",
                        "is \"" + Printable.of(path) + "\", which is not a folder; expected a folder, or \"" + EMBEDDED
                                + "\" for the shipped schemas");
            }
            // Embedded paths are paths in a jar; the schemas in Snowplow's jars are shipped here too.
            Registry local = isFolder ? new FolderRegistry(folder) : new ShippedRegistry();
            return prefixes.isEmpty() ? local : new ForVendors(local, prefixes);
        }
        throw wrong(file, at + "/connection", "has neither \"http\" with a \"uri\" nor \"embedded\" with a \"path\"");
    }

    private static Duration ttl(Path file, @Nullable Object seconds) {
        check(file, "data/cacheTtl", seconds, Long.class, CACHE_TTL);
        if (seconds instanceof Long number && number < 0) {
            throw wrong(file, "data/cacheTtl", "is " + number + ", expected " + CACHE_TTL);
        }
        return seconds instanceof Long number && number > 0
                ? Duration.ofSeconds(number)
                : Duration.ofMinutes(HttpRegistry.Settings.DEFAULT_HIT_TTL_MINUTES);
    }

    private static List<String> prefixes(Path file, String at, @Nullable Object value) {
        check(file, at, value, List.class, "an array of strings");
        List<String> prefixes = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object prefix : list) {
                if (!(prefix instanceof String text)) {
                    throw wrong(file, at, "contains " + Json.write(prefix) + ", expected strings");
                }
                prefixes.add(text);
            }
        }
        return prefixes;
    }

    /** Checks the type of a value; null is treated like a missing key. */
    private static void check(Path file, String at, @Nullable Object value, Class<?> type, String expected) {
        if (value != null && !type.isInstance(value)) {
            throw wrong(file, at, "is " + Json.write(value) + ", expected " + expected);
        }
    }

    private static void checkKeys(Path file, String at, Map<?, ?> object, String... known) {
        for (Object key : object.keySet()) {
            if (!List.of(known).contains(key)) {
                throw wrong(file, at, "has an unknown key \"" + key + "\"; expected " + String.join(", ", known));
            }
        }
    }

    private record Prioritized(boolean remote, long priority, Registry registry) {}

    /** A registry that is asked first for some vendors. */
    private record ForVendors(Registry registry, List<String> prefixes) implements Registry {

        @Override
        public String name() {
            return registry.name();
        }

        @Override
        public Answer find(SchemaKey key) {
            return registry.find(key);
        }

        @Override
        public boolean isMeantFor(String vendor) {
            return prefixes.stream().anyMatch(vendor::startsWith);
        }
    }

    /** Returns null for a path that no file can have, and for an empty one, which would be the working directory. */
    private static @Nullable Path folder(String path) {
        try {
            return path.isBlank() ? null : Path.of(path);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    /** Replaces the parser's message, which quotes the whole text, including a password in it. */
    private static URI address(String text) {
        try {
            URI address = new URI(text);
            if (address.getPort() > HttpRegistry.Settings.MAX_PORT) {
                throw new IllegalArgumentException("\"" + text.replaceFirst("//.*@", "//…@") + "\" has a port above "
                        + HttpRegistry.Settings.MAX_PORT);
            }
            if (address.getRawAuthority() != null && address.getHost() == null) {
                // What is not a host and a port is accepted by the parser as another kind of name.
                throw new IllegalArgumentException("\"" + text.replaceFirst("//.*@", "//…@")
                        + "\" has no valid host and port; expected for example https://iglu.example.com/api");
            }
            return address;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("\"" + text.replaceFirst("//.*@", "//…@")
                    + "\" is not a valid URL; expected for example https://iglu.example.com/api");
        }
    }

    private static String text(@Nullable Object value, String defaultValue) {
        return value instanceof String text ? text : defaultValue;
    }

    private static Map<?, ?> object(Path file, String at, @Nullable Object json) {
        if (json instanceof Map<?, ?> object) {
            return object;
        }
        throw wrong(file, at, "is not an object");
    }

    private static IllegalArgumentException wrong(Path file, String at, String what) {
        return new IllegalArgumentException(file + ": " + (at.isEmpty() ? "the file" : "\"" + at + "\"") + " " + what);
    }
}
