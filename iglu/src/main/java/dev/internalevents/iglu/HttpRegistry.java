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
 * A static registry on a web server, or an Iglu Server: {@code URI/schemas/vendor/name/format/version}. It is asked in the
 * background: at most 50 look-ups at a time, each for at most 5 s, and at most 200 unknown schemas of one vendor within
 * 10 s. A look-up that fails is repeated after 1 s, later after up to 30 s; while all fail, one at a time is tried.
 *
 * <p>A schema is remembered for a time and then looked up again in the background; meanwhile, and for as long as the
 * registry does not answer, the remembered text counts. That a schema is missing or refused is remembered for a shorter
 * time. What is remembered is limited to {@value #MAX_REMEMBERED_BYTES} bytes of schemas and {@value
 * #MAX_REMEMBERED_MISSES_BYTES} bytes of missing ones. Safe for use by several threads.
 */
public final class HttpRegistry implements Registry {

    /** The largest schema: {@value} bytes. */
    public static final int MAX_BYTES = SchemaRequests.MAX_BYTES;

    /** The longest time that one request for a schema takes, with its redirects. */
    public static final Duration LONGEST_LOOK_UP = SchemaRequests.TIMEOUT;

    static final long MAX_REMEMBERED_BYTES = 32 << 20;
    static final long MAX_REMEMBERED_MISSES_BYTES = 16 << 20;

    /** Shorter, and a caller that is told to ask again would find the answer gone. */
    private static final Duration SHORTEST_MISS = Duration.ofSeconds(1);

    /** A longer time to live counts as this: in nanoseconds it would overflow. */
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private final Settings settings;
    private final Ticker ticker;
    private final Cache<SchemaKey, Remembered> schemas;
    private final Cache<SchemaKey, Answer> misses;
    private final LookUps lookUps;

    /**
     * How it is reached.
     *
     * @param name for people
     * @param uri without {@code /schemas}; http or https
     * @param apiKey sent as the header of Iglu Servers, and never to another host; null for an open registry
     * @param vendorPrefixes vendors that this registry is asked first for
     * @param hitTtl how long a schema is remembered before it is looked up again
     * @param missTtl how long a missing or refused schema is remembered, at least 1 s
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
        public static final long DEFAULT_MISS_TTL_SECONDS = 60;

        static final String WRONG_KEY =
                "has a character that no header may have, such as a line end; expected letters, digits and signs of ASCII";

        /** @throws IllegalArgumentException if the address is not one of a web server, or the key cannot be a header */
        public Settings {
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (!web || uri.getHost() == null) {
                throw new IllegalArgumentException("the registry " + name + ": \"" + uri.getScheme() + "://"
                        + uri.getHost() + "\" is no address of a web server; expected http://HOST/PATH or https");
            }
            if (apiKey != null && !isApiKey(apiKey)) {
                throw new IllegalArgumentException("the registry " + name + ": the API key " + WRONG_KEY);
            }
            vendorPrefixes = List.copyOf(vendorPrefixes);
        }

        /** Whether a text can be sent as a key: characters of ASCII from the blank to the tilde. */
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

        /** Never the key. */
        @Override
        public String toString() {
            return "Settings[name=" + name + ", uri=" + uri.getHost() + "]";
        }
    }

    public HttpRegistry(Settings settings) {
        this(settings, LookUps.Limits.DEFAULT, Ticker.systemTicker());
    }

    /** With limits, and a clock for what is remembered, of a test. */
    HttpRegistry(Settings settings, LookUps.Limits limits, Ticker ticker) {
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

    /** Notes how a look-up ended. */
    void remember(SchemaKey key, Outcome outcome) {
        if (outcome instanceof Outcome.Schema schema) {
            Remembered known = schemas.getIfPresent(key);
            // The same text stays the same object, so that it is not kept twice.
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

    /** The bytes of the names and texts that are remembered now, for tests. */
    long rememberedBytes() {
        return Weights.total(schemas) + Weights.total(misses);
    }
}
