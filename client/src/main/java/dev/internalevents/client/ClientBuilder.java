package dev.internalevents.client;

import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.internal.emitter.BackOff;
import dev.internalevents.client.internal.emitter.EmitterSettings;
import dev.internalevents.client.internal.emitter.EventKind;
import dev.internalevents.client.internal.emitter.GiveUp;
import dev.internalevents.client.internal.http.EndpointList;
import dev.internalevents.client.settings.BillingEventSettings;
import dev.internalevents.client.settings.ClientSettings;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.spool.Durability;
import dev.internalevents.spool.SpoolSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings that the clients of internal events and of billing events have in common: where events are sent, and how
 * they are queued, batched and retried. Each value is checked when the client is built. Not safe for use by several
 * threads. The protected members are for the clients of this library.
 *
 * @param <B> the builder itself
 */
public abstract class ClientBuilder<B extends ClientBuilder<B>> {

    /** The default time that {@code close()} and the shutdown hook wait for queued and in-flight events: 5 seconds. */
    public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** The default upper bound of the first back-off: 100 ms. */
    public static final Duration DEFAULT_FIRST_BACK_OFF = EmitterSettings.DEFAULT_BACK_OFF.first();

    /** The default upper bound of every back-off: a minute. */
    public static final Duration DEFAULT_MOST_BACK_OFF = EmitterSettings.DEFAULT_BACK_OFF.most();

    protected boolean enabled = true;
    protected boolean delivery = true;
    protected List<URI> endpoints = List.of();
    protected String appId;
    protected String namespace;
    protected EventContext defaultContext = EventContext.empty();
    protected @Nullable Path outbox;
    protected Duration closeTimeout = DEFAULT_CLOSE_TIMEOUT;

    private @Nullable Integer batchSize;
    private int threadCount = EmitterSettings.DEFAULT_THREAD_COUNT;
    private Duration linger = EmitterSettings.DEFAULT_LINGER;
    private Duration connectTimeout = EmitterSettings.DEFAULT_CONNECT_TIMEOUT;
    private Duration readTimeout = EmitterSettings.DEFAULT_READ_TIMEOUT;
    private Duration firstBackOff = DEFAULT_FIRST_BACK_OFF;
    private Duration mostBackOff = DEFAULT_MOST_BACK_OFF;
    private SpoolSettings spool = SpoolSettings.DEFAULTS;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable InetSocketAddress proxy;
    private @Nullable SSLContext tls;
    private DeliveryListener deliveryListener = DeliveryListener.NONE;

    // Only the client of internal events offers these; for billing events they keep their defaults.
    int queueCapacity = EmitterSettings.DEFAULT_QUEUE_CAPACITY;
    long queueBytes = EmitterSettings.DEFAULT_QUEUE_BYTES;
    int maxRequestBytes = EmitterSettings.DEFAULT_MAX_REQUEST_BYTES;
    WhenFull whenFull = WhenFull.dropNewest();
    Compression compression = Compression.NONE;

    protected ClientBuilder(String appId, String namespace) {
        this.appId = appId;
        this.namespace = namespace;
    }

    protected ClientBuilder(ClientSettings settings) {
        this(settings.appId(), settings.namespace());
        enabled = settings.enabled();
        endpoints = settings.endpoints();
        batchSize = settings.batchSize();
        threadCount = settings.threadCount();
        outbox = settings.outbox();
    }

    /**
     * Whether the client is enabled. Default: true. A disabled client does nothing and needs no endpoint and no outbox.
     */
    public B enabled(boolean enabled) {
        this.enabled = enabled;
        return self();
    }

    /**
     * Whether events are sent. Default: true. If false, the client sends and stores nothing, and needs no endpoint and
     * no outbox. Internal events are still checked by interceptors and passed to listeners, which can count them.
     * Billing events are still checked and their twins tracked; for tests.
     */
    public B delivery(boolean delivery) {
        this.delivery = delivery;
        return self();
    }

    /**
     * The collector, for example {@code http://127.0.0.1:9091}: http or https, a host and, optionally, a port and a
     * path; nothing else. Any host that the JDK can resolve is accepted. Replaces endpoints set before.
     */
    public B endpoint(URI endpoint) {
        this.endpoints = List.of(Objects.requireNonNull(endpoint, "endpoint"));
        return self();
    }

    /**
     * Several collectors, each as for {@link #endpoint}, of which the client uses one at a time: of an order chosen at
     * random for this client, the first that works. An event that one of them may have received is sent to another one
     * with the same event id. Headers, proxy and TLS apply to each. Replaces endpoints set before.
     *
     * @param endpoints 1 to {@value EndpointList#MAX} different ones, in any order
     */
    public B endpoints(List<URI> endpoints) {
        Objects.requireNonNull(endpoints, "endpoints")
                .forEach(endpoint -> Objects.requireNonNull(endpoint, "endpoints: one of them is null"));
        this.endpoints = List.copyOf(endpoints);
        return self();
    }

    /**
     * The application, cut to 255 characters. Default: {@value InternalEventSettings#DEFAULT_APP_ID}; for billing
     * events {@value BillingEventSettings#DEFAULT_APP_ID}.
     */
    public B appId(String appId) {
        this.appId = Objects.requireNonNull(appId, "appId");
        return self();
    }

    /**
     * The tracker's name within the application, cut to 128 characters. Default:
     * {@value InternalEventSettings#DEFAULT_NAMESPACE}; for billing events
     * {@value BillingEventSettings#DEFAULT_NAMESPACE}.
     */
    public B namespace(String namespace) {
        this.namespace = Objects.requireNonNull(namespace, "namespace");
        return self();
    }

    /**
     * The context of events outside a request. Default: {@link EventContext#empty()}. It has no realm, and without one
     * an event cannot be billed.
     */
    public B defaultContext(EventContext defaultContext) {
        this.defaultContext = Objects.requireNonNull(defaultContext, "defaultContext");
        return self();
    }

    /**
     * The maximum number of events in a request, 1 or more. Default: {@value EmitterSettings#DEFAULT_BATCH_SIZE}, and
     * up to {@value EmitterSettings#DEFAULT_MOST_TOGETHER} if that many are already queued. A thread has one request in
     * flight at a time, so with a size of 1 it sends one event a round trip.
     */
    public B batchSize(int batchSize) {
        this.batchSize = batchSize;
        return self();
    }

    /**
     * The number of sending threads, and therefore of concurrent requests, 1 to
     * {@value EmitterSettings#MAX_THREAD_COUNT}. Default: {@value EmitterSettings#DEFAULT_THREAD_COUNT}.
     */
    public B threadCount(int threadCount) {
        this.threadCount = threadCount;
        return self();
    }

    /**
     * The folder in which events are queued instead of in memory. Events accepted by the client survive {@code kill -9}
     * and are sent after the next start. Only one client of one process can use it at a time. While another one uses
     * it, or it cannot be written, internal events are queued in memory. Billing events require an outbox that can be
     * used, if the client is enabled.
     */
    public B outbox(Path folder) {
        this.outbox = Objects.requireNonNull(folder, "outbox");
        return self();
    }

    /**
     * The maximum size of the outbox's folder in bytes, 16 MiB or more. Default: 1 GiB. For billing events, the last 8
     * MiB accept no new events: they are reserved for events that the collector does not accept, which are moved behind
     * the others.
     *
     * @throws IllegalArgumentException if it is less
     */
    public B outboxBytes(long max) {
        if (max < 2L * spool.segmentBytes()) {
            throw new IllegalArgumentException(
                    "outboxBytes: " + max + " is not a whole number of " + 2L * spool.segmentBytes() + " or more");
        }
        this.spool = spool.withMaxBytes(max);
        return self();
    }

    /**
     * The durability of events in the outbox. Default: {@link Durability#process()}, so that they survive the end of
     * the process, {@code kill -9} included.
     */
    public B outboxDurability(Durability durability) {
        this.spool = spool.withDurability(Objects.requireNonNull(durability, "outboxDurability"));
        return self();
    }

    /** How long a batch that is not full waits for more events, zero or more. Default: half a second. */
    public B linger(Duration linger) {
        this.linger = Objects.requireNonNull(linger, "linger");
        return self();
    }

    /** The connect timeout, longer than zero. Default: 5 seconds. */
    public B connectTimeout(Duration connectTimeout) {
        this.connectTimeout = Objects.requireNonNull(connectTimeout, "connectTimeout");
        return self();
    }

    /** The read timeout for a response, longer than zero. Default: 10 seconds. */
    public B readTimeout(Duration readTimeout) {
        this.readTimeout = Objects.requireNonNull(readTimeout, "readTimeout");
        return self();
    }

    /**
     * How long the client's {@code close()} and its shutdown hook wait for queued and in-flight events, zero or more.
     * Default: 5 seconds.
     */
    public B closeTimeout(Duration closeTimeout) {
        this.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
        return self();
    }

    /**
     * The back-off between retries: a random time up to a bound that doubles from {@code first} to {@code most}.
     * Default: 100 ms and a minute.
     *
     * @param first 1 ms or more
     * @param most at least as long as {@code first}
     */
    public B backOff(Duration first, Duration most) {
        this.firstBackOff = Objects.requireNonNull(first, "backOff: first");
        this.mostBackOff = Objects.requireNonNull(most, "backOff: most");
        return self();
    }

    /**
     * Adds a header that is sent with each request, such as one that a gateway in front of the collector requires. A
     * header named {@code Proxy-…} is sent only to an HTTP proxy: with CONNECT if the endpoint is https.
     */
    public B header(String name, String value) {
        headers.put(
                Objects.requireNonNull(name, "header: the name is null"),
                Objects.requireNonNull(value, () -> "header " + name + ": the value is null"));
        return self();
    }

    /** An HTTP proxy. Default: the JVM's settings ({@code https.proxyHost}, …). */
    public B proxy(InetSocketAddress proxy) {
        this.proxy = Objects.requireNonNull(proxy, "proxy");
        return self();
    }

    /**
     * Keys and trusted certificates for https. Default: the JVM's. The collector's host name is verified in any case.
     */
    public B tls(SSLContext tls) {
        this.tls = Objects.requireNonNull(tls, "tls");
        return self();
    }

    /** A listener that is notified of deliveries, failed requests and drops. */
    public B deliveryListener(DeliveryListener listener) {
        this.deliveryListener = Objects.requireNonNull(listener, "deliveryListener");
        return self();
    }

    /**
     * Returns the checked settings of an emitter.
     *
     * @throws IllegalArgumentException if a setting is invalid; the message names the setting, its value and what was
     *     expected
     */
    protected final EmitterSettings emitterSettings(EventKind kind, List<URI> collectors, GiveUp giveUp) {
        EmitterSettings.zeroOrMore("closeTimeout", closeTimeout);
        BackOff backOff = new BackOff(firstBackOff, mostBackOff);
        return new EmitterSettings(
                kind,
                new EmitterSettings.Destination(collectors, headers, proxy, tls),
                EmitterSettings.Batching.of(batchSize, maxRequestBytes, linger),
                new EmitterSettings.Delivery(threadCount, connectTimeout, readTimeout, compression, backOff, giveUp),
                new EmitterSettings.Queue(queueCapacity, queueBytes, outbox, spool, whenFull),
                deliveryListener);
    }

    /** Returns endpoints for a log line, without user names and queries, which may be credentials. */
    protected static String shown(List<URI> endpoints) {
        return endpoints.stream().map(ClientBuilder::shown).collect(Collectors.joining(" or "));
    }

    private static String shown(URI endpoint) {
        String authority = String.valueOf(endpoint.getRawAuthority());
        String path = endpoint.getRawPath();
        return endpoint.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1)
                + (path == null ? "" : path);
    }

    @SuppressWarnings("unchecked") // see B
    private B self() {
        return (B) this;
    }
}
