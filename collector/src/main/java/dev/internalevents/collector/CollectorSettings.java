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
import dev.internalevents.iglu.Registry;
import dev.internalevents.pipeline.PipelineSettings;
import dev.internalevents.spool.Durability;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.Retention;
import dev.internalevents.store.SinkSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a collector. Immutable; made by a {@link CollectorSettingsBuilder}, which validates them. Later changes
 * to the builder have no effect on them.
 */
public final class CollectorSettings {

    /** {@value}. */
    public static final String LOOPBACK = "127.0.0.1";

    /** {@value}. */
    public static final int DEFAULT_PORT = 9091;

    /** {@value}. */
    public static final int DEFAULT_MAX_EVENTS = 20_000;

    /** A private copy of the builder. Its values are immutable, so a shallow copy is enough. */
    private final CollectorSettingsBuilder values;

    CollectorSettings(CollectorSettingsBuilder values) {
        this.values = values;
    }

    /** Returns settings of a local collector that stores events in memory and listens on a port; 0 picks a free one. */
    public static CollectorSettings local(int port) {
        return micro().port(port).build();
    }

    /**
     * Returns a builder for a local collector: it stores events in memory, reads wait until everything sent before is
     * processed, and programs may remove all events.
     */
    public static CollectorSettingsBuilder micro() {
        return new CollectorSettingsBuilder(true);
    }

    /**
     * Returns a builder for a collector that stores events in a folder. Acknowledged events survive a power failure,
     * and events cannot be reset on request.
     */
    public static CollectorSettingsBuilder collector(Path folder) {
        return new CollectorSettingsBuilder(false)
                .folder(folder)
                .durability(Durability.disk())
                .readYourWrites(false);
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
     * Returns the origins whose pages may read events, such as {@code https://app.example.com} or
     * {@code http://localhost:*}. With {@link CollectorSettingsBuilder#compatMicro}, all pages of this machine may,
     * too.
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

    /** Returns how long one query may read a store in a folder; one that takes longer is answered 503. */
    public Duration readTime() {
        return values.readTime;
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

    /** Returns the PKCS12 or PEM file with the certificate; null for plain HTTP. */
    public @Nullable Path tlsFile() {
        return values.tlsFile;
    }

    @Nullable
    TlsFiles tls() {
        Path file = values.tlsFile;
        return file == null ? null : new TlsFiles(file, values.tlsKey, values.tlsPassword);
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

    /** Returns the sink that receives every stored event; null for none. */
    public @Nullable SinkSettings sink() {
        return values.sink;
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
}
