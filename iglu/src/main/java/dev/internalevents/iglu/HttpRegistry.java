package dev.internalevents.iglu;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.internalevents.protocol.SchemaKey;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A static registry on a web server, or an Iglu Server: {@code URI/schemas/vendor/name/format/version}. Look-ups run in
 * the background: at most 50 at a time, each for at most 5 s, and at most 200 unknown schemas of one vendor within 10
 * s. A failed look-up is retried after 1 s, and after up to 30 s later on; while all fail, only one at a time is tried.
 *
 * <p>A schema is cached for a time and then looked up again in the background. Until the registry answers, the cached
 * text is used. That a schema is missing or refused is cached for a shorter time. The cache is limited to
 * {@value #MAX_REMEMBERED_BYTES} bytes of schemas and {@value #MAX_REMEMBERED_MISSES_BYTES} bytes of missing ones. Safe
 * for use by several threads.
 */
public final class HttpRegistry implements Registry {

    /** The maximum size of a schema: {@value} bytes. */
    public static final int MAX_BYTES = SchemaRequests.MAX_BYTES;

    /** The maximum time that one request for a schema takes, including its redirects. */
    public static final Duration LONGEST_LOOK_UP = SchemaRequests.TIMEOUT;

    static final long MAX_REMEMBERED_BYTES = 32 << 20;
    static final long MAX_REMEMBERED_MISSES_BYTES = 16 << 20;

    /** With a shorter time, the answer would be gone before a caller that was notified asks again. */
    private static final Duration SHORTEST_MISS = Duration.ofSeconds(1);

    /** The maximum time to live; a longer one would overflow in nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private final Settings settings;
    private final Ticker ticker;
    private final Cache<SchemaKey, Remembered> schemas;
    private final Cache<SchemaKey, Answer> misses;
    private final LookUps lookUps;

    /**
     * How the registry is reached and cached.
     *
     * @param name the name used in messages
     * @param uri the address without {@code /schemas}; http or https
     * @param apiKey sent in the header of Iglu Servers, and never to another host; null for an open registry
     * @param vendorPrefixes the vendors for which this registry is asked first
     * @param hitTtl how long a schema is cached before it is looked up again
     * @param missTtl how long a missing or refused schema is cached, at least 1 s
     */
    public record Settings(
            String name,
            URI uri,
            @Nullable String apiKey,
            List<String> vendorPrefixes,
            Duration hitTtl,
            Duration missTtl) {

        /** The default of {@code hitTtl}: {@value} minutes. */
        public static final long DEFAULT_HIT_TTL_MINUTES = 10;

        /** The default of {@code missTtl}: {@value} seconds. */
        public static final long DEFAULT_MISS_TTL_SECONDS = 60;

        static final int MAX_PORT = 65_535;

        static final String WRONG_KEY =
                "contains a character that is not allowed in a header, such as a line end; expected printable ASCII";

        /**
         * @throws IllegalArgumentException if the address is not http or https, has no host or a port above 65535, or
         *     the key cannot be sent in a header
         */
        public Settings {
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (!web || uri.getHost() == null) {
                throw new IllegalArgumentException("the registry " + name + ": \"" + uri.getScheme() + "://"
                        + uri.getHost() + "\" is not the address of a web server; expected http://HOST/PATH or https");
            }
            if (uri.getPort() > MAX_PORT) {
                throw new IllegalArgumentException("the registry " + name + ": \"" + uri.getScheme() + "://"
                        + uri.getHost() + ":" + uri.getPort() + "\" has a port above " + MAX_PORT);
            }
            if (apiKey != null && !isApiKey(apiKey)) {
                throw new IllegalArgumentException("the registry " + name + ": the API key " + WRONG_KEY);
            }
            vendorPrefixes = List.copyOf(vendorPrefixes);
        }

        /** Returns whether a text can be sent as a key: it has only ASCII characters from the space to the tilde. */
        static boolean isApiKey(String key) {
            return key.chars().allMatch(c -> c >= ' ' && c <= '~');
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

        /** Never contains the key. */
        @Override
        public String toString() {
            return "Settings[name=" + name + ", uri=" + uri.getHost() + "]";
        }
    }

    public HttpRegistry(Settings settings) {
        this(settings, LookUpLimits.DEFAULT, Ticker.systemTicker());
    }

    /** Creates a registry with the limits and the cache's clock of a test. */
    HttpRegistry(Settings settings, LookUpLimits limits, Ticker ticker) {
        this.settings = settings;
        this.ticker = ticker;
        this.schemas = Caffeine.newBuilder()
                .maximumWeight(MAX_REMEMBERED_BYTES)
                .weigher((SchemaKey key, Remembered schema) -> Weights.of(key) + Weights.of(schema.text()))
                .build();
        Duration missTtl = settings.missTtl();
        this.misses = Caffeine.newBuilder()
                .maximumWeight(MAX_REMEMBERED_MISSES_BYTES)
                .weigher((SchemaKey key, Answer miss) ->
                        Weights.of(key) + (miss instanceof Refusal refusal ? Weights.of(refusal.reason()) : 0))
                .expireAfterWrite(
                        missTtl.compareTo(SHORTEST_MISS) < 0
                                ? SHORTEST_MISS
                                : missTtl.compareTo(LONGEST) < 0 ? missTtl : LONGEST)
                .ticker(ticker)
                .build();
        SchemaRequests requests = new SchemaRequests(settings.uri(), settings.apiKey());
        this.lookUps = new LookUps(name(), limits, requests::request, this::remember);
    }

    @Override
    public String name() {
        String host = settings.uri().getHost();
        return settings.name().startsWith(host) ? settings.name() : settings.name() + " (" + host + ")";
    }

    @Override
    public boolean isMeantFor(String vendor) {
        return settings.vendorPrefixes().stream().anyMatch(vendor::startsWith);
    }

    @Override
    public @Nullable String failing() {
        return lookUps.failing();
    }

    @Override
    public Answer find(SchemaKey key) {
        Remembered known = schemas.getIfPresent(key);
        if (known != null) {
            if (ticker.read() - known.freshUntil() >= 0) {
                lookUps.refresh(key);
            }
            return new Present(known.text());
        }
        Answer miss = misses.getIfPresent(key);
        return miss == null ? lookUps.ask(key) : miss;
    }

    /** Caches the outcome of a look-up. */
    void remember(SchemaKey key, Outcome outcome) {
        if (outcome instanceof Outcome.Schema schema) {
            Remembered known = schemas.getIfPresent(key);
            // Reuse the object of an equal text, so that it is not stored twice.
            String text = known != null && known.text().equals(schema.text()) ? known.text() : schema.text();
            schemas.put(key, remembered(text, settings.hitTtl()));
            misses.invalidate(key);
        } else if (outcome instanceof Outcome.None) {
            misses.put(key, new Missing());
            schemas.invalidate(key);
        } else if (outcome instanceof Outcome.Refused refused) {
            Remembered known = schemas.getIfPresent(key);
            if (known != null) {
                schemas.put(key, remembered(known.text(), settings.missTtl()));
            } else {
                misses.put(key, new Refusal("the registry " + name() + " " + refused.what()));
            }
        }
    }

    private Remembered remembered(String text, Duration fresh) {
        return new Remembered(text, ticker.read() + (fresh.compareTo(LONGEST) < 0 ? fresh : LONGEST).toNanos());
    }

    private record Remembered(String text, long freshUntil) {}

    /** Returns the bytes of the names and texts in the cache, for tests. */
    long rememberedBytes() {
        return Weights.total(schemas) + Weights.total(misses);
    }
}
