package dev.internalevents.client;

import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.emitter.BackOff;
import dev.internalevents.client.emitter.Emitter;
import dev.internalevents.client.emitter.EmitterSettings;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.protocol.Tracker;
import dev.internalevents.spool.Durability;
import dev.internalevents.spool.SpoolSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks internal events: each is taken with the context of the request as it is at the call, held in a bounded queue or
 * an {@link Builder#outbox outbox} on disk, and sent by threads of the client's own to a collector, in batches, again and
 * again until it is taken.
 *
 * <p>{@code trackEvent} neither throws nor, unless told to, blocks, whatever becomes of the event, but for what an {@link
 * EventInterceptor} refuses: what happens when as
 * many wait as may is {@link Builder#whenFull}'s to say; what is dropped is counted in {@link #stats()} and logged with
 * its name. A disabled client keeps nothing and starts nothing.
 * Safe for use by any number of threads; make one for the application and close it at the end.
 *
 * <pre>{@code
 * InternalEventsClient internalEvents = InternalEventsClient.fromEnvironment("AIGW");
 * internalEvents.trackEvent("request_awesome_feature");
 * }</pre>
 */
public final class InternalEventsClient implements AutoCloseable {

    /** The category of an event that was given none: {@value}. */
    public static final String DEFAULT_CATEGORY = "default_category";

    /** The tracker version that is sent: {@value}. */
    public static final String TRACKER_VERSION = "internal-events-jvm-0.1.0";

    /** How long {@link #close()} waits for what is held: 5 seconds. */
    public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventsClient.class);
    private static final String PLATFORM = "srv";

    private final @Nullable Emitter emitter;
    private final boolean enabled;
    private final EventInterceptor[] interceptors;
    private final EventListener[] listeners;
    private final @Nullable Function<Long, @Nullable Long> namespaces;
    private final byte[] tracker;
    private final EventContext defaultContext;
    private final boolean sendUserId;
    private final EventIds eventIds = new EventIds();
    private final Duration closeTimeout;
    private final @Nullable Thread shutdownHook;

    private InternalEventsClient(Builder builder, @Nullable Emitter emitter) {
        this.emitter = emitter;
        this.enabled = builder.enabled;
        this.interceptors = builder.interceptors.toArray(EventInterceptor[]::new);
        this.namespaces = builder.namespaces;
        this.listeners = builder.eventListeners.toArray(EventListener[]::new);
        this.tracker = TrackedEvent.tracker(new Tracker(builder.namespace, builder.appId, PLATFORM, TRACKER_VERSION));
        this.closeTimeout = builder.closeTimeout;
        this.shutdownHook = emitter != null && builder.shutdownHook ? addShutdownHook(emitter, closeTimeout) : null;
        this.defaultContext = builder.defaultContext;
        this.sendUserId = builder.sendUserId;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A client that does nothing. */
    public static InternalEventsClient disabled() {
        return builder().enabled(false).build();
    }

    /**
     * A client with the settings {@code PREFIX_INTERNAL_EVENT__…} of the environment and the file {@code .env} in the
     * working directory; see docs/settings.md.
     *
     * @param prefix {@code AIGW} for the AI Gateway's own names
     * @throws SettingsException naming every variable that is wrong
     */
    public static InternalEventsClient fromEnvironment(String prefix) {
        return fromSettings(InternalEventSettings.read(Settings.load(prefix)));
    }

    /** A client with settings that were read before. */
    public static InternalEventsClient fromSettings(InternalEventSettings settings) {
        Builder builder = builder()
                .enabled(settings.enabled())
                .appId(settings.appId())
                .namespace(settings.namespace())
                .batchSize(settings.batchSize())
                .threadCount(settings.threadCount())
                .sendUserId(settings.sendUserId())
                .defaultContext(EventContext.builder()
                        .environment(settings.environment())
                        .build());
        Path outbox = settings.outbox();
        if (outbox != null) {
            builder.outbox(outbox);
        }
        URI endpoint = settings.endpoint();
        return (endpoint == null ? builder : builder.endpoint(endpoint)).build();
    }

    /** Tracks an event with nothing but its name and the request's context. Never blocks; throws only what an {@link EventInterceptor} refuses. */
    public void trackEvent(String name) {
        if (enabled) {
            track(name, AdditionalProperties.NONE, DEFAULT_CATEGORY, null);
        }
    }

    /** Tracks an event with additional properties. Never blocks; throws only what an {@link EventInterceptor} refuses. */
    public void trackEvent(String name, AdditionalProperties properties) {
        if (enabled) {
            track(name, properties, DEFAULT_CATEGORY, null);
        }
    }

    /** Tracks an event with additional properties and the part of the code that tracks it. Never blocks; throws only what an {@link EventInterceptor} refuses. */
    public void trackEvent(String name, AdditionalProperties properties, String category) {
        if (enabled) {
            track(name, properties, category, null);
        }
    }

    /** An event with further arguments; nothing happens before {@link EventBuilder#track()}. */
    public EventBuilder event(String name) {
        return !enabled ? EventBuilder.DISABLED : new EventBuilder(this, name);
    }

    /**
     * Whether events are taken. Also true for a client that only checks and counts them ({@link Builder#delivery
     * delivery(false)}); its {@link #endpoint()} is null.
     */
    public boolean isEnabled() {
        return enabled;
    }

    /** The collector that events are sent to; null when they are sent to none. */
    public @Nullable URI endpoint() {
        return emitter == null ? null : emitter.endpoint();
    }

    public ClientStats stats() {
        if (emitter == null) {
            return ClientStats.NONE;
        }
        Emitter.Stats stats = emitter.stats();
        return new ClientStats(
                stats.tracked(),
                stats.delivered(),
                stats.rejected(),
                stats.dropped(),
                stats.held(),
                stats.retries(),
                stats.queued(),
                stats.spooled(),
                stats.droppedByReason());
    }

    /** What was dropped, by reason and event name; the first 1,000 names of a reason, the rest as {@code (others)}. */
    public Map<DropReason, Map<String, Long>> drops() {
        return emitter == null ? Map.of() : emitter.drops();
    }

    /** Why events cannot be kept in the outbox's folder, in words; null when they can, or when there is none. */
    public @Nullable String outboxFailure() {
        return emitter == null ? null : emitter.outboxFailure();
    }

    /** Why the last request failed, in words, or null when the collector took it; for a health check. */
    public @Nullable String lastFailure() {
        return emitter == null ? null : emitter.lastFailure();
    }

    /**
     * Sends what is held without waiting for full batches, and blocks until nothing is held or the time is up.
     *
     * @return whether nothing is held any more
     */
    public boolean flush(Duration timeout) {
        return emitter == null || emitter.flush(timeout);
    }

    /** Closes with the builder's {@link Builder#closeTimeout}. */
    @Override
    public void close() {
        close(closeTimeout);
    }

    /**
     * Sends what is held for as long as the timeout allows, then stops the client's threads. What is still held then stays
     * in the outbox for the next start; without one it is counted as dropped and logged by name. A later {@code
     * trackEvent} drops its event; a second close does nothing. Any thread may call it.
     *
     * @return how many events were left, in the outbox or dropped
     */
    public long close(Duration timeout) {
        if (emitter == null) {
            return 0;
        }
        long left = emitter.close(timeout);
        if (shutdownHook != null) {
            try {
                boolean removed = Runtime.getRuntime().removeShutdownHook(shutdownHook);
                LOG.trace("shutdown hook removed: {}", removed);
            } catch (IllegalStateException e) {
                LOG.trace("the JVM is shutting down", e);
            }
        }
        return left;
    }

    private static Thread addShutdownHook(Emitter emitter, Duration timeout) {
        Thread hook = new Thread(null, () -> emitter.close(timeout), "internal-events-shutdown", 0, false);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.trace("the JVM is shutting down", e);
        }
        return hook;
    }

    void track(String name, AdditionalProperties properties, String category, @Nullable EventBuilder overrides) {
        try {
            RequestTracking request = RequestTracking.current();
            EventContext context = request == null ? defaultContext : request.context();
            EventContext whole = withNamespace(overrides == null ? context : overrides.over(context));
            boolean watched = interceptors.length + listeners.length > 0;
            EventDetails details = watched ? intercepted(new EventDetails(name, category, properties, whole)) : null;
            if (emitter != null) {
                int stripe = EventIds.stripe();
                emitter.add(new TrackedEvent(
                        tracker,
                        eventIds.mostSignificantBits(stripe),
                        eventIds.nextLeastSignificantBits(stripe),
                        System.nanoTime(),
                        Objects.requireNonNull(name, "the event's name is null"),
                        Objects.requireNonNull(category, "the event's category is null"),
                        Objects.requireNonNull(
                                details == null ? properties : details.properties(),
                                "the event's additional properties are null"),
                        whole,
                        overrides == null ? List.of() : List.copyOf(overrides.contexts()),
                        sendUserId || (overrides != null && overrides.hasUser())));
            }
            // A client that neither sends nor counts has tracked nothing.
            if (request != null && (emitter != null || listeners.length > 0)) {
                request.add(name);
            }
            if (details != null) {
                tell(details);
            }
        } catch (RefusedEventException e) {
            throw e;
        } catch (RuntimeException e) {
            if (emitter != null) {
                emitter.unusable(String.valueOf(name), e);
            }
            LOG.debug("the event could not be taken", e);
        }
    }

    private EventContext withNamespace(EventContext context) {
        Long project = context.projectId();
        if (namespaces == null || project == null || context.namespaceId() != null) {
            return context;
        }
        try {
            Long namespace = namespaces.apply(project);
            return namespace == null
                    ? context
                    : context.toBuilder().namespaceId(namespace).build();
        } catch (RuntimeException e) {
            LOG.debug("the namespace of a project could not be found; the event goes on without", e);
            return context;
        }
    }

    private EventDetails intercepted(EventDetails event) {
        EventDetails details = event;
        for (EventInterceptor interceptor : interceptors) {
            try {
                details = details.with(interceptor.intercept(details));
            } catch (RefusedEventException e) {
                throw e;
            } catch (RuntimeException e) {
                LOG.debug("an interceptor failed; the event goes on", e);
            }
        }
        return details;
    }

    private void tell(EventDetails event) {
        for (EventListener listener : listeners) {
            try {
                listener.tracked(event);
            } catch (RuntimeException e) {
                LOG.debug("a listener failed", e);
            }
        }
    }

    /** The settings of a client. Not safe for use by several threads. */
    public static final class Builder {

        /** {@value}. */
        public static final String DEFAULT_APP_ID = "gitlab_ai_gateway";

        /** {@value}. */
        public static final String DEFAULT_NAMESPACE = "gl";

        private boolean enabled = true;
        private boolean delivery = true;
        private final List<EventInterceptor> interceptors = new ArrayList<>();
        private final List<EventListener> eventListeners = new ArrayList<>();
        private @Nullable Function<Long, @Nullable Long> namespaces;
        private @Nullable URI endpoint;
        private String appId = DEFAULT_APP_ID;
        private String namespace = DEFAULT_NAMESPACE;
        private int batchSize = EmitterSettings.DEFAULT_BATCH_SIZE;
        private int threadCount = EmitterSettings.DEFAULT_THREAD_COUNT;
        private int queueCapacity = EmitterSettings.DEFAULT_QUEUE_CAPACITY;
        private Duration linger = EmitterSettings.DEFAULT_LINGER;
        private Duration connectTimeout = EmitterSettings.DEFAULT_CONNECT_TIMEOUT;
        private Duration readTimeout = EmitterSettings.DEFAULT_READ_TIMEOUT;
        private long queueBytes = EmitterSettings.DEFAULT_QUEUE_BYTES;
        private int maxRequestBytes = EmitterSettings.DEFAULT_MAX_REQUEST_BYTES;
        private Duration firstBackOff = EmitterSettings.DEFAULT_BACK_OFF.first();
        private Duration mostBackOff = EmitterSettings.DEFAULT_BACK_OFF.most();
        private @Nullable Path outbox;
        private SpoolSettings spool = SpoolSettings.DEFAULTS;
        private WhenFull whenFull = WhenFull.dropNewest();
        private Compression compression = Compression.NONE;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable InetSocketAddress proxy;
        private @Nullable SSLContext tls;
        private DeliveryListener listener = DeliveryListener.NONE;
        private boolean shutdownHook = true;
        private Duration closeTimeout = DEFAULT_CLOSE_TIMEOUT;
        private boolean sendUserId;
        private EventContext defaultContext = EventContext.empty();

        private Builder() {}

        /** About how many bytes of events may wait in memory; 32 MiB unless it is set. */
        public Builder queueBytes(long queueBytes) {
            this.queueBytes = queueBytes;
            return this;
        }

        /**
         * Bytes of a request at most, {@value EmitterSettings#DEFAULT_MAX_REQUEST_BYTES} unless it is set; a single event
         * that is larger goes alone.
         */
        public Builder maxRequestBytes(int maxRequestBytes) {
            this.maxRequestBytes = maxRequestBytes;
            return this;
        }

        /** The waits between tries: any time up to a bound that doubles from the first to the most; 100 ms and a minute unless it is set. */
        public Builder backOff(Duration first, Duration most) {
            this.firstBackOff = Objects.requireNonNull(first, "first");
            this.mostBackOff = Objects.requireNonNull(most, "most");
            return this;
        }

        /**
         * The folder in which events wait, instead of in memory: what {@code trackEvent} has taken survives {@code kill -9}
         * and is sent after the next start. Of this process alone; while another has it, or it cannot be written, events
         * wait in memory.
         */
        public Builder outbox(Path folder) {
            this.outbox = Objects.requireNonNull(folder, "folder");
            return this;
        }

        /** Bytes that the outbox's folder may take; 1 GiB unless it is set, 16 MiB at least. */
        public Builder outboxBytes(long most) {
            this.spool = spool.withMaxBytes(most);
            return this;
        }

        /** What an event in the outbox survives; the end of the process unless it is set. */
        public Builder outboxDurability(Durability durability) {
            this.spool = spool.withDurability(durability);
            return this;
        }

        /** What happens to an event when as many wait as may; {@link WhenFull#dropNewest()} unless it is set. */
        public Builder whenFull(WhenFull whenFull) {
            this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
            return this;
        }

        /** Whether requests are compressed; {@link Compression#NONE} unless it is set. */
        public Builder compression(Compression compression) {
            this.compression = Objects.requireNonNull(compression, "compression");
            return this;
        }

        /** A header that is sent with each request, such as one that a gateway before the collector asks for. */
        public Builder header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        /** An HTTP proxy; what the JVM's own settings ({@code https.proxyHost}, …) say unless it is set. */
        public Builder proxy(InetSocketAddress proxy) {
            this.proxy = Objects.requireNonNull(proxy, "proxy");
            return this;
        }

        /** Keys and trust for https; the JVM's own unless it is set. The collector's name is checked in any case. */
        public Builder tls(SSLContext tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /** Who is told what becomes of events. */
        public Builder deliveryListener(DeliveryListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** Whether the client closes itself when the JVM ends; true unless it is set. */
        public Builder shutdownHook(boolean shutdownHook) {
            this.shutdownHook = shutdownHook;
            return this;
        }

        /** How long {@link InternalEventsClient#close()} and the shutdown hook wait for what is held; 5 seconds unless it is set. */
        public Builder closeTimeout(Duration closeTimeout) {
            this.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
            return this;
        }

        /** False makes a client that does nothing and needs no endpoint; true unless it is set. */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        /**
         * False makes a client that sends nothing and needs no endpoint; events are still checked by interceptors and told
         * to listeners, which can count them. True unless it is set.
         */
        public Builder delivery(boolean delivery) {
            this.delivery = delivery;
            return this;
        }

        /** Adds someone who sees each event before it is taken, after those that were added before. */
        public Builder interceptor(EventInterceptor interceptor) {
            interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
            return this;
        }

        /**
         * Finds the namespace of a project, for events that have a project and no namespace. Asked on the thread that tracks,
         * so it must not block; null when it does not know.
         */
        public Builder namespaces(Function<Long, @Nullable Long> namespaceOfProject) {
            this.namespaces = Objects.requireNonNull(namespaceOfProject, "namespaceOfProject");
            return this;
        }

        /** Adds someone who is told of each event that was tracked. */
        public Builder listener(EventListener listener) {
            eventListeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** The collector, for example {@code http://127.0.0.1:9091}. */
        public Builder endpoint(URI endpoint) {
            this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
            return this;
        }

        /** The application; {@value #DEFAULT_APP_ID} unless it is set. */
        public Builder appId(String appId) {
            this.appId = Objects.requireNonNull(appId, "appId");
            return this;
        }

        /** The tracker's name within the application; {@value #DEFAULT_NAMESPACE} unless it is set. */
        public Builder namespace(String namespace) {
            this.namespace = Objects.requireNonNull(namespace, "namespace");
            return this;
        }

        /** Events in a request at most; {@value EmitterSettings#DEFAULT_BATCH_SIZE} unless it is set. */
        public Builder batchSize(int batchSize) {
            this.batchSize = batchSize;
            return this;
        }

        /** Threads that send, and so requests at a time; {@value EmitterSettings#DEFAULT_THREAD_COUNT} unless it is set. */
        public Builder threadCount(int threadCount) {
            this.threadCount = threadCount;
            return this;
        }

        /** Events that may wait; {@value EmitterSettings#DEFAULT_QUEUE_CAPACITY} unless it is set. */
        public Builder queueCapacity(int queueCapacity) {
            this.queueCapacity = queueCapacity;
            return this;
        }

        /** How long a batch that is not full may wait for more; half a second unless it is set. */
        public Builder linger(Duration linger) {
            this.linger = Objects.requireNonNull(linger, "linger");
            return this;
        }

        /** How long a connection may take to be made; 5 seconds unless it is set. */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = Objects.requireNonNull(connectTimeout, "connectTimeout");
            return this;
        }

        /** How long an answer may take; 10 seconds unless it is set. */
        public Builder readTimeout(Duration readTimeout) {
            this.readTimeout = Objects.requireNonNull(readTimeout, "readTimeout");
            return this;
        }

        /** Whether the user id of a request's headers is sent with its events; false unless it is set. */
        public Builder sendUserId(boolean sendUserId) {
            this.sendUserId = sendUserId;
            return this;
        }

        /** The context of events that are tracked outside of a request. */
        public Builder defaultContext(EventContext defaultContext) {
            this.defaultContext = Objects.requireNonNull(defaultContext, "defaultContext");
            return this;
        }

        /**
         * Makes the client and, when it is enabled, starts its threads.
         *
         * @throws IllegalArgumentException when it is enabled and something set here makes no sense, with what was
         *     expected
         */
        public InternalEventsClient build() {
            if (!enabled || !delivery) {
                return new InternalEventsClient(this, null);
            }
            if (endpoint == null) {
                throw new IllegalArgumentException(
                        "an enabled client needs an endpoint, for example http://127.0.0.1:9091");
            }
            return new InternalEventsClient(
                    this,
                    Emitter.start(new EmitterSettings(
                            endpoint,
                            batchSize,
                            threadCount,
                            queueCapacity,
                            queueBytes,
                            maxRequestBytes,
                            linger,
                            connectTimeout,
                            readTimeout,
                            new BackOff(firstBackOff, mostBackOff),
                            outbox,
                            spool,
                            whenFull,
                            compression,
                            headers,
                            proxy,
                            tls,
                            listener)));
        }
    }
}
