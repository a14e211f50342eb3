package dev.internalevents.collector;

import dev.internalevents.collector.http.HostNames;
import dev.internalevents.collector.operation.OpenIdSettings;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.iglu.FolderRegistry;
import dev.internalevents.iglu.Registry;
import dev.internalevents.pipeline.PipelineSettings;
import dev.internalevents.pipeline.adapter.RedirectHosts;
import dev.internalevents.protocol.DurationText;
import dev.internalevents.spool.Durability;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.ReadLimit;
import dev.internalevents.store.Retention;
import dev.internalevents.store.SinkSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Builds settings that differ from the defaults. Values are immutable and lists are copied. Not thread-safe. */
public final class CollectorSettingsBuilder implements Cloneable {
    final boolean local;
    String host = CollectorSettings.LOOPBACK;
    int port = CollectorSettings.DEFAULT_PORT;

    @Nullable
    Path folder;

    int maxEvents = CollectorSettings.DEFAULT_MAX_EVENTS;
    Durability durability = Durability.process();
    long maxSpoolBytes = 1L << 30;
    List<Registry> registries = List.of();
    PipelineSettings pipeline = PipelineSettings.DEFAULTS;
    boolean lenientEnvelope;
    RedirectHosts redirects = RedirectHosts.NONE;
    Duration dedupWindow = Duration.ofDays(7);
    Retention retention = Retention.DEFAULT;
    boolean readYourWrites = true;
    Duration readTime = ReadLimit.DEFAULT;

    @Nullable
    String token;

    @Nullable
    String readToken;

    boolean allowReset;
    boolean compatMicro;
    Set<String> allowedHosts = Set.of();
    List<String> allowedOrigins = List.of();

    @Nullable
    URI publicUrl;

    boolean h2c;

    @Nullable
    OpenIdSettings openId;

    boolean openToAll;

    @Nullable
    Path tlsFile;

    @Nullable
    Path tlsKey;

    String tlsPassword = "";
    List<String> trustedProxies = List.of();
    int requestsPerSecond;
    CollectorSettings.Limits limits = CollectorSettings.Limits.DEFAULT;

    @Nullable
    EventOutput output;

    @Nullable
    SinkSettings sink;

    @Nullable
    Dictionary dictionary;

    @Nullable
    URI servicePingUrl;

    CollectorSettingsBuilder(boolean local) {
        this.local = local;
        this.allowReset = local;
    }

    /** Copies all fields, including future ones. */
    CollectorSettingsBuilder copy() {
        try {
            return (CollectorSettingsBuilder) super.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("a builder is Cloneable", e);
        }
    }

    public CollectorSettingsBuilder host(String address) {
        this.host = address;
        return this;
    }

    /** Sets the port to listen on; 0 picks a free one. Default: {@value CollectorSettings#DEFAULT_PORT}. */
    public CollectorSettingsBuilder port(int number) {
        this.port = number;
        return this;
    }

    /** Stores the spool and the events in a folder, which is created if it does not exist. */
    public CollectorSettingsBuilder folder(@Nullable Path path) {
        this.folder = path;
        return this;
    }

    public CollectorSettingsBuilder maxEvents(int max) {
        this.maxEvents = max;
        return this;
    }

    public CollectorSettingsBuilder durability(Durability level) {
        this.durability = level;
        return this;
    }

    public CollectorSettingsBuilder maxSpoolBytes(long max) {
        this.maxSpoolBytes = max;
        return this;
    }

    /**
     * Adds the registry in a folder; it is searched before the bundled schemas.
     *
     * @throws IllegalArgumentException if the folder does not exist
     */
    public CollectorSettingsBuilder iglu(Path registryFolder) {
        return iglu(new FolderRegistry(registryFolder));
    }

    public CollectorSettingsBuilder iglu(Registry registry) {
        List<Registry> more = new ArrayList<>(registries);
        more.add(registry);
        this.registries = List.copyOf(more);
        return this;
    }

    public CollectorSettingsBuilder pipeline(PipelineSettings settings) {
        this.pipeline = settings;
        return this;
    }

    /**
     * Accepts bodies with any content type, and {@code payload_data}, {@code contexts} and {@code unstruct_event} of
     * versions that do not exist. Default: false; such requests become failed events, as in Snowplow's pipeline.
     */
    public CollectorSettingsBuilder lenientEnvelope(boolean lenient) {
        this.lenientEnvelope = lenient;
        return this;
    }

    /**
     * Answers {@code GET /r/tp2?u=…} with a redirect to {@code u} if its host is one of these. Default: none; the path
     * is answered 404.
     *
     * @param hosts host names such as {@code www.example.com}, or {@code *.example.com} for all its subdomains
     * @throws IllegalArgumentException if one is neither; the message names it
     */
    public CollectorSettingsBuilder redirects(List<String> hosts) {
        this.redirects = new RedirectHosts(hosts);
        return this;
    }

    public CollectorSettingsBuilder dedupWindow(Duration window) {
        this.dedupWindow = window;
        return this;
    }

    /**
     * Limits the time for which one query may read a store in a folder; one that takes longer is cancelled and answered
     * 503. Default: {@value ReadLimit#SECONDS} seconds.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public CollectorSettingsBuilder readTime(Duration max) {
        if (max.isNegative() || max.isZero()) {
            throw new IllegalArgumentException(
                    "readTime: " + DurationText.of(max) + " is not positive; expected for example 30s");
        }
        this.readTime = max;
        return this;
    }

    public CollectorSettingsBuilder retention(Retention rules) {
        this.retention = rules;
        return this;
    }

    public CollectorSettingsBuilder readYourWrites(boolean wait) {
        this.readYourWrites = wait;
        return this;
    }

    /** Sets the secret that gives full access to {@code /micro}: 16 characters or more. */
    public CollectorSettingsBuilder token(@Nullable String secret) {
        this.token = secret;
        return this;
    }

    /** Sets a second secret, for read-only access: 16 characters or more. */
    public CollectorSettingsBuilder readToken(@Nullable String secret) {
        this.readToken = secret;
        return this;
    }

    /** Allows {@code POST /micro/reset} to remove events. Default: true for a local collector, otherwise false. */
    public CollectorSettingsBuilder allowReset(boolean allowed) {
        this.allowReset = allowed;
        return this;
    }

    /**
     * Makes a local collector answer as Micro does. Default: false. Repeated events count again, queries may have
     * unknown keys, pages of this machine may read events, and {@code GET /micro/reset} is answered under every host
     * name that the collector answers to.
     */
    public CollectorSettingsBuilder compatMicro(boolean compatible) {
        this.compatMicro = compatible;
        return this;
    }

    /** Answers {@code /micro} under these host names, too, such as the name of a Docker Compose service. */
    public CollectorSettingsBuilder allowedHosts(Collection<String> names) {
        this.allowedHosts = names.stream()
                .map(name -> Objects.requireNonNullElse(HostNames.parse(name), name))
                .collect(Collectors.toUnmodifiableSet());
        return this;
    }

    /**
     * Allows pages of these origins, such as {@code https://app.example.com} or {@code http://localhost:*}, to read
     * {@code /micro/all}, {@code good}, {@code bad}, {@code events}, {@code await} and {@code stream} through CORS.
     */
    public CollectorSettingsBuilder allowedOrigins(List<String> origins) {
        this.allowedOrigins = List.copyOf(origins);
        return this;
    }

    /** Sets the URL at which browsers reach the collector, if it differs from the one it listens on. */
    public CollectorSettingsBuilder publicUrl(@Nullable URI url) {
        this.publicUrl = url;
        return this;
    }

    /** Allows cleartext HTTP/2 to start with {@code Upgrade: h2c}. Default: false. */
    public CollectorSettingsBuilder h2c(boolean upgrades) {
        this.h2c = upgrades;
        return this;
    }

    /** Allows people to sign in at an OpenID Connect provider. */
    public CollectorSettingsBuilder openId(@Nullable OpenIdSettings provider) {
        this.openId = provider;
        return this;
    }

    /** Allows anyone who can connect to see every event. Never implied by other settings. Default: false. */
    public CollectorSettingsBuilder openToAll(boolean open) {
        this.openToAll = open;
        return this;
    }

    /**
     * Accepts only HTTPS. The files are read at the start and whenever they change: new connections then use the new
     * certificate. Default: HTTP.
     *
     * @param file PKCS12, or PEM with the certificate, those of its authorities, and the key
     * @param password the password of a PKCS12 file; empty for PEM
     */
    public CollectorSettingsBuilder tls(Path file, String password) {
        this.tlsFile = file;
        this.tlsPassword = password;
        return this;
    }

    /**
     * Sets the PEM file with the key (PKCS#8, PKCS#1 or EC, not encrypted). Default: it is in the file of {@link #tls}.
     */
    public CollectorSettingsBuilder tlsKey(@Nullable Path key) {
        this.tlsKey = key;
        return this;
    }

    /** Sets the proxy addresses or networks whose {@code X-Forwarded-For} or {@code Forwarded} headers are trusted. */
    public CollectorSettingsBuilder trustedProxies(List<String> networks) {
        this.trustedProxies = List.copyOf(networks);
        return this;
    }

    public CollectorSettingsBuilder requestsPerSecond(int max) {
        this.requestsPerSecond = max;
        return this;
    }

    public CollectorSettingsBuilder limits(CollectorSettings.Limits values) {
        this.limits = values;
        return this;
    }

    /** Counts stored events into the metrics of a dictionary. */
    public CollectorSettingsBuilder dictionary(@Nullable Dictionary definitions) {
        this.dictionary = definitions;
        return this;
    }

    /**
     * Posts the Service Ping once a week. Requires a dictionary, and a folder that stores the time of the last ping.
     */
    public CollectorSettingsBuilder servicePingUrl(@Nullable URI url) {
        this.servicePingUrl = url;
        return this;
    }

    public CollectorSettingsBuilder output(@Nullable EventOutput eventOutput) {
        this.output = eventOutput;
        return this;
    }

    /**
     * Writes every stored event to a sink too, such as the tables of a lake; null for none. Requires a folder, and an
     * implementation of {@link dev.internalevents.store.EventSinks} on the class path.
     */
    public CollectorSettingsBuilder sink(@Nullable SinkSettings settings) {
        this.sink = settings;
        return this;
    }

    /**
     * Validates and returns the settings.
     *
     * @throws IllegalArgumentException if a setting is invalid; the message names it and what is expected
     */
    public CollectorSettings build() {
        SettingsCheck.of(this);
        return new CollectorSettings(copy());
    }
}
