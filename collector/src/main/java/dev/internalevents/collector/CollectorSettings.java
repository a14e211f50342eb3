package dev.internalevents.collector;

import dev.internalevents.collector.http.AllowedOrigins;
import dev.internalevents.collector.http.FetchMetadata;
import dev.internalevents.collector.http.HostNames;
import dev.internalevents.collector.http.Origin;
import dev.internalevents.collector.intake.ClientAddress;
import dev.internalevents.collector.micro.ResetEvents;
import dev.internalevents.collector.operation.Access;
import dev.internalevents.collector.operation.OpenIdSettings;
import dev.internalevents.collector.processing.Repeats;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.iglu.FolderRegistry;
import dev.internalevents.iglu.Registry;
import dev.internalevents.pipeline.PipelineSettings;
import dev.internalevents.pipeline.adapter.RedirectHosts;
import dev.internalevents.spool.Durability;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.Retention;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a collector. Immutable; made by a {@link Builder}, which validates them in {@link Builder#build}. Later
 * changes to the builder have no effect on them.
 */
public final class CollectorSettings {

    /** {@value}. */
    public static final String LOOPBACK = "127.0.0.1";

    /** {@value}. */
    public static final int DEFAULT_PORT = 9091;

    /** {@value}. */
    public static final int DEFAULT_MAX_EVENTS = 20_000;

    private static final int MIN_TOKEN_LENGTH = 16;

    /** A private copy of the builder. Its values are immutable, so a shallow copy is enough. */
    private final Builder values;

    private CollectorSettings(Builder values) {
        this.values = values.copy();
    }

    /** Returns settings of a local collector that stores events in memory and listens on a port; 0 picks a free one. */
    public static CollectorSettings local(int port) {
        return micro().port(port).build();
    }

    /**
     * Returns a builder for a local collector: it stores events in memory, reads wait until everything sent before is
     * processed, and programs may remove all events.
     */
    public static Builder micro() {
        return new Builder(true);
    }

    /**
     * Returns a builder for a collector that stores events in a folder. Acknowledged events survive a power failure, and
     * events cannot be reset on request.
     */
    public static Builder collector(Path folder) {
        return new Builder(false).folder(folder).durability(Durability.disk()).readYourWrites(false);
    }

    /** Returns the address to listen on. */
    public String host() {
        return values.host;
    }

    public int port() {
        return values.port;
    }

    /** Returns whether only this machine can connect. */
    public boolean isLoopback() {
        return HostNames.isLoopback(values.host);
    }

    /** Returns host names besides this machine's under which {@code /micro} answers without a token, in lower case. */
    public Set<String> allowedHosts() {
        return values.allowedHosts;
    }

    /**
     * Returns the origins whose pages may read events, such as {@code https://app.example.com} or {@code
     * http://localhost:*}. With {@link Builder#compatMicro}, all pages of this machine may, too.
     */
    public List<String> allowedOrigins() {
        return values.allowedOrigins;
    }

    /** Returns the URL at which browsers reach the collector; null if it is the one the collector listens on. */
    public @Nullable URI publicUrl() {
        return values.publicUrl;
    }

    /** Returns whether cleartext HTTP/2 may start with {@code Upgrade: h2c}. */
    public boolean isH2c() {
        return values.h2c;
    }

    /** Returns whether {@code POST /micro/reset} removes events. */
    public boolean isResetAllowed() {
        return values.allowReset;
    }

    /** Returns whether anyone who can connect may see every event. */
    public boolean isOpenToAll() {
        return values.openToAll;
    }

    RouteCheck.Rules routeRules() {
        boolean closed = values.token != null || values.readToken != null || values.openId != null;
        return new RouteCheck.Rules(
                values.openToAll || closed || !isLoopback(),
                values.allowedHosts,
                new AllowedOrigins(values.allowedOrigins, isCompatMicro()),
                values.local);
    }

    /** Returns whether a local collector answers as Snowplow Micro does where the default behaviour differs. */
    public boolean isCompatMicro() {
        return values.local && values.compatMicro;
    }

    /** Returns what to do with an event whose id is stored already. */
    public Repeats repeats() {
        return !values.local ? Repeats.DROPPED : values.compatMicro ? Repeats.COUNTED : Repeats.SHOWN;
    }

    ResetEvents.Rules resetRules() {
        ResetEvents.ByGet byGet = !values.local
                ? ResetEvents.ByGet.NEVER
                : values.compatMicro ? ResetEvents.ByGet.ALWAYS : ResetEvents.ByGet.TO_LOOPBACK;
        return new ResetEvents.Rules(values.allowReset, byGet, !values.local);
    }

    Access.Settings accessSettings() {
        return new Access.Settings(values.token, values.readToken, values.openId, isSecure());
    }

    FetchMetadata fetchMetadata() {
        OpenIdSettings provider = values.openId;
        Set<Origin> published = Stream.of(values.publicUrl, provider == null ? null : provider.publicUrl())
                .filter(Objects::nonNull)
                .flatMap(url -> Stream.ofNullable(Origin.of(url)))
                .collect(Collectors.toSet());
        return new FetchMetadata(published, !values.trustedProxies.isEmpty());
    }

    /** Returns the folder of the spool and the store; null for a collector that stores events in memory. */
    public @Nullable Path folder() {
        return values.folder;
    }

    /** Returns the maximum number of events in memory; beyond it, the oldest are evicted. */
    public int maxEvents() {
        return values.maxEvents;
    }

    /** Returns what an acknowledged request survives: the end of the process, or a power failure. */
    public Durability durability() {
        return values.durability;
    }

    /** Returns the maximum size of the spool in bytes; beyond it, requests are rejected with 503. */
    public long maxSpoolBytes() {
        return values.maxSpoolBytes;
    }

    /** Returns the registries that are searched before the bundled schemas. */
    public List<Registry> registries() {
        return values.registries;
    }

    /** Returns the pipeline's settings, with the envelope and redirect settings of this collector applied. */
    public PipelineSettings pipeline() {
        PipelineSettings pipeline = values.pipeline;
        if (values.lenientEnvelope) {
            pipeline = pipeline.withLenientEnvelope(true);
        }
        return values.redirects.isEmpty() ? pipeline : pipeline.withRedirects(values.redirects);
    }

    /** Returns the time within which a repeated event is a duplicate and is not counted again; see {@link #repeats}. */
    public Duration dedupWindow() {
        return values.dedupWindow;
    }

    public Retention retention() {
        return values.retention;
    }

    /** Returns whether answers under {@code /micro} wait until everything sent before is processed. */
    public boolean readYourWrites() {
        return values.readYourWrites;
    }

    /** Returns the secret that gives full access to {@code /micro}; null for no token. */
    public @Nullable String token() {
        return values.token;
    }

    /** Returns the secret that gives read-only access to {@code /micro} and {@code /metrics}; null for none. */
    public @Nullable String readToken() {
        return values.readToken;
    }

    /** Returns the OpenID Connect provider at which people may sign in instead of using the token; null for none. */
    public @Nullable OpenIdSettings openId() {
        return values.openId;
    }

    /** Returns whether browsers connect over TLS, either to the collector or to a proxy in front of it. */
    boolean isSecure() {
        OpenIdSettings provider = values.openId;
        URI url = provider == null ? values.publicUrl : provider.publicUrl();
        return values.tlsFile != null || (url != null && "https".equals(url.getScheme()));
    }

    /** Returns the PKCS12 file with key and certificate; null for plain HTTP. */
    public @Nullable Path tlsFile() {
        return values.tlsFile;
    }

    String tlsPassword() {
        return values.tlsPassword;
    }

    ClientAddress addresses() {
        return new ClientAddress(values.trustedProxies);
    }

    /** Returns how many requests per second one source may send; 0 for no limit. */
    public int requestsPerSecond() {
        return values.requestsPerSecond;
    }

    public Limits limits() {
        return values.limits;
    }

    /** Returns the event and metric definitions; null if nothing is counted. */
    public @Nullable Dictionary dictionary() {
        return values.dictionary;
    }

    /** Returns the URL to which the Service Ping is posted once a week; null for none. */
    public @Nullable URI servicePingUrl() {
        return values.servicePingUrl;
    }

    /** Returns the output that receives processed events in addition to the store; null for none. */
    public @Nullable EventOutput output() {
        return values.output;
    }

    /**
     * Limits of requests and connections.
     *
     * @param bodyBytes maximum size of a body
     * @param bodyEvents maximum number of events in a body
     * @param lineBytes maximum size of the request line: method, address and version
     * @param headerBytes maximum size of all headers together
     * @param connections maximum number of open connections
     * @param bodyTime time within which a body must arrive
     */
    public record Limits(
            int bodyBytes, int bodyEvents, int lineBytes, int headerBytes, int connections, Duration bodyTime) {

        /** 8 MB, 10,000 events, 128 KB, 32 KB, 10,000 connections, 30 seconds. */
        public static final Limits DEFAULT =
                new Limits(8_000_000, 10_000, 128 << 10, 32 << 10, 10_000, Duration.ofSeconds(30));
    }

    /** Builds settings that differ from the defaults. Values are immutable and lists are copied. Not thread-safe. */
    public static final class Builder implements Cloneable {
        private final boolean local;
        private String host = LOOPBACK;
        private int port = DEFAULT_PORT;
        private @Nullable Path folder;
        private int maxEvents = DEFAULT_MAX_EVENTS;
        private Durability durability = Durability.process();
        private long maxSpoolBytes = 1L << 30;
        private List<Registry> registries = List.of();
        private PipelineSettings pipeline = PipelineSettings.DEFAULTS;
        private boolean lenientEnvelope;
        private RedirectHosts redirects = RedirectHosts.NONE;
        private Duration dedupWindow = Duration.ofDays(7);
        private Retention retention = Retention.DEFAULT;
        private boolean readYourWrites = true;
        private @Nullable String token;
        private @Nullable String readToken;
        private boolean allowReset;
        private boolean compatMicro;
        private Set<String> allowedHosts = Set.of();
        private List<String> allowedOrigins = List.of();
        private @Nullable URI publicUrl;
        private boolean h2c;
        private @Nullable OpenIdSettings openId;
        private boolean openToAll;
        private @Nullable Path tlsFile;
        private String tlsPassword = "";
        private List<String> trustedProxies = List.of();
        private int requestsPerSecond;
        private Limits limits = Limits.DEFAULT;
        private @Nullable EventOutput output;
        private @Nullable Dictionary dictionary;
        private @Nullable URI servicePingUrl;

        private Builder(boolean local) {
            this.local = local;
            this.allowReset = local;
        }

        /** Copies all fields, including future ones. */
        private Builder copy() {
            try {
                return (Builder) super.clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException("a builder is Cloneable", e);
            }
        }

        public Builder host(String address) {
            this.host = address;
            return this;
        }

        /** Sets the port to listen on; 0 picks a free one. Default: {@value CollectorSettings#DEFAULT_PORT}. */
        public Builder port(int number) {
            this.port = number;
            return this;
        }

        /** Stores the spool and the events in a folder, which is created if it does not exist. */
        public Builder folder(@Nullable Path path) {
            this.folder = path;
            return this;
        }

        public Builder maxEvents(int max) {
            this.maxEvents = max;
            return this;
        }

        public Builder durability(Durability level) {
            this.durability = level;
            return this;
        }

        public Builder maxSpoolBytes(long max) {
            this.maxSpoolBytes = max;
            return this;
        }

        /**
         * Adds the registry in a folder; it is searched before the bundled schemas.
         *
         * @throws IllegalArgumentException if the folder does not exist
         */
        public Builder iglu(Path registryFolder) {
            return iglu(new FolderRegistry(registryFolder));
        }

        public Builder iglu(Registry registry) {
            List<Registry> more = new ArrayList<>(registries);
            more.add(registry);
            this.registries = List.copyOf(more);
            return this;
        }

        public Builder pipeline(PipelineSettings settings) {
            this.pipeline = settings;
            return this;
        }

        /**
         * Accepts bodies with any content type, and {@code payload_data}, {@code contexts} and {@code unstruct_event} of
         * versions that do not exist. Default: false; such requests become failed events, as in Snowplow's pipeline.
         */
        public Builder lenientEnvelope(boolean lenient) {
            this.lenientEnvelope = lenient;
            return this;
        }

        /**
         * Answers {@code GET /r/tp2?u=…} with a redirect to {@code u} if its host is one of these. Default: none; the path is
         * answered 404.
         *
         * @param hosts host names such as {@code www.example.com}, or {@code *.example.com} for all its subdomains
         * @throws IllegalArgumentException if one is neither; the message names it
         */
        public Builder redirects(List<String> hosts) {
            this.redirects = new RedirectHosts(hosts);
            return this;
        }

        public Builder dedupWindow(Duration window) {
            this.dedupWindow = window;
            return this;
        }

        public Builder retention(Retention rules) {
            this.retention = rules;
            return this;
        }

        public Builder readYourWrites(boolean wait) {
            this.readYourWrites = wait;
            return this;
        }

        /** Sets the secret that gives full access to {@code /micro}: 16 characters or more. */
        public Builder token(@Nullable String secret) {
            this.token = secret;
            return this;
        }

        /** Sets a second secret, for read-only access: 16 characters or more. */
        public Builder readToken(@Nullable String secret) {
            this.readToken = secret;
            return this;
        }

        /** Allows {@code POST /micro/reset} to remove events. Default: true for a local collector, otherwise false. */
        public Builder allowReset(boolean allowed) {
            this.allowReset = allowed;
            return this;
        }

        /**
         * Makes a local collector answer as Micro does. Default: false. Repeated events count again, queries may have
         * unknown keys, pages of this machine may read events, and {@code GET /micro/reset} is answered under every host
         * name that the collector answers to.
         */
        public Builder compatMicro(boolean compatible) {
            this.compatMicro = compatible;
            return this;
        }

        /** Answers {@code /micro} under these host names, too, such as the name of a Docker Compose service. */
        public Builder allowedHosts(Collection<String> names) {
            this.allowedHosts = names.stream()
                    .map(name -> Objects.requireNonNullElse(HostNames.parse(name), name))
                    .collect(Collectors.toUnmodifiableSet());
            return this;
        }

        /**
         * Allows pages of these origins, such as {@code https://app.example.com} or {@code http://localhost:*}, to read
         * {@code /micro/all}, {@code good}, {@code bad}, {@code events}, {@code await} and {@code stream} through CORS.
         */
        public Builder allowedOrigins(List<String> origins) {
            this.allowedOrigins = List.copyOf(origins);
            return this;
        }

        /** Sets the URL at which browsers reach the collector, if it differs from the one it listens on. */
        public Builder publicUrl(@Nullable URI url) {
            this.publicUrl = url;
            return this;
        }

        /** Allows cleartext HTTP/2 to start with {@code Upgrade: h2c}. Default: false. */
        public Builder h2c(boolean upgrades) {
            this.h2c = upgrades;
            return this;
        }

        /** Allows people to sign in at an OpenID Connect provider. */
        public Builder openId(@Nullable OpenIdSettings provider) {
            this.openId = provider;
            return this;
        }

        /** Allows anyone who can connect to see every event. Never implied by other settings. Default: false. */
        public Builder openToAll(boolean open) {
            this.openToAll = open;
            return this;
        }

        public Builder tls(Path pkcs12, String password) {
            this.tlsFile = pkcs12;
            this.tlsPassword = password;
            return this;
        }

        /** Sets the proxy addresses or networks whose {@code X-Forwarded-For} or {@code Forwarded} headers are trusted. */
        public Builder trustedProxies(List<String> networks) {
            this.trustedProxies = List.copyOf(networks);
            return this;
        }

        public Builder requestsPerSecond(int max) {
            this.requestsPerSecond = max;
            return this;
        }

        public Builder limits(Limits values) {
            this.limits = values;
            return this;
        }

        /** Counts stored events into the metrics of a dictionary. */
        public Builder dictionary(@Nullable Dictionary definitions) {
            this.dictionary = definitions;
            return this;
        }

        /** Posts the Service Ping once a week. Requires a dictionary, and a folder that stores the time of the last ping. */
        public Builder servicePingUrl(@Nullable URI url) {
            this.servicePingUrl = url;
            return this;
        }

        public Builder output(@Nullable EventOutput eventOutput) {
            this.output = eventOutput;
            return this;
        }

        /**
         * Validates and returns the settings.
         *
         * @throws IllegalArgumentException if a setting is invalid; the message names it and what is expected
         */
        public CollectorSettings build() {
            check(
                    folder == null || !folder.toString().isBlank(),
                    "data: it is empty; expected a folder such as /var/lib/internal-events");
            check(port >= 0 && port <= 65_535, "port: " + port + " is not a port, 0 to 65535");
            check(maxEvents >= 1, "max-events: " + maxEvents + " is not a whole number of 1 or more");
            check(
                    requestsPerSecond >= 0,
                    "requests-per-second: " + requestsPerSecond + " is not a whole number of 0 or more");
            check(!dedupWindow.isNegative(), "dedup-window: " + dedupWindow + " is negative; expected for example P7D");
            String secret = token;
            checkSecret("token", secret);
            checkAccess(secret, readToken);
            check(
                    servicePingUrl == null || (dictionary != null && folder != null),
                    "service-ping-url: it needs --definitions, and a data folder to store when the last ping was sent");
            new ClientAddress(trustedProxies);
            CollectorSettings settings = new CollectorSettings(this);
            check(
                    settings.isLoopback() || secret != null || openId != null || openToAll,
                    "host: " + host + " can be reached by others, and events are personal data; set a token"
                            + " (INTERNAL_EVENTS_TOKEN) or a provider (--openid-issuer), or pass"
                            + " --open-to-all if everybody may see every event");
            return settings;
        }

        private void checkAccess(@Nullable String secret, @Nullable String reading) {
            checkSecret("read-token", reading);
            check(
                    reading == null || secret != null || openId != null,
                    "read-token: it needs a token (INTERNAL_EVENTS_TOKEN) or a provider (--openid-issuer) for changes,"
                            + " because this token is read-only");
            check(
                    reading == null || !reading.equals(secret),
                    "read-token: it is the same as the token; make another with: openssl rand -hex 32");
            for (String name : allowedHosts) {
                check(
                        HostNames.parse(name) != null,
                        "allow-host: \"" + name + "\" is not a host name; expected a name such as micro, without scheme"
                                + " and port. --open-to-all answers under every name");
            }
            try {
                new AllowedOrigins(allowedOrigins);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("allow-origin: " + e.getMessage(), e);
            }
            check(
                    publicUrl == null || Origin.of(publicUrl) != null,
                    "public-url: \"" + publicUrl + "\" is not an http or https address");
        }

        private static void checkSecret(String name, @Nullable String secret) {
            check(
                    secret == null || secret.length() >= MIN_TOKEN_LENGTH,
                    name + ": it has fewer than " + MIN_TOKEN_LENGTH
                            + " characters; make one with: openssl rand -hex 32");
        }

        private static void check(boolean valid, String message) {
            if (!valid) {
                throw new IllegalArgumentException(message);
            }
        }
    }
}
