package dev.internalevents.iglu;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code resolver.json}, the file in which Snowplow's tools are told their registries. */
public final class ResolverConfig {

    private static final String SCHEMA = "iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-";

    private ResolverConfig() {}

    /**
     * The registries of a file, by priority.
     *
     * @throws IOException when it cannot be read
     * @throws IllegalArgumentException with file and key, when it is not as expected
     */
    public static List<Registry> read(Path file) throws IOException {
        Object json;
        try {
            json = Json.parse(Files.readAllBytes(file));
        } catch (MalformedPayloadException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        Map<?, ?> whole = object(file, "", json);
        if (!String.valueOf(whole.get("schema")).startsWith(SCHEMA)) {
            throw wrong(file, "schema", "is " + whole.get("schema") + ", expected " + SCHEMA + "3");
        }
        Map<?, ?> data = object(file, "data", whole.get("data"));
        Duration ttl = data.get("cacheTtl") instanceof Long seconds && seconds > 0
                ? Duration.ofSeconds(seconds)
                : Duration.ofMinutes(HttpRegistry.Settings.DEFAULT_HIT_TTL_MINUTES);
        if (!(data.get("repositories") instanceof List<?> repositories)) {
            throw wrong(file, "data/repositories", "is missing; expected an array");
        }
        List<Prioritized> found = new ArrayList<>();
        for (int i = 0; i < repositories.size(); i++) {
            String at = "data/repositories/" + i;
            Map<?, ?> repository = object(file, at, repositories.get(i));
            long priority = repository.get("priority") instanceof Long number ? number : 0;
            found.add(new Prioritized(priority, registry(file, at, repository, ttl)));
        }
        found.sort(Comparator.comparingLong(Prioritized::priority));
        return found.stream().map(Prioritized::registry).toList();
    }

    private static Registry registry(Path file, String at, Map<?, ?> repository, Duration ttl) {
        Map<?, ?> connection = object(file, at + "/connection", repository.get("connection"));
        if (connection.get("http") instanceof Map<?, ?> http) {
            if (!(http.get("uri") instanceof String uri)) {
                throw wrong(file, at + "/connection/http/uri", "is missing; expected the registry's address");
            }
            List<String> prefixes = repository.get("vendorPrefixes") instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
            Duration miss = Duration.ofSeconds(HttpRegistry.Settings.DEFAULT_MISS_TTL_SECONDS);
            try {
                return new HttpRegistry(new HttpRegistry.Settings(
                        text(repository.get("name"), "registry " + at),
                        URI.create(uri),
                        http.get("apikey") instanceof String key ? key : null,
                        prefixes,
                        ttl,
                        miss.compareTo(ttl) < 0 ? miss : ttl));
            } catch (IllegalArgumentException e) {
                throw wrong(file, at + "/connection/http/uri", String.valueOf(e.getMessage()));
            }
        }
        if (connection.get("embedded") instanceof Map<?, ?> embedded && embedded.get("path") instanceof String path) {
            Path folder = Path.of(path);
            // Embedded paths are those of a jar; what Snowplow's hold is shipped here too.
            return Files.isDirectory(folder) ? new FolderRegistry(folder) : new ShippedRegistry();
        }
        throw wrong(file, at + "/connection", "has neither \"http\" with a \"uri\" nor \"embedded\" with a \"path\"");
    }

    private record Prioritized(long priority, Registry registry) {}

    private static String text(@Nullable Object value, String otherwise) {
        return value instanceof String text ? text : otherwise;
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
