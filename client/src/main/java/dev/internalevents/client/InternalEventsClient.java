package dev.internalevents.client;

import dev.internalevents.protocol.ProductVersion;
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
 * Tracks internal events: each is taken with the context of the request as it is at the call, held in a bounded queue or
 * an {@link Builder#outbox outbox} on disk, and sent by threads of the client's own to a collector, in batches, again and
 * again until it is taken.
 *
 * <p>{@code trackEvent} does not throw, with one exception: {@link RefusedEventException}, if an {@link EventInterceptor}
 * refuses the event. Whatever else the application's code throws meanwhile (a {@code toString()}, an iterator, a listener,
 * an interceptor), errors included, is caught, logged and counted. Only {@link ThreadDeath} and the {@link
 * OutOfMemoryError} of an exhausted heap are passed on.
 *
 * <p>{@code trackEvent} does not block, with one exception: {@link WhenFull#block}, if that was set. Events that do not fit
 * into the queue are dropped otherwise. What is dropped is counted in {@link #stats()} and logged by name.
 *
 * <p>Null means "not given" for every argument but the name; an event without a name is dropped. A disabled client takes
 * the same calls, keeps nothing and starts nothing. Safe for use by any number of threads; make one for the application and
 * close it at the end.
 *
 * <pre>{@code
 * InternalEventsClient internalEvents = InternalEventsClient.fromEnvironment("AIGW");
 * internalEvents.trackEvent("request_awesome_feature");
 * }</pre>
 */
public final class InternalEventsClient implements AutoCloseable {

    /** The category of an event that was given none: {@value}. */
    public static final String DEFAULT_CATEGORY = "default_category";

    /** The tracker version that is sent: {@code internal-events-jvm-} and the version of this library. */
    public static final String TRACKER_VERSION = "internal-events-jvm-" + ProductVersion.CURRENT;

    /** How long {@link #close()} waits for what is held: 5 seconds. */
    public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** The bound of the first wait between tries: 100 ms. */
    public static final Duration DEFAULT_FIRST_BACK_OFF = EmitterSettings.DEFAULT_BACK_OFF.first();

    /** The bound of every wait between tries: a minute. */
    public static final Duration DEFAULT_MOST_BACK_OFF = EmitterSettings.DEFAULT_BACK_OFF.most();

    /** How often an event is sent alone before it is set aside: 8 times. */
    public static final int DEFAULT_SET_ASIDE_TRIES = 8;

    /** How long an event is tried at least before it is set aside: 20 seconds. */
    public static final Duration DEFAULT_SET_ASIDE_TIME = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventsClient.class);
    private static final String PLATFORM = "srv";

    /** So long after the last event the client takes it that requests are finished, when the JVM ends. */
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

    /** Null if no code of the application's is called for an event, which may track in turn. */
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
     * A builder that begins with settings that were read before; whatever is set on it goes before them.
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

    /** A client that does nothing, and logs nothing. */
    public static InternalEventsClient disabled() {
        FirstCall.make();
        return new InternalEventsClient(builder().enabled(false), null);
    }

    /**
     * A client with the settings {@code PREFIX_INTERNAL_EVENT__…} of the environment and the file {@code .env} in the
     * working directory; see docs/settings.md. {@link #builderFromEnvironment} sets more than these.
     *
     * @param prefix {@code AIGW} for the AI Gateway's own names
     * @throws SettingsException naming every variable that is wrong
     */
    public static InternalEventsClient fromEnvironment(String prefix) {
        return builderFromEnvironment(prefix).build();
    }

    /**
     * A builder that begins with the settings of {@link #fromEnvironment}; a header, a proxy, a close timeout and
     * everything else that no variable sets can follow.
     *
     * @param prefix {@code AIGW} for the AI Gateway's own names
     * @throws SettingsException naming every variable that is wrong
     */
    public static Builder builderFromEnvironment(String prefix) {
        return builder(InternalEventSettings.fromEnvironment(prefix));
    }

    /** A client with settings that were read before. */
    public static InternalEventsClient fromSettings(InternalEventSettings settings) {
        return builder(settings).build();
    }

    /**
     * Tracks an event with nothing but its name and the request's context. What it throws and when it blocks is said in
     * the class's description.
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
     * @param category the part of the code that tracks: a text, a class (its name) or an enum constant (its name). The type
     *     is the one that these and {@link AdditionalProperties} share, so that a null is still "no additional properties";
     *     any other constant counts as {@value #DEFAULT_CATEGORY} and in {@link #cutValues()}
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
     * An event with further arguments, for example its user: {@code
     * event("order_paid").user(42).category("checkout").track()}. Nothing happens before {@link EventBuilder#track()}.
     *
     * @param name 1 to 1,000 characters, not blank; an event with another name is dropped as {@link
     *     DropReason#UNREADABLE}
     */
    public EventBuilder event(@Nullable String name) {
        return !enabled ? EventBuilder.DISABLED : new EventBuilder(this, name, maxCopiedBytes);
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

    /** What became of the events so far. */
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

    /**
     * How many values were cut or left out because they were longer, or larger, than their field may be, by field; see
     * {@link EventBuilder} and {@link EventContext.Builder} for the limits. Fields of contexts are counted when they are
     * set, for all clients of the process. A disabled client counts contexts alone.
     */
    public Map<String, Long> cutValues() {
        return limits.counts();
    }

    /** Why events cannot be kept in the outbox's folder, in words; null when they can, or when there is none. */
    public @Nullable String outboxFailure() {
        return emitter == null ? null : emitter.outboxFailure();
    }

    private boolean isOutboxUsable() {
        return emitter == null || emitter.isOutboxUsable();
    }

    /** Why the last request failed, in words, or null when the collector took it; for a health check. */
    public @Nullable String lastFailure() {
        return emitter == null ? null : emitter.lastFailure();
    }

    /**
     * Sends what is held without waiting for full batches, and blocks until nothing is held or the time is up, however long
     * that is. An interrupt does not end the wait, and is kept. In a delivery listener it answers at once.
     *
     * @param timeout as long as may be; zero or less only asks
     * @return whether nothing is held any more
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
     * Sends what is held for as long as the timeout allows, then stops the client's threads. What is still held then stays
     * in the outbox for the next start; without one it is counted as dropped and logged by name. A later {@code
     * trackEvent} drops its event; a second close does nothing. Any thread may call it; an interrupt does not end the wait,
     * and is kept. In a delivery listener it returns at once, and another thread closes.
     *
     * @param timeout as long as may be; zero or less waits for nothing
     * @return how many events were left, in the outbox or dropped; in a listener, how many are held now
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

    /** @param overrides has the properties, if it is given */
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
                throw new IllegalStateException("what is called for an event tracks one in turn, again and again");
            }
            entered = true;
            take(name, properties, category, overrides, calls);
        } catch (Throwable e) {
            if (entered) {
                // It was accounted for in there.
                throw e;
            }
            failed(name, e, false);
        } finally {
            // Without a call, see Reentrance.
            if (calls != null) {
                calls[Reentrance.DEPTH] = depth;
            }
        }
    }

    /** @param calls of the thread, if code of the application's is called */
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
                // From here on, the emitter accounts for it.
                taken = true;
                sender.add(tracked);
            }
            // What is neither sent nor counted is not tracked.
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
            LOG.debug("the event could not be taken", failure);
        } catch (Throwable e) {
            // Nothing can be called here, not even a method of ours, if the thread has used up its stack.
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
            LOG.debug("the namespace of a project could not be found; the event goes on without", e);
            return context;
        }
    }

    /** The event as the interceptors leave it; null when one of them dropped it, which is counted. */
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

    @SuppressWarnings("ReferenceEquality") // The two constants alone drop; other properties without content do not.
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
                // It is this listener that tracked the event.
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
         * About how many bytes of events may wait in memory, {@value EmitterSettings#MIN_EVENT_BYTES} or more; more than
         * 32 GiB count as 32 GiB. An event that is larger by itself is dropped ({@link DropReason#TOO_LARGE}). Default: 32
         * MiB.
         */
        public Builder queueBytes(long queueBytes) {
            this.queueBytes = queueBytes;
            return this;
        }

        /**
         * Bytes of a request at most, 1,000 to {@value EmitterSettings#MAX_REQUEST_BYTES}. Default: {@value
         * EmitterSettings#DEFAULT_MAX_REQUEST_BYTES}. An event that is larger by itself is dropped when it is tracked
         * ({@link DropReason#TOO_LARGE}); one of up to {@value EmitterSettings#MIN_EVENT_BYTES} bytes goes alone instead.
         */
        public Builder maxRequestBytes(int maxRequestBytes) {
            this.maxRequestBytes = maxRequestBytes;
            return this;
        }

        /**
         * The waits between tries: any time up to a bound that doubles from the first to the most. Default: 100 ms and a
         * minute.
         *
         * @param first 1 ms or more
         * @param most as long as the first or longer
         */
        public Builder backOff(Duration first, Duration most) {
            this.firstBackOff = Objects.requireNonNull(first, "backOff: first");
            this.mostBackOff = Objects.requireNonNull(most, "backOff: most");
            return this;
        }

        /**
         * The folder in which events wait, instead of in memory: what {@code trackEvent} has taken survives {@code kill -9}
         * and is sent after the next start. Of this process alone; while another has it, or it cannot be written, events
         * wait in memory.
         */
        public Builder outbox(Path folder) {
            this.outbox = Objects.requireNonNull(folder, "outbox");
            return this;
        }

        /**
         * Bytes that the outbox's folder may take, 16 MiB or more. Default: 1 GiB.
         *
         * @throws IllegalArgumentException if it is less
         */
        public Builder outboxBytes(long most) {
            if (most < 2L * spool.segmentBytes()) {
                throw new IllegalArgumentException(
                        "outboxBytes: " + most + " is not a whole number of " + 2L * spool.segmentBytes() + " or more");
            }
            this.spool = spool.withMaxBytes(most);
            return this;
        }

        /** What an event in the outbox survives; the end of the process unless it is set. */
        public Builder outboxDurability(Durability durability) {
            this.spool = spool.withDurability(Objects.requireNonNull(durability, "outboxDurability"));
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

        /**
         * A header that is sent with each request, such as one that a gateway before the collector asks for. One named {@code
         * Proxy-…} is sent to an HTTP proxy alone: with CONNECT if the endpoint is https.
         */
        public Builder header(String name, String value) {
            headers.put(
                    Objects.requireNonNull(name, "header: the name is null"),
                    Objects.requireNonNull(value, () -> "header " + name + ": the value is null"));
            return this;
        }

        /** An HTTP proxy; what the JVM's own settings ({@code https.proxyHost}, …) say unless it is set. */
        public Builder proxy(InetSocketAddress proxy) {
            this.proxy = Objects.requireNonNull(proxy, "proxy");
            return this;
        }

        /** An HTTP proxy that asks for a user and a password (Basic, in UTF-8); the collector does not get them. */
        public Builder proxy(InetSocketAddress proxy, String user, String password) {
            String credentials = Objects.requireNonNull(user, "proxy: user") + ":"
                    + Objects.requireNonNull(password, "proxy: password");
            return proxy(proxy)
                    .header(
                            "Proxy-Authorization",
                            "Basic "
                                    + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        }

        /** Keys and trust for https; the JVM's own unless it is set. The collector's name is checked in any case. */
        public Builder tls(SSLContext tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /** Who is told what becomes of events. */
        public Builder deliveryListener(DeliveryListener listener) {
            this.listener = Objects.requireNonNull(listener, "deliveryListener");
            return this;
        }

        /**
         * Whether the client sends what is left when the JVM ends. Default: true. It goes on taking events within the
         * {@link #closeTimeout}, and ends sooner when nothing is held, no request's scope is open and nothing was tracked for
         * half a second.
         */
        public Builder shutdownHook(boolean shutdownHook) {
            this.shutdownHook = shutdownHook;
            return this;
        }

        /** How long {@link InternalEventsClient#close()} and the shutdown hook wait for what is held, zero or more. Default: 5 seconds. */
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
            this.namespaces = Objects.requireNonNull(namespaceOfProject, "namespaces");
            return this;
        }

        /** Adds someone who is told of each event that was tracked. */
        public Builder listener(EventListener listener) {
            eventListeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * The collector, for example {@code http://127.0.0.1:9091}: http or https, a host, a port and a path if it has them,
         * nothing else. Any host that the JDK can look up is taken.
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
         * Events in a request at most, 1 or more. Default: {@value EmitterSettings#DEFAULT_BATCH_SIZE}, and up to {@value
         * EmitterSettings#DEFAULT_MOST_TOGETHER} of those that wait already. A thread sends one request a round
         * trip, so a size of 1 means threads times one event each.
         */
        public Builder batchSize(int batchSize) {
            this.batchSize = batchSize;
            return this;
        }

        /**
         * The answers after which an event is never sent again, each from 300 to 599; 400, 401, 403, 410 and 422 unless it
         * is set, as Snowplow's trackers have it. 413 always is one. Of a request with several events each is asked for by
         * itself first, but for 401 and 410, which speak of all.
         */
        public Builder finalStatuses(Set<Integer> statuses) {
            this.finalStatuses = Objects.requireNonNull(statuses, "finalStatuses").stream()
                    .filter(Objects::nonNull)
                    .collect(Collectors.toUnmodifiableSet());
            return this;
        }

        /**
         * When an event is set aside that the collector answers with 500 or 501 while it takes others: after so many tries
         * of this event alone, and so much time. Default: 8 tries and 20 seconds. With an {@link #outbox} it goes
         * to the folder {@code set-aside} in there, where it is kept for 30 days; without one it is rejected. Other
         * failures never count.
         */
        public Builder setAsideAfter(int tries, Duration time) {
            this.setAsideTries = tries;
            this.setAsideTime = Objects.requireNonNull(time, "setAsideAfter: time");
            return this;
        }

        /** Threads that send, and so requests at a time, 1 to {@value EmitterSettings#MAX_THREAD_COUNT}. Default: {@value EmitterSettings#DEFAULT_THREAD_COUNT}. */
        public Builder threadCount(int threadCount) {
            this.threadCount = threadCount;
            return this;
        }

        /**
         * Events that may wait in memory, 1 or more, {@link Integer#MAX_VALUE} included. Memory is taken as events wait, not
         * ahead. Default: {@value EmitterSettings#DEFAULT_QUEUE_CAPACITY}.
         */
        public Builder queueCapacity(int queueCapacity) {
            this.queueCapacity = queueCapacity;
            return this;
        }

        /** How long a batch that is not full may wait for more, zero or more. Default: half a second. */
        public Builder linger(Duration linger) {
            this.linger = Objects.requireNonNull(linger, "linger");
            return this;
        }

        /** How long a connection may take to be made, longer than zero. Default: 5 seconds. */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = Objects.requireNonNull(connectTimeout, "connectTimeout");
            return this;
        }

        /** How long an answer may take, longer than zero. Default: 10 seconds. */
        public Builder readTimeout(Duration readTimeout) {
            this.readTimeout = Objects.requireNonNull(readTimeout, "readTimeout");
            return this;
        }

        /** Whether the user id of a request's headers is sent with its events; false unless it is set. */
        public Builder sendUserId(boolean sendUserId) {
            this.sendUserId = sendUserId;
            return this;
        }

        /**
         * Whether product usage data is sent; default: true. With false, an event is only counted, as with {@link
         * EventBuilder#delivery delivery(false)}, unless it is operational: its definition has {@code classification: duo}
         * (see {@link EventCatalog}), or it is one of the fifteen actions of the IDE extension that GitLab treats so and the
         * app id is {@code gitlab_ide_extension}, or it is {@link #optOutExempt exempt}.
         */
        public Builder productUsageData(boolean productUsageData) {
            this.productUsageData = productUsageData;
            return this;
        }

        /**
         * Whether the AI models are self-hosted; default: false. With true, {@link #productUsageData productUsageData(false)}
         * applies to events about AI and of the IDE extension too.
         */
        public Builder selfHostedAi(boolean selfHostedAi) {
            this.selfHostedAi = selfHostedAi;
            return this;
        }

        /**
         * Names the events that are sent with {@link #productUsageData productUsageData(false)} too. Asked on the thread that
         * tracks, so it must not block; if it throws, the event is not sent.
         *
         * @param exempt takes the event's name; it replaces one that was set before
         */
        public Builder optOutExempt(Predicate<String> exempt) {
            this.optOutExempt = Objects.requireNonNull(exempt, "optOutExempt");
            return this;
        }

        /**
         * Whether every event is sent with an {@code ai_context}, as the AI Gateway does it; default: false. The session is the
         * event's value; workflow, agent and the tokens of caches come from the properties of the same names and the request's
         * {@code extra}, the flow's type from {@code workflow_type}, and the other tokens from the context. Events whose
         * definition has {@code classification: duo} have one in any case.
         *
         * @see EventBuilder#aiContext
         */
        public Builder aiContext(boolean aiContext) {
            this.aiContext = aiContext;
            return this;
        }

        /**
         * Whether each event that feeds a metric is sent with a {@code gitlab_service_ping} context, as GitLab does it; default:
         * false. Definitions say which events these are ({@link EventCatalog}); without definitions it is every event.
         */
        public Builder servicePingContext(boolean servicePingContext) {
            this.servicePingContext = servicePingContext;
            return this;
        }

        /** The context of events that are tracked outside of a request. */
        public Builder defaultContext(EventContext defaultContext) {
            Objects.requireNonNull(defaultContext, "defaultContext");
            // Code that starts from settings and adds, say, a source has not chosen the environment.
            if (!fromSettings || !defaultContext.environment().equals(this.defaultContext.environment())) {
                this.environmentHint = null;
            }
            this.defaultContext = defaultContext;
            return this;
        }

        /**
         * Makes the client and, if it is enabled, starts its threads. One line at INFO says where its events go, or how
         * to switch them on; a client with {@code delivery(false)} logs none.
         *
         * @throws IllegalArgumentException when it is enabled and a setting cannot work, with the setting's name, its value
         *     and what was expected. Durations may be as long as they like: what is longer than a century counts as one.
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
         * Checks the settings as {@link #build()} of an enabled client does, except that the endpoint may be missing. Makes
         * and starts nothing.
         *
         * @throws IllegalArgumentException if a setting cannot work, with the setting's name, its value and what was expected
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
