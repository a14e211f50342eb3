package dev.internalevents.collector;

import dev.internalevents.collector.operation.OpenIdSettings;
import dev.internalevents.collector.http.AllowedOrigins;
import dev.internalevents.collector.http.FetchMetadata;
import dev.internalevents.collector.http.HostNames;
import dev.internalevents.collector.http.Origin;
import dev.internalevents.collector.intake.ClientAddress;
import dev.internalevents.collector.micro.ResetEvents;
import dev.internalevents.collector.operation.Access;
import dev.internalevents.collector.processing.Repeats;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.Retention;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.iglu.FolderRegistry;
import dev.internalevents.iglu.Registry;
import dev.internalevents.pipeline.PipelineSettings;
import dev.internalevents.pipeline.adapter.RedirectHosts;
import dev.internalevents.spool.Durability;
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
 * How a collector runs: immutable, made by a {@link Builder}, checked when it is built. What is changed on the builder
 * afterwards changes nothing here.
 */
public final class CollectorSettings {

    /** {@value}. */
    public static final String LOOPBACK = "127.0.0.1";

    /** {@value}. */
    public static final int DEFAULT_PORT = 9091;

    /** {@value}. */
    public static final int DEFAULT_MAX_EVENTS = 20_000;

    private static final int MIN_TOKEN_LENGTH = 16;

    /** A copy that nothing else refers to; its values are immutable themselves, so that copying them is enough. */
    private final Builder values;

    private CollectorSettings(Builder values) {
        this.values = values.copy();
    }

    /** A local collector that keeps events in memory, on a port; 0 takes a free one. */
    public static CollectorSettings local(int port) {
        return micro().port(port).build();
    }

    /** A local collector: memory, readers wait for what was sent before, programs may remove all events. */
    public static Builder micro() {
        return new Builder(true);
    }

    /** A collector that keeps events in a folder, safe from a loss of power; nothing removes events on request. */
    public static Builder collector(Path folder) {
        return new Builder(false).folder(folder).durability(Durability.disk()).readYourWrites(false);
    }

    /** The address to listen on. */
    public String host() {
        return values.host;
    }

    public int port() {
        return values.port;
    }

    /** Whether nobody but this machine can connect. */
    public boolean isLoopback() {
        return HostNames.isLoopback(values.host);
    }

    /** Names besides this machine's under which {@code /micro} is answered without a token, in lower case. */
    public Set<String> allowedHosts() {
        return values.allowedHosts;
    }

    /**
     * Origins whose pages may read events, such as {@code https://app.example.com} or {@code http://localhost:*}. Where the
     * collector is compatible with Micro, all pages of this machine may besides.
     */
    public List<String> allowedOrigins() {
        return values.allowedOrigins;
    }

    /** Where browsers reach the collector; null if that is where it listens. */
    public @Nullable URI publicUrl() {
        return values.publicUrl;
    }

    /** Whether HTTP/2 over clear text may begin with {@code Upgrade: h2c}. */
    public boolean isH2c() {
        return values.h2c;
    }

    /** Whether {@code POST /micro/reset} removes events. */
    public boolean isResetAllowed() {
        return values.allowReset;
    }

    /** Whether everybody who can connect sees every event. */
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

    /** Whether a local collector answers as Snowplow Micro does where the default differs. */
    public boolean isCompatMicro() {
        return values.local && values.compatMicro;
    }

    /** What becomes of an event that was stored before. */
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

    /** Where spool and store are; null for a collector that keeps events in memory. */
    public @Nullable Path folder() {
        return values.folder;
    }

    /** Events that are kept in memory; older ones make room. */
    public int maxEvents() {
        return values.maxEvents;
    }

    /** What an acknowledged request survives. */
    public Durability durability() {
        return values.durability;
    }

    /** Bytes of requests that wait, at most; beyond, requests are refused with 503. */
    public long maxSpoolBytes() {
        return values.maxSpoolBytes;
    }

    /** Registries that are asked before the shipped schemas. */
    public List<Registry> registries() {
        return values.registries;
    }

    /** What the pipeline does, with the envelopes and redirects that are set here. */
    public PipelineSettings pipeline() {
        PipelineSettings pipeline = values.pipeline;
        if (values.lenientEnvelope) {
            pipeline = pipeline.withLenientEnvelope(true);
        }
        return values.redirects.isEmpty() ? pipeline : pipeline.withRedirects(values.redirects);
    }

    /** An event that comes again within this time is not counted again; see {@link #repeats}. */
    public Duration dedupWindow() {
        return values.dedupWindow;
    }

    public Retention retention() {
        return values.retention;
    }

    /** Whether an answer under {@code /micro} waits until everything that was sent before is processed. */
    public boolean readYourWrites() {
        return values.readYourWrites;
    }

    /** The secret that opens {@code /micro}; null where everybody who can connect may look. */
    public @Nullable String token() {
        return values.token;
    }

    /** The secret that opens {@code /micro} and {@code /metrics} for reading alone; null for none. */
    public @Nullable String readToken() {
        return values.readToken;
    }

    /** Who lets people in, beside the token; null for nobody. */
    public @Nullable OpenIdSettings openId() {
        return values.openId;
    }

    /** Whether browsers come over TLS, ours or that of a proxy. */
    boolean isSecure() {
        OpenIdSettings provider = values.openId;
        URI url = provider == null ? values.publicUrl : provider.publicUrl();
        return values.tlsFile != null || (url != null && "https".equals(url.getScheme()));
    }

    /** A PKCS12 file with key and certificate; null for plain HTTP. */
    public @Nullable Path tlsFile() {
        return values.tlsFile;
    }

    String tlsPassword() {
        return values.tlsPassword;
    }

    ClientAddress addresses() {
        return new ClientAddress(values.trustedProxies);
    }

    /** Requests that one source may send a second; 0 for any number. */
    public int requestsPerSecond() {
        return values.requestsPerSecond;
    }

    public Limits limits() {
        return values.limits;
    }

    /** What events and metrics are defined; null when nothing is counted. */
    public @Nullable Dictionary dictionary() {
        return values.dictionary;
    }

    /** Where the Service Ping is posted to once a week; null for nowhere. */
    public @Nullable URI servicePingUrl() {
        return values.servicePingUrl;
    }

    /** Where processed events go besides the store; null for nowhere. */
    public @Nullable EventOutput output() {
        return values.output;
    }

    /**
     * What a request may be.
     *
     * @param bodyBytes of a body, at most
     * @param bodyEvents events of a body, at most
     * @param lineBytes of method, address and version
     * @param headerBytes of all headers
     * @param connections open at a time
     * @param bodyTime within which a body has to be there
     */
    public record Limits(
            int bodyBytes, int bodyEvents, int lineBytes, int headerBytes, int connections, Duration bodyTime) {

        /** 8 MB, 10,000 events, 128 KB, 32 KB, 10,000 connections, 30 seconds. */
        public static final Limits DEFAULT =
                new Limits(8_000_000, 10_000, 128 << 10, 32 << 10, 10_000, Duration.ofSeconds(30));
    }

    /** Sets what differs from the defaults. Each value is immutable, lists are copied. For one thread. */
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

        /** Copies whatever fields there are. */
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

        /** 0 takes a free one. */
        public Builder port(int number) {
            this.port = number;
            return this;
        }

        /** Keeps spool and store in a folder, which is made if it is not there. */
        public Builder folder(@Nullable Path path) {
            this.folder = path;
            return this;
        }

        public Builder maxEvents(int most) {
            this.maxEvents = most;
            return this;
        }

        public Builder durability(Durability what) {
            this.durability = what;
            return this;
        }

        public Builder maxSpoolBytes(long most) {
            this.maxSpoolBytes = most;
            return this;
        }

        /**
         * Asks the registry in a folder, before the shipped schemas.
         *
         * @throws IllegalArgumentException when there is no such folder
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
         * Takes bodies whatever their content type, and {@code payload_data}, {@code contexts} and {@code unstruct_event} of
         * versions that do not exist; default: false, they are failed events as in Snowplow's pipeline.
         */
        public Builder lenientEnvelope(boolean lenient) {
            this.lenientEnvelope = lenient;
            return this;
        }

        /**
         * Answers {@code GET /r/tp2?u=…} with a redirect to {@code u}, if its host is one of these; default: none, and the
         * path is answered 404.
         *
         * @param hosts names such as {@code www.example.com}, or {@code *.example.com} for all names below it
         * @throws IllegalArgumentException naming the one that is neither
         */
        public Builder redirects(List<String> hosts) {
            this.redirects = new RedirectHosts(hosts);
            return this;
        }

        public Builder dedupWindow(Duration window) {
            this.dedupWindow = window;
            return this;
        }

        public Builder retention(Retention howLong) {
            this.retention = howLong;
            return this;
        }

        public Builder readYourWrites(boolean wait) {
            this.readYourWrites = wait;
            return this;
        }

        /** A secret of 16 characters or more. */
        public Builder token(@Nullable String secret) {
            this.token = secret;
            return this;
        }

        /** A second secret of 16 characters or more, which reads and changes nothing. */
        public Builder readToken(@Nullable String secret) {
            this.readToken = secret;
            return this;
        }

        /** Lets {@code POST /micro/reset} remove events; default: true for a local collector, false otherwise. */
        public Builder allowReset(boolean allowed) {
            this.allowReset = allowed;
            return this;
        }

        /**
         * Lets a local collector answer as Micro does; default: false. Events that come again count, questions may have
         * unknown keys, pages of this machine read events, and {@code GET /micro/reset} is answered under each
         * name that the collector answers to.
         */
        public Builder compatMicro(boolean compatible) {
            this.compatMicro = compatible;
            return this;
        }

        /** Answers {@code /micro} under these host names too, such as that of a service of docker compose. */
        public Builder allowedHosts(Collection<String> names) {
            this.allowedHosts = names.stream()
                    .map(name -> Objects.requireNonNullElse(HostNames.parse(name), name))
                    .collect(Collectors.toUnmodifiableSet());
            return this;
        }

        /**
         * Lets pages of these origins, such as {@code https://app.example.com} or {@code http://localhost:*}, read
         * {@code /micro/all}, {@code good}, {@code bad}, {@code events}, {@code await} and {@code stream} by CORS.
         */
        public Builder allowedOrigins(List<String> origins) {
            this.allowedOrigins = List.copyOf(origins);
            return this;
        }

        /** Where browsers reach the collector if that is not where it listens: its pages are of this origin. */
        public Builder publicUrl(@Nullable URI url) {
            this.publicUrl = url;
            return this;
        }

        /** Lets HTTP/2 over clear text begin with {@code Upgrade: h2c}; default: false. */
        public Builder h2c(boolean upgrades) {
            this.h2c = upgrades;
            return this;
        }

        /** Lets people sign in at a provider. */
        public Builder openId(@Nullable OpenIdSettings provider) {
            this.openId = provider;
            return this;
        }

        /** Lets everybody who can connect see every event; to be said, because nobody wants it by accident. */
        public Builder openToAll(boolean open) {
            this.openToAll = open;
            return this;
        }

        public Builder tls(Path pkcs12, String password) {
            this.tlsFile = pkcs12;
            this.tlsPassword = password;
            return this;
        }

        /** Addresses or networks whose {@code X-Forwarded-For} or {@code Forwarded} counts. */
        public Builder trustedProxies(List<String> networks) {
            this.trustedProxies = List.copyOf(networks);
            return this;
        }

        public Builder requestsPerSecond(int most) {
            this.requestsPerSecond = most;
            return this;
        }

        public Builder limits(Limits what) {
            this.limits = what;
            return this;
        }

        /** Counts what is stored into the metrics of a dictionary. */
        public Builder dictionary(@Nullable Dictionary definitions) {
            this.dictionary = definitions;
            return this;
        }

        /** Posts the Service Ping once a week; with a dictionary, and a folder that remembers when. */
        public Builder servicePingUrl(@Nullable URI url) {
            this.servicePingUrl = url;
            return this;
        }

        public Builder output(@Nullable EventOutput where) {
            this.output = where;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException naming the setting that makes no sense, and what it takes
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
                    "service-ping-url: it needs --definitions, and a folder that remembers when one was sent");
            new ClientAddress(trustedProxies);
            CollectorSettings settings = new CollectorSettings(this);
            check(
                    settings.isLoopback() || secret != null || openId != null || openToAll,
                    "host: " + host + " can be reached by others, and events are personal data; set a token"
                            + " (INTERNAL_EVENTS_TOKEN), name a provider (--openid-issuer), or say"
                            + " --open-to-all if everybody may see every event");
            return settings;
        }

        private void checkAccess(@Nullable String secret, @Nullable String reading) {
            checkSecret("read-token", reading);
            check(
                    reading == null || secret != null || openId != null,
                    "read-token: it needs a token (INTERNAL_EVENTS_TOKEN) or a provider (--openid-issuer) for those who may"
                            + " change something");
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

        private static void check(boolean right, String otherwise) {
            if (!right) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }
}
