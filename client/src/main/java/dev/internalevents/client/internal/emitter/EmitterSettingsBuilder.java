package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.spool.SpoolSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Builds {@link EmitterSettings}; each setting has a default, except the endpoint. Not thread-safe. */
public final class EmitterSettingsBuilder {

    private final URI endpoint;
    private EventKind kind = EventKind.INTERNAL;
    private Map<String, String> headers = Map.of();
    private @Nullable InetSocketAddress proxy;
    private @Nullable SSLContext tls;
    private int batchSize = EmitterSettings.DEFAULT_BATCH_SIZE;
    private int mostTogether = EmitterSettings.DEFAULT_MOST_TOGETHER;
    private int maxRequestBytes = EmitterSettings.DEFAULT_MAX_REQUEST_BYTES;
    private Duration linger = EmitterSettings.DEFAULT_LINGER;
    private int threadCount = EmitterSettings.DEFAULT_THREAD_COUNT;
    private Duration connectTimeout = EmitterSettings.DEFAULT_CONNECT_TIMEOUT;
    private Duration readTimeout = EmitterSettings.DEFAULT_READ_TIMEOUT;
    private Compression compression = Compression.NONE;
    private BackOff backOff = EmitterSettings.DEFAULT_BACK_OFF;
    private GiveUp giveUp = GiveUp.DEFAULT;
    private int queueCapacity = EmitterSettings.DEFAULT_QUEUE_CAPACITY;
    private long queueBytes = EmitterSettings.DEFAULT_QUEUE_BYTES;
    private @Nullable Path outbox;
    private SpoolSettings spool = SpoolSettings.DEFAULTS;
    private WhenFull whenFull = WhenFull.dropNewest();
    private DeliveryListener listener = DeliveryListener.NONE;

    EmitterSettingsBuilder(URI endpoint) {
        this.endpoint = endpoint;
    }

    /** What is sent. Default: internal events. */
    public EmitterSettingsBuilder kind(EventKind sent) {
        kind = sent;
        return this;
    }

    /** Sent with each request; see {@link EmitterSettings.Destination}. */
    public EmitterSettingsBuilder headers(Map<String, String> all) {
        headers = all;
        return this;
    }

    /** An HTTP proxy; null for the JVM's settings. */
    public EmitterSettingsBuilder proxy(@Nullable InetSocketAddress address) {
        proxy = address;
        return this;
    }

    /** Null for the JVM's default. */
    public EmitterSettingsBuilder tls(@Nullable SSLContext context) {
        tls = context;
        return this;
    }

    /**
     * The number of events in a full batch, and the maximum in a request. Null means that no event waits for others:
     * then the batch size is {@value EmitterSettings#DEFAULT_BATCH_SIZE}, and up to
     * {@value EmitterSettings#DEFAULT_MOST_TOGETHER} events that are queued already go together.
     */
    public EmitterSettingsBuilder batchSize(@Nullable Integer events) {
        batchSize = events == null ? EmitterSettings.DEFAULT_BATCH_SIZE : events;
        mostTogether = events == null ? EmitterSettings.DEFAULT_MOST_TOGETHER : events;
        return this;
    }

    /** The maximum bytes of a request; see {@link EmitterSettings.Batching}. */
    public EmitterSettingsBuilder maxRequestBytes(int bytes) {
        maxRequestBytes = bytes;
        return this;
    }

    /** How long a batch that is not full waits. */
    public EmitterSettingsBuilder linger(Duration time) {
        linger = time;
        return this;
    }

    /** The number of sending threads. */
    public EmitterSettingsBuilder threadCount(int threads) {
        threadCount = threads;
        return this;
    }

    /** The maximum times to connect, and for a request with its response. */
    public EmitterSettingsBuilder timeouts(Duration connect, Duration read) {
        connectTimeout = connect;
        readTimeout = read;
        return this;
    }

    /** Whether requests are compressed. */
    public EmitterSettingsBuilder compression(Compression which) {
        compression = which;
        return this;
    }

    /** The waits between retries. */
    public EmitterSettingsBuilder backOff(BackOff waits) {
        backOff = waits;
        return this;
    }

    /** When to give up an event that the collector does not accept. */
    public EmitterSettingsBuilder giveUp(GiveUp when) {
        giveUp = when;
        return this;
    }

    /** The limits on what is queued in memory. */
    public EmitterSettingsBuilder queue(int capacity, long bytes) {
        queueCapacity = capacity;
        queueBytes = bytes;
        return this;
    }

    /** The folder in which events are queued instead of in memory; null for none. */
    public EmitterSettingsBuilder outbox(@Nullable Path folder) {
        outbox = folder;
        return this;
    }

    /** The size and durability of the outbox, or of the folder that a full queue spills to. */
    public EmitterSettingsBuilder spool(SpoolSettings settings) {
        spool = settings;
        return this;
    }

    /** What to do with an event when the queue is full. */
    public EmitterSettingsBuilder whenFull(WhenFull policy) {
        whenFull = policy;
        return this;
    }

    /** Notified of deliveries, failed requests and drops. */
    public EmitterSettingsBuilder listener(DeliveryListener notified) {
        listener = notified;
        return this;
    }

    /**
     * Returns the settings.
     *
     * @throws IllegalArgumentException naming an invalid setting, and what was expected
     */
    public EmitterSettings build() {
        return new EmitterSettings(
                kind,
                new EmitterSettings.Destination(endpoint, headers, proxy, tls),
                new EmitterSettings.Batching(batchSize, mostTogether, maxRequestBytes, linger),
                new EmitterSettings.Delivery(threadCount, connectTimeout, readTimeout, compression, backOff, giveUp),
                new EmitterSettings.Queue(queueCapacity, queueBytes, outbox, spool, whenFull),
                listener);
    }
}
