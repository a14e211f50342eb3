package dev.internalevents.client;

import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.internal.emitter.BackOff;
import dev.internalevents.client.internal.emitter.Durations;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.client.internal.emitter.EmitterSettings;
import dev.internalevents.client.internal.emitter.EventKind;
import dev.internalevents.client.internal.emitter.GiveUp;
import dev.internalevents.client.internal.emitter.WallClock;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.protocol.FieldLimits;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.protocol.Tracker;
import dev.internalevents.spool.Durability;
import dev.internalevents.spool.SpoolSettings;
import java.lang.constant.Constable;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks internal events. Each event is recorded with the request's context as of the call, queued in a bounded queue
 * or an {@link Builder#outbox outbox} on disk, and sent to a collector in batches by the client's own threads, which
 * retry until the collector accepts it.
 *
 * <p>{@code trackEvent} does not throw, with one exception: {@link RefusedEventException}, if an
 * {@link EventInterceptor} refuses the event. Anything else that application code throws during the call (a
 * {@code toString()}, an iterator, a listener, an interceptor), errors included, is caught, logged and counted. Only
 * {@link ThreadDeath} and the {@link OutOfMemoryError} of an exhausted heap are passed on.
 *
 * <p>{@code trackEvent} does not block, with one exception: {@link WhenFull#block}, if configured. Otherwise events
 * that do not fit into the queue are dropped. Dropped events are counted in {@link #stats()} and logged by name.
 *
 * <p>Null means "not given" for every argument except the name; an event without a name is dropped. A disabled client
 * accepts the same calls, stores nothing and starts no threads. Safe for use by any number of threads. Create one
 * client for the application and close it at the end.
 *
 * <pre>{@code
 * InternalEventsClient internalEvents = InternalEventsClient.fromEnvironment("AIGW");
 * internalEvents.trackEvent("request_awesome_feature");
 * }</pre>
 */
public final class InternalEventsClient implements AutoCloseable {

    /** The category of an event without one: {@value}. */
    public static final String DEFAULT_CATEGORY = "default_category";

    /** The tracker version sent with each event: {@code internal-events-jvm-} and the version of this library. */
    public static final String TRACKER_VERSION = "internal-events-jvm-" + ProductVersion.CURRENT;

    /** How long {@link #close()} waits for queued and in-flight events: 5 seconds. */
    public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** Upper bound of the first back-off: 100 ms. */
    public static final Duration DEFAULT_FIRST_BACK_OFF = EmitterSettings.DEFAULT_BACK_OFF.first();

    /** Upper bound of every back-off: a minute. */
    public static final Duration DEFAULT_MOST_BACK_OFF = EmitterSettings.DEFAULT_BACK_OFF.most();

    /** How many times an event is sent alone before it is set aside: 8. */
    public static final int DEFAULT_SET_ASIDE_TRIES = 8;

    /** How long an event is retried at least before it is set aside: 20 seconds. */
    public static final Duration DEFAULT_SET_ASIDE_TIME = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventsClient.class);
    private static final String PLATFORM = "srv";

    /** At JVM shutdown, requests count as finished when no event was tracked for this long. */
    private static final long QUIET_NANOS = 500_000_000;

    private final @Nullable Emitter emitter;
    private final boolean enabled;
    private final EventInterceptor[] interceptors;
    private final EventListener[] listeners;
    private final @Nullable Function<Long, @Nullable Long> namespaces;
    private final byte[] tracker;
    private final EventContext defaultContext;
    private final boolean sendUserId;
    private final EventIds eventIds = new EventIds();
    private final int maxCopiedBytes;

    /** Null if every event may be sent. */
    private final @Nullable UsageDataOptOut optOut;

    /** Null if the client adds no context by itself. */
    private final @Nullable AutomaticContexts automaticContexts;

    /** Null if no application code, which might track events in turn, is called for an event. */
    private final @Nullable Reentrance reentrance;

    private final EventLimits limits = new EventLimits();
    private final Duration closeTimeout;
    private final @Nullable Thread shutdownHook;

    InternalEventsClient(Builder builder, @Nullable Emitter emitter) {
        this.emitter = emitter;
        this.enabled = builder.enabled;
        this.interceptors = builder.interceptors.toArray(EventInterceptor[]::new);
        this.namespaces = builder.namespaces;
        this.listeners = builder.eventListeners.toArray(EventListener[]::new);
        this.tracker = TrackedEvent.tracker(new Tracker(
                limits.setting("namespace", builder.namespace, FieldLimits.NAMESPACE),
                limits.setting("app_id", builder.appId, FieldLimits.APP_ID),
                PLATFORM,
                TRACKER_VERSION));
        EventCatalogs catalogs = new EventCatalogs(builder.interceptors);
        this.optOut = builder.productUsageData
                ? null
                : new UsageDataOptOut(builder.appId, builder.selfHostedAi, catalogs, builder.optOutExempt);
        this.automaticContexts = AutomaticContexts.of(builder.aiContext, builder.servicePingContext, catalogs);
        this.reentrance = interceptors.length + listeners.length > 0 || namespaces != null || optOut != null
                ? new Reentrance(listeners.length)
                : null;
        this.maxCopiedBytes = Math.max(EmitterSettings.MIN_EVENT_BYTES, builder.maxRequestBytes);
        this.closeTimeout = Durations.clamped(builder.closeTimeout);
        this.shutdownHook = emitter != null && builder.shutdownHook ? addShutdownHook(emitter, closeTimeout) : null;
        this.defaultContext = builder.defaultContext;
        this.sendUserId = builder.sendUserId;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a builder that starts with the given settings; values set on the builder override them.
     *
     * <pre>{@code
     * InternalEventsClient.builder(InternalEventSettings.fromEnvironment("AIGW"))
     *         .header("X-Api-Key", key)
     *         .build();
     * }</pre>
     */
    public static Builder builder(InternalEventSettings settings) {
        return new Builder(settings);
    }

    /** Returns a client that does nothing and logs nothing. */
    public static InternalEventsClient disabled() {
        FirstCall.make();
        return new InternalEventsClient(builder().enabled(false), null);
    }

    /**
     * Returns a client with the settings {@code PREFIX_INTERNAL_EVENT__…} from the environment and the file
     * {@code .env} in the working directory; see docs/settings.md. {@link #builderFromEnvironment} allows further
     * settings.
     *
     * @param prefix {@code AIGW} for the AI Gateway's own names
     * @throws SettingsException naming every invalid variable
     */
    public static InternalEventsClient fromEnvironment(String prefix) {
        return builderFromEnvironment(prefix).build();
    }

    /**
     * Returns a builder that starts with the settings of {@link #fromEnvironment}; use it to add a header, a proxy, a
     * close timeout or anything else that has no variable.
     *
     * @param prefix {@code AIGW} for the AI Gateway's own names
     * @throws SettingsException naming every invalid variable
     */
    public static Builder builderFromEnvironment(String prefix) {
        return builder(InternalEventSettings.fromEnvironment(prefix));
    }

    /** Returns a client with the given settings. */
    public static InternalEventsClient fromSettings(InternalEventSettings settings) {
        return builder(settings).build();
    }

    /**
     * Tracks an event with only its name and the request's context. The class description says what it throws and when
     * it blocks.
     *
     * @throws RefusedEventException if an {@link EventInterceptor} refuses the event
     */
    public void trackEvent(@Nullable String name) {
        if (enabled) {
            track(name, null, DEFAULT_CATEGORY, null);
        }
    }

    /**
     * Tracks an event with a category and no additional properties; see {@link #trackEvent(String)}.
     *
     * @param category the part of the code that tracks: a text, a class (its name) or an enum constant (its name).
     *     {@link Constable} is the type that these and {@link AdditionalProperties} share, so that a null argument
     *     still means "no additional properties"; any other constant is replaced by {@value #DEFAULT_CATEGORY} and
     *     counted in {@link #cutValues()}
     * @throws RefusedEventException if an {@link EventInterceptor} refuses the event
     */
    public void trackEvent(@Nullable String name, @Nullable Constable category) {
        if (enabled) {
            track(name, null, limits.categoryOf(category), null);
        }
    }

    /**
     * Tracks an event with additional properties; see {@link #trackEvent(String)}.
     *
     * @param properties null for none
     * @throws RefusedEventException if an {@link EventInterceptor} refuses the event
     */
    public void trackEvent(@Nullable String name, @Nullable AdditionalProperties properties) {
        if (enabled) {
            track(name, properties, DEFAULT_CATEGORY, null);
        }
    }

    /**
     * Tracks an event with additional properties and a category; see {@link #trackEvent(String)}.
     *
     * @param properties null for none
     * @param category the part of the code that tracks; null for {@value #DEFAULT_CATEGORY}
     * @throws RefusedEventException if an {@link EventInterceptor} refuses the event
     */
    public void trackEvent(
            @Nullable String name, @Nullable AdditionalProperties properties, @Nullable String category) {
        if (enabled) {
            track(name, properties, category, null);
        }
    }

    /**
     * Returns a builder for an event with further arguments, for example its user:
     * {@code event("order_paid").user(42).category("checkout").track()}. Nothing is tracked before
     * {@link EventBuilder#track()}.
     *
     * @param name 1 to 1,000 characters, not blank; an event with another name is dropped as {@link
     *     DropReason#UNREADABLE}
     */
    public EventBuilder event(@Nullable String name) {
        return !enabled ? EventBuilder.DISABLED : new EventBuilder(this, name, maxCopiedBytes);
    }

    /**
     * Returns whether the client accepts events. Also true for a client that only checks and counts them
     * ({@link Builder#delivery delivery(false)}); its {@link #endpoint()} is null.
     */
    public boolean isEnabled() {
        return enabled;
    }

    /** Returns the collector that events are sent to; null if they are not sent. */
    public @Nullable URI endpoint() {
        return emitter == null ? null : emitter.endpoint();
    }

    /** Returns the counters of the events so far. */
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

    /**
     * Returns the dropped events by reason and event name: the first 1,000 names of a reason, the rest as
     * {@code (others)}.
     */
    public Map<DropReason, Map<String, Long>> drops() {
        return emitter == null ? Map.of() : emitter.drops();
    }

    /**
     * Returns, by field, how many values were cut or left out because they exceeded the limit of the field; see
     * {@link EventBuilder} and {@link EventContext.Builder} for the limits. Context fields are counted when they are
     * set, for all clients of the process. A disabled client counts only contexts.
     */
    public Map<String, Long> cutValues() {
        return limits.counts();
    }

    /**
     * Returns why events cannot be stored in the outbox's folder, as a message; null if they can, or if there is no
     * outbox.
     */
    public @Nullable String outboxFailure() {
        return emitter == null ? null : emitter.outboxFailure();
    }

    private boolean isOutboxUsable() {
        return emitter == null || emitter.isOutboxUsable();
    }

    /** Returns why the last request failed, as a message, or null if the collector accepted it; for a health check. */
    public @Nullable String lastFailure() {
        return emitter == null ? null : emitter.lastFailure();
    }

    /**
     * Sends all queued events without waiting for full batches, and blocks until no event is queued or in flight or the
     * timeout expires. An interrupt does not end the wait; the interrupt status is restored afterwards. Called from a
     * delivery listener, it returns at once.
     *
     * @param timeout of any length; if zero or less, it does not wait
     * @return whether no event is queued or in flight any more
     */
    public boolean flush(Duration timeout) {
        return emitter == null || emitter.flush(Durations.clamped(timeout));
    }

    /** Closes with the builder's {@link Builder#closeTimeout}; see {@link #close(Duration)}. */
    @Override
    public void close() {
        close(closeTimeout);
    }

    /**
     * Sends queued events for as long as the timeout allows, then stops the client's threads. Events still left then
     * stay in the outbox for the next start; without an outbox they are counted as dropped and logged by name. A later
     * {@code trackEvent} drops its event; a second close does nothing. Any thread may call it. An interrupt does not
     * end the wait; the interrupt status is restored afterwards. Called from a delivery listener, it returns at once,
     * and another thread closes the client.
     *
     * @param timeout of any length; if zero or less, it does not wait
     * @return how many events were left, in the outbox or dropped; in a listener, how many are queued or in flight now
     */
    public long close(Duration timeout) {
        if (emitter == null) {
            return 0;
        }
        long left = emitter.close(Durations.clamped(timeout));
        if (shutdownHook != null && emitter.isOver()) {
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
        Thread hook = new Thread(
                null,
                () -> emitter.sendLast(timeout, ExitOfJvm.isByItself() ? 0 : QUIET_NANOS, OpenRequests::isAny),
                "internal-events-shutdown",
                0,
                false);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.trace("the JVM is shutting down", e);
        }
        return hook;
    }

    /** @param overrides if not null, contains the properties */
    void track(
            @Nullable String name,
            @Nullable AdditionalProperties properties,
            @Nullable String category,
            @Nullable EventBuilder overrides) {
        if (reentrance == null) {
            take(name, properties, category, overrides, null);
        } else {
            trackWatched(reentrance, name, properties, category, overrides);
        }
    }

    private void trackWatched(
            Reentrance reentrance,
            @Nullable String name,
            @Nullable AdditionalProperties properties,
            @Nullable String category,
            @Nullable EventBuilder overrides) {
        long[] calls = null;
        long depth = 0;
        boolean entered = false;
        try {
            calls = reentrance.ofThread();
            depth = calls[Reentrance.DEPTH];
            if (!Reentrance.enter(calls)) {
                throw new IllegalStateException("application code tracks events recursively, beyond the limit");
            }
            entered = true;
            take(name, properties, category, overrides, calls);
        } catch (Throwable e) {
            if (entered) {
                // take() has counted it.
                throw e;
            }
            failed(name, e, false);
        } finally {
            // No method call here, see Reentrance.
            if (calls != null) {
                calls[Reentrance.DEPTH] = depth;
            }
        }
    }

    /** @param calls the thread's numbers, see {@link Reentrance}; null if no application code is called */
    private void take(
            @Nullable String name,
            @Nullable AdditionalProperties properties,
            @Nullable String category,
            @Nullable EventBuilder overrides,
            long @Nullable [] calls) {
        boolean taken = false;
        try {
            RequestTracking request = RequestTracking.current();
            EventContext context = request == null ? defaultContext : request.context();
            EventContext whole = withNamespace(overrides == null ? context : overrides.over(context));
            String event = Objects.requireNonNull(name, "the event's name is null");
            String part = category == null || category.isEmpty() ? DEFAULT_CATEGORY : category;
            AdditionalProperties given = overrides != null
                    ? overrides.properties()
                    : properties == null ? AdditionalProperties.NONE : properties;
            boolean delivery = isDelivered(event, overrides);
            EventDetails details = null;
            if (interceptors.length + listeners.length > 0) {
                details = intercepted(new EventDetails(event, part, given, whole, delivery));
                if (details == null) {
                    return;
                }
                given = details.properties();
            }
            EventLimits.requireName(event);
            String fittingCategory = limits.category(event, part);
            AdditionalProperties fitting = limits.properties(event, given);
            Emitter sender = delivery ? emitter : null;
            if (sender != null) {
                TrackedEvent tracked = tracked(event, fittingCategory, fitting, whole, overrides);
                // From here on, the emitter counts it.
                taken = true;
                sender.add(tracked);
            }
            // An event that is neither sent nor passed to a listener does not count as tracked.
            if (request != null && (sender != null || listeners.length > 0)) {
                request.add(event);
            }
            if (details != null && calls != null) {
                tell(details.with(fittingCategory, fitting), calls);
            }
        } catch (RefusedEventException e) {
            throw e;
        } catch (Throwable e) {
            failed(name, e, taken);
        }
    }

    private boolean isDelivered(String event, @Nullable EventBuilder overrides) {
        return (overrides == null || overrides.isDelivered()) && (optOut == null || optOut.isSent(event));
    }

    TrackedEvent tracked(
            String name,
            String category,
            AdditionalProperties properties,
            EventContext context,
            @Nullable EventBuilder overrides) {
        int stripe = EventIds.stripe();
        long now = System.nanoTime();
        WallClock clock = WallClock.at(now);
        return new TrackedEvent(
                tracker,
                eventIds.mostSignificantBits(stripe, now, clock),
                eventIds.nextLeastSignificantBits(stripe),
                now,
                clock,
                name,
                category,
                properties,
                context,
                overrides == null && automaticContexts == null
                        ? List.of()
                        : AutomaticContexts.of(automaticContexts, name, properties, context, overrides),
                sendUserId || (overrides != null && overrides.hasUser()));
    }

    private void failed(@Nullable String name, Throwable failure, boolean taken) {
        boolean fatal = false;
        try {
            fatal = ForeignCode.isFatal(failure);
            if (emitter != null && !taken) {
                emitter.unusable(EventLimits.shown(name), failure);
            }
            ForeignCode.caught(failure);
            LOG.debug("the event could not be tracked", failure);
        } catch (Throwable e) {
            // No method can be called here, not even our own, if the thread's stack is exhausted.
            if (fatal) {
                throw (Error) failure;
            }
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
        } catch (Throwable e) {
            ForeignCode.caught(e);
            LOG.debug("the namespace of a project could not be found; the event goes on without it", e);
            return context;
        }
    }

    /** Returns the event as changed by the interceptors; null if one of them dropped it, which is counted. */
    private @Nullable EventDetails intercepted(EventDetails event) {
        EventDetails details = event;
        for (EventInterceptor interceptor : interceptors) {
            try {
                AdditionalProperties answer = interceptor.intercept(details);
                DropReason dropped = dropReason(answer);
                if (dropped != null) {
                    if (emitter != null) {
                        emitter.dropped(EventLimits.shown(event.name()), dropped);
                    }
                    return null;
                }
                details = details.with(answer);
            } catch (RefusedEventException e) {
                throw e;
            } catch (Throwable e) {
                ForeignCode.caught(e);
                if (interceptor instanceof EventInterceptor.FailClosed) {
                    details = details.with(AdditionalProperties.NONE);
                }
                LOG.debug("an interceptor failed; the event goes on", e);
            }
        }
        return details;
    }

    @SuppressWarnings("ReferenceEquality") // Only the two constants drop the event; other empty properties do not.
    private static @Nullable DropReason dropReason(AdditionalProperties answer) {
        if (answer == EventInterceptor.DROP) {
            return DropReason.INTERCEPTED;
        }
        return answer == EventInterceptor.DROP_UNDEFINED ? DropReason.UNDEFINED : null;
    }

    private void tell(EventDetails event, long[] calls) {
        for (int i = 0; i < listeners.length; i++) {
            int word = Reentrance.word(i);
            long before = calls[word];
            if ((before & Reentrance.bit(i)) != 0) {
                // This listener tracked the event itself.
                continue;
            }
            try {
                calls[word] = before | Reentrance.bit(i);
                listeners[i].tracked(event);
            } catch (Throwable e) {
                ForeignCode.caught(e);
                LOG.debug("a listener failed", e);
            } finally {
                calls[word] = before;
            }
        }
    }

    /** The settings of a client. Not safe for use by several threads. */
    public static final class Builder {

        /** {@value}. */
        public static final String DEFAULT_APP_ID = InternalEventSettings.DEFAULT_APP_ID;

        /** {@value}. */
        public static final String DEFAULT_NAMESPACE = InternalEventSettings.DEFAULT_NAMESPACE;

        private boolean enabled = true;
        private boolean delivery = true;
        private final List<EventInterceptor> interceptors = new ArrayList<>();
        private final List<EventListener> eventListeners = new ArrayList<>();
        private @Nullable Function<Long, @Nullable Long> namespaces;
        private @Nullable URI endpoint;
        private String appId = DEFAULT_APP_ID;
        private String namespace = DEFAULT_NAMESPACE;
        private @Nullable Integer batchSize;
        private Set<Integer> finalStatuses = GiveUp.DEFAULT.finalStatuses();
        private int setAsideTries = DEFAULT_SET_ASIDE_TRIES;
        private Duration setAsideTime = DEFAULT_SET_ASIDE_TIME;
        private int threadCount = EmitterSettings.DEFAULT_THREAD_COUNT;
        private int queueCapacity = EmitterSettings.DEFAULT_QUEUE_CAPACITY;
        private Duration linger = EmitterSettings.DEFAULT_LINGER;
        private Duration connectTimeout = EmitterSettings.DEFAULT_CONNECT_TIMEOUT;
        private Duration readTimeout = EmitterSettings.DEFAULT_READ_TIMEOUT;
        private long queueBytes = EmitterSettings.DEFAULT_QUEUE_BYTES;
        private int maxRequestBytes = EmitterSettings.DEFAULT_MAX_REQUEST_BYTES;
        private Duration firstBackOff = DEFAULT_FIRST_BACK_OFF;
        private Duration mostBackOff = DEFAULT_MOST_BACK_OFF;
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
        private boolean productUsageData = true;
        private boolean selfHostedAi;
        private @Nullable Predicate<String> optOutExempt;
        private boolean aiContext;
        private boolean servicePingContext;
        private EventContext defaultContext = EventContext.empty();
        private boolean fromSettings;
        private boolean switchedOff;
        private String enableHint = "build the client with enabled(true)";
        private @Nullable String appIdHint = "the default; set appId";
        private @Nullable String environmentHint = "the default; set it in defaultContext";

        private Builder() {}

        private Builder(InternalEventSettings settings) {
            enabled = settings.enabled();
            fromSettings = true;
            switchedOff = !settings.enabled();
            endpoint = settings.endpoint();
            appId = settings.appId();
            namespace = settings.namespace();
            batchSize = settings.batchSize();
            threadCount = settings.threadCount();
            sendUserId = settings.sendUserId();
            productUsageData = settings.options().productUsageData();
            selfHostedAi = settings.options().selfHostedAi();
            aiContext = settings.options().aiContext();
            servicePingContext = settings.options().servicePingContext();
            outbox = settings.outbox();
            defaultContext =
                    EventContext.builder().environment(settings.environment()).build();
            enableHint = settings.hints().enable();
            appIdHint = settings.hints().appId();
            environmentHint = settings.hints().environment();
        }

        /**
         * The approximate limit on the bytes of events queued in memory, {@value EmitterSettings#MIN_EVENT_BYTES} or
         * more; more than 32 GiB counts as 32 GiB. An event that is larger by itself is dropped
         * ({@link DropReason#TOO_LARGE}). Default: 32 MiB.
         */
        public Builder queueBytes(long queueBytes) {
            this.queueBytes = queueBytes;
            return this;
        }

        /**
         * The maximum bytes of a request, 1,000 to {@value EmitterSettings#MAX_REQUEST_BYTES}. Default:
         * {@value EmitterSettings#DEFAULT_MAX_REQUEST_BYTES}. A larger event of up to
         * {@value EmitterSettings#MIN_EVENT_BYTES} bytes is sent in a request of its own; any other larger event is
         * dropped when it is tracked ({@link DropReason#TOO_LARGE}).
         */
        public Builder maxRequestBytes(int maxRequestBytes) {
            this.maxRequestBytes = maxRequestBytes;
            return this;
        }

        /**
         * The back-off between retries: a random time up to a bound that doubles from {@code first} to {@code most}.
         * Default: 100 ms and a minute.
         *
         * @param first 1 ms or more
         * @param most at least as long as {@code first}
         */
        public Builder backOff(Duration first, Duration most) {
            this.firstBackOff = Objects.requireNonNull(first, "backOff: first");
            this.mostBackOff = Objects.requireNonNull(most, "backOff: most");
            return this;
        }

        /**
         * The folder in which events are queued instead of in memory. Events accepted by {@code trackEvent} survive
         * {@code kill -9} and are sent after the next start. Only one process can use it at a time; while another
         * process uses it, or it cannot be written, events are queued in memory.
         */
        public Builder outbox(Path folder) {
            this.outbox = Objects.requireNonNull(folder, "outbox");
            return this;
        }

        /**
         * The maximum size of the outbox's folder in bytes, 16 MiB or more. Default: 1 GiB.
         *
         * @throws IllegalArgumentException if it is less
         */
        public Builder outboxBytes(long max) {
            if (max < 2L * spool.segmentBytes()) {
                throw new IllegalArgumentException(
                        "outboxBytes: " + max + " is not a whole number of " + 2L * spool.segmentBytes() + " or more");
            }
            this.spool = spool.withMaxBytes(max);
            return this;
        }

        /**
         * The durability of events in the outbox. Default: {@link Durability#process()}, so that they survive the end
         * of the process.
         */
        public Builder outboxDurability(Durability durability) {
            this.spool = spool.withDurability(Objects.requireNonNull(durability, "outboxDurability"));
            return this;
        }

        /** What to do with an event when the queue is full. Default: {@link WhenFull#dropNewest()}. */
        public Builder whenFull(WhenFull whenFull) {
            this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
            return this;
        }

        /** Whether requests are compressed. Default: {@link Compression#NONE}. */
        public Builder compression(Compression compression) {
            this.compression = Objects.requireNonNull(compression, "compression");
            return this;
        }

        /**
         * Adds a header that is sent with each request, such as one that a gateway in front of the collector requires.
         * A header named {@code Proxy-…} is sent only to an HTTP proxy: with CONNECT if the endpoint is https.
         */
        public Builder header(String name, String value) {
            headers.put(
                    Objects.requireNonNull(name, "header: the name is null"),
                    Objects.requireNonNull(value, () -> "header " + name + ": the value is null"));
            return this;
        }

        /** An HTTP proxy. Default: the JVM's settings ({@code https.proxyHost}, …). */
        public Builder proxy(InetSocketAddress proxy) {
            this.proxy = Objects.requireNonNull(proxy, "proxy");
            return this;
        }

        /**
         * An HTTP proxy that requires a user name and a password (Basic, in UTF-8); they are not sent to the collector.
         */
        public Builder proxy(InetSocketAddress proxy, String user, String password) {
            String credentials = Objects.requireNonNull(user, "proxy: user") + ":"
                    + Objects.requireNonNull(password, "proxy: password");
            return proxy(proxy)
                    .header(
                            "Proxy-Authorization",
                            "Basic "
                                    + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        }

        /**
         * Keys and trusted certificates for https. Default: the JVM's. The collector's host name is verified in any
         * case.
         */
        public Builder tls(SSLContext tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /** A listener that is notified of deliveries, failed requests and drops. */
        public Builder deliveryListener(DeliveryListener listener) {
            this.listener = Objects.requireNonNull(listener, "deliveryListener");
            return this;
        }

        /**
         * Whether the client sends remaining events when the JVM shuts down. Default: true. It continues to accept
         * events within the {@link #closeTimeout}, and ends sooner when no event is queued or in flight, no request's
         * scope is open and nothing was tracked for half a second.
         */
        public Builder shutdownHook(boolean shutdownHook) {
            this.shutdownHook = shutdownHook;
            return this;
        }

        /**
         * How long {@link InternalEventsClient#close()} and the shutdown hook wait for queued and in-flight events,
         * zero or more. Default: 5 seconds.
         */
        public Builder closeTimeout(Duration closeTimeout) {
            this.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
            return this;
        }

        /** Whether the client is enabled. Default: true. A disabled client does nothing and needs no endpoint. */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        /**
         * Whether events are sent. Default: true. If false, the client needs no endpoint; events are still checked by
         * interceptors and passed to listeners, which can count them.
         */
        public Builder delivery(boolean delivery) {
            this.delivery = delivery;
            return this;
        }

        /**
         * Adds an interceptor, which sees each event before it is accepted; interceptors run in the order in which they
         * were added.
         */
        public Builder interceptor(EventInterceptor interceptor) {
            interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
            return this;
        }

        /**
         * Looks up the namespace of a project, for events that have a project and no namespace. Called on the thread
         * that tracks, so it must not block; returns null if the namespace is not known.
         */
        public Builder namespaces(Function<Long, @Nullable Long> namespaceOfProject) {
            this.namespaces = Objects.requireNonNull(namespaceOfProject, "namespaces");
            return this;
        }

        /** Adds a listener, which receives each event that was tracked. */
        public Builder listener(EventListener listener) {
            eventListeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * The collector, for example {@code http://127.0.0.1:9091}: http or https, a host and, optionally, a port and a
         * path; nothing else. Any host that the JDK can resolve is accepted.
         */
        public Builder endpoint(URI endpoint) {
            this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
            return this;
        }

        /** The application, cut to 255 characters. Default: {@value #DEFAULT_APP_ID}. */
        public Builder appId(String appId) {
            this.appId = Objects.requireNonNull(appId, "appId");
            this.appIdHint = null;
            return this;
        }

        /** The tracker's name within the application, cut to 128 characters. Default: {@value #DEFAULT_NAMESPACE}. */
        public Builder namespace(String namespace) {
            this.namespace = Objects.requireNonNull(namespace, "namespace");
            return this;
        }

        /**
         * The maximum number of events in a request, 1 or more. Default: {@value EmitterSettings#DEFAULT_BATCH_SIZE},
         * and up to {@value EmitterSettings#DEFAULT_MOST_TOGETHER} if that many are already queued. A thread has one
         * request in flight at a time, so with a size of 1 it sends one event a round trip.
         */
        public Builder batchSize(int batchSize) {
            this.batchSize = batchSize;
            return this;
        }

        /**
         * The response statuses after which an event is never retried, each from 300 to 599. Default: 400, 401, 403,
         * 410 and 422, as in Snowplow's trackers. 413 is always included. After such a response to a request with
         * several events, each event is first sent by itself, except after 401 and 410, which apply to all events.
         */
        public Builder finalStatuses(Set<Integer> statuses) {
            this.finalStatuses = Objects.requireNonNull(statuses, "finalStatuses").stream()
                    .filter(Objects::nonNull)
                    .collect(Collectors.toUnmodifiableSet());
            return this;
        }

        /**
         * When to set aside an event to which the collector responds with 500 or 501 while it accepts others: after
         * this many tries of the event alone, and this much time. Default: 8 tries and 20 seconds. With an
         * {@link #outbox}, the event is moved to the folder {@code set-aside} in it and stored for 30 days; without one
         * it is rejected. Other failures do not count.
         */
        public Builder setAsideAfter(int tries, Duration time) {
            this.setAsideTries = tries;
            this.setAsideTime = Objects.requireNonNull(time, "setAsideAfter: time");
            return this;
        }

        /**
         * The number of sending threads, and therefore of concurrent requests, 1 to
         * {@value EmitterSettings#MAX_THREAD_COUNT}. Default: {@value EmitterSettings#DEFAULT_THREAD_COUNT}.
         */
        public Builder threadCount(int threadCount) {
            this.threadCount = threadCount;
            return this;
        }

        /**
         * The maximum number of events queued in memory, 1 to {@link Integer#MAX_VALUE}. Memory is allocated as events
         * arrive, not in advance. Default: {@value EmitterSettings#DEFAULT_QUEUE_CAPACITY}.
         */
        public Builder queueCapacity(int queueCapacity) {
            this.queueCapacity = queueCapacity;
            return this;
        }

        /** How long a batch that is not full waits for more events, zero or more. Default: half a second. */
        public Builder linger(Duration linger) {
            this.linger = Objects.requireNonNull(linger, "linger");
            return this;
        }

        /** The connect timeout, longer than zero. Default: 5 seconds. */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = Objects.requireNonNull(connectTimeout, "connectTimeout");
            return this;
        }

        /** The read timeout for a response, longer than zero. Default: 10 seconds. */
        public Builder readTimeout(Duration readTimeout) {
            this.readTimeout = Objects.requireNonNull(readTimeout, "readTimeout");
            return this;
        }

        /** Whether the user id from a request's headers is sent with its events. Default: false. */
        public Builder sendUserId(boolean sendUserId) {
            this.sendUserId = sendUserId;
            return this;
        }

        /**
         * Whether product usage data is sent; default: true. With false, an event is only counted, as with
         * {@link EventBuilder#delivery delivery(false)}, unless it is operational: its definition has
         * {@code classification: duo} (see {@link EventCatalog}), or it is one of the fifteen actions of the IDE
         * extension that GitLab treats as operational and the app id is {@code gitlab_ide_extension}, or it is
         * {@link #optOutExempt exempt}.
         */
        public Builder productUsageData(boolean productUsageData) {
            this.productUsageData = productUsageData;
            return this;
        }

        /**
         * Whether the AI models are self-hosted; default: false. With true,
         * {@link #productUsageData productUsageData(false)} also applies to events about AI and of the IDE extension.
         */
        public Builder selfHostedAi(boolean selfHostedAi) {
            this.selfHostedAi = selfHostedAi;
            return this;
        }

        /**
         * Selects the events that are sent even with {@link #productUsageData productUsageData(false)}. Called on the
         * thread that tracks, so it must not block; if it throws, the event is not sent.
         *
         * @param exempt tests the event's name; replaces a predicate set before
         */
        public Builder optOutExempt(Predicate<String> exempt) {
            this.optOutExempt = Objects.requireNonNull(exempt, "optOutExempt");
            return this;
        }

        /**
         * Whether every event is sent with an {@code ai_context}, as in the AI Gateway; default: false. The session is
         * the event's value. Workflow, agent and cache tokens come from the properties of the same names and the
         * request's {@code extra}, the flow type from {@code workflow_type}, and the other tokens from the context.
         * Events whose definition has {@code classification: duo} have an {@code ai_context} in any case.
         *
         * @see EventBuilder#aiContext
         */
        public Builder aiContext(boolean aiContext) {
            this.aiContext = aiContext;
            return this;
        }

        /**
         * Whether each event that feeds a metric is sent with a {@code gitlab_service_ping} context, as in GitLab;
         * default: false. Definitions specify which events these are ({@link EventCatalog}); without definitions, every
         * event has it.
         */
        public Builder servicePingContext(boolean servicePingContext) {
            this.servicePingContext = servicePingContext;
            return this;
        }

        /**
         * The context of events tracked outside a request. Default: {@link EventContext#empty()}, or the environment of
         * the settings.
         */
        public Builder defaultContext(EventContext defaultContext) {
            Objects.requireNonNull(defaultContext, "defaultContext");
            // Code that takes the settings and only adds, say, a source has not chosen the environment.
            if (!fromSettings || !defaultContext.environment().equals(this.defaultContext.environment())) {
                this.environmentHint = null;
            }
            this.defaultContext = defaultContext;
            return this;
        }

        /**
         * Creates the client and, if it is enabled, starts its threads. Logs one line at INFO that says where its
         * events are sent, or how to enable it; a client with {@code delivery(false)} logs none unless the settings
         * switched it off.
         *
         * @throws IllegalArgumentException if the client is enabled and a setting is invalid; the message names the
         *     setting, its value and what was expected. Durations have no upper limit: more than a century counts as a
         *     century
         */
        public InternalEventsClient build() {
            FirstCall.make();
            if (!enabled) {
                StartLine.switchedOff(enableHint);
                return new InternalEventsClient(this, null);
            }
            if (!delivery) {
                if (switchedOff) {
                    StartLine.notSent(!interceptors.isEmpty(), !eventListeners.isEmpty(), enableHint);
                }
                return new InternalEventsClient(this, null);
            }
            if (endpoint == null) {
                throw new IllegalArgumentException(
                        "an enabled client needs an endpoint, for example http://127.0.0.1:9091");
            }
            EmitterSettings settings = settings(endpoint);
            InternalEventsClient client = new InternalEventsClient(this, Emitter.start(settings));
            StartLine.sending(
                    endpoint,
                    appId,
                    appIdHint,
                    defaultContext.environment(),
                    environmentHint,
                    outbox,
                    outbox == null || client.isOutboxUsable(),
                    whenFull);
            if (!productUsageData) {
                StartLine.operationalOnly();
            }
            return client;
        }

        /**
         * Checks the settings as {@link #build()} does for an enabled client, except that the endpoint may be missing.
         * Creates and starts nothing.
         *
         * @throws IllegalArgumentException if a setting is invalid; the message names the setting, its value and what
         *     was expected
         */
        public void check() {
            settings(endpoint == null ? URI.create("http://127.0.0.1") : endpoint);
        }

        private EmitterSettings settings(URI endpoint) {
            EmitterSettings.zeroOrMore("closeTimeout", closeTimeout);
            return new EmitterSettings(
                    EventKind.INTERNAL,
                    endpoint,
                    batchSize == null ? EmitterSettings.DEFAULT_BATCH_SIZE : batchSize,
                    batchSize == null ? EmitterSettings.DEFAULT_MOST_TOGETHER : batchSize,
                    threadCount,
                    queueCapacity,
                    queueBytes,
                    maxRequestBytes,
                    linger,
                    connectTimeout,
                    readTimeout,
                    new BackOff(firstBackOff, mostBackOff),
                    new GiveUp(finalStatuses, setAsideTries, setAsideTime),
                    outbox,
                    spool,
                    whenFull,
                    compression,
                    headers,
                    proxy,
                    tls,
                    listener);
        }
    }
}
