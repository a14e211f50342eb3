package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A static registry on a web server, or an Iglu Server: {@code URI/schemas/vendor/name/format/version}. What it has is
 * remembered for a time, and for a shorter one what it does not have; what was remembered longer ago counts while it does
 * not answer.
 */
public final class HttpRegistry implements Registry {

    /** Of one schema, at most: {@value} bytes. */
    public static final int MAX_BYTES = 4_000_000;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int MAX_REMEMBERED = 5_000;

    private final Settings settings;
    private final String base;
    private final HttpClient http;
    private final Map<SchemaKey, Remembered> remembered = new ConcurrentHashMap<>();

    /**
     * How it is reached.
     *
     * @param name for people
     * @param uri without {@code /schemas}; http or https
     * @param apiKey sent as the header of Iglu Servers; null for a registry that is open
     * @param vendorPrefixes vendors that this registry is asked first for
     * @param hitTtl how long a schema is remembered
     * @param missTtl how long it is remembered that there is none
     */
    public record Settings(
            String name,
            URI uri,
            @Nullable String apiKey,
            List<String> vendorPrefixes,
            Duration hitTtl,
            Duration missTtl) {

        /** {@value} minutes. */
        public static final long DEFAULT_HIT_TTL_MINUTES = 10;

        /** {@value} seconds. */
        public static final long DEFAULT_MISS_TTL_SECONDS = 30;

        /** @throws IllegalArgumentException when the address is none */
        public Settings {
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!web || uri.getHost() == null) {
                throw new IllegalArgumentException("the registry " + name + ": \"" + uri.getScheme() + "://"
                        + uri.getHost() + "\" is no address of a web server; expected http://HOST/PATH or https");
            }
            vendorPrefixes = List.copyOf(vendorPrefixes);
        }

        public Settings(String name, URI uri, @Nullable String apiKey) {
            this(
                    name,
                    uri,
                    apiKey,
                    List.of(),
                    Duration.ofMinutes(DEFAULT_HIT_TTL_MINUTES),
                    Duration.ofSeconds(DEFAULT_MISS_TTL_SECONDS));
        }

        /** Never the key. */
        @Override
        public String toString() {
            return "Settings[name=" + name + ", uri=" + uri.getHost() + "]";
        }
    }

    public HttpRegistry(Settings settings) {
        this.settings = settings;
        String uri = settings.uri().toString();
        this.base = (uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri) + "/schemas/";
        this.http = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                // A key is for the host that it was given for.
                .followRedirects(settings.apiKey() == null ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public String name() {
        return settings.name() + " (" + settings.uri().getHost() + ")";
    }

    @Override
    public boolean isMeantFor(String vendor) {
        return settings.vendorPrefixes().stream().anyMatch(vendor::startsWith);
    }

    @Override
    public Optional<String> find(SchemaKey key) {
        Remembered known = remembered.get(key);
        if (known != null && System.nanoTime() - known.until() < 0) {
            return known.schema();
        }
        try {
            Optional<String> schema = fetch(key);
            remember(key, schema, schema.isPresent() ? settings.hitTtl() : settings.missTtl());
            return schema;
        } catch (RegistryUnavailableException e) {
            if (known != null && known.schema().isPresent()) {
                remember(key, known.schema(), RETRY);
                return known.schema();
            }
            throw e;
        }
    }

    private Optional<String> fetch(SchemaKey key) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + key.path())).timeout(TIMEOUT);
        String apiKey = settings.apiKey();
        if (apiKey != null) {
            request.header("apikey", apiKey);
        }
        try {
            HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                int status = answer.statusCode();
                if (status == 200) {
                    byte[] bytes = body.readNBytes(MAX_BYTES + 1);
                    if (bytes.length > MAX_BYTES) {
                        throw new RegistryUnavailableException(
                                name(), "its answer is larger than " + MAX_BYTES + " bytes");
                    }
                    return Optional.of(new String(bytes, StandardCharsets.UTF_8));
                } else if (status == 404 || status == 410) {
                    return Optional.empty();
                } else if (status == 401 || status == 403) {
                    throw new RegistryUnavailableException(
                            name(), "it refuses the API key (status " + status + "); check the key in its settings");
                }
                throw new RegistryUnavailableException(name(), "status " + status);
            }
        } catch (IOException e) {
            throw new RegistryUnavailableException(name(), e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryUnavailableException(name(), "interrupted");
        }
    }

    private void remember(SchemaKey key, Optional<String> schema, Duration ttl) {
        if (remembered.size() >= MAX_REMEMBERED) {
            // Names come from strangers: a flood of made-up ones must not fill the memory.
            remembered.clear();
        }
        remembered.put(key, new Remembered(schema, System.nanoTime() + ttl.toNanos()));
    }

    private record Remembered(Optional<String> schema, long until) {}
}
