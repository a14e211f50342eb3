package dev.internalevents.client.billing;

import dev.internalevents.client.ClientStats;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.internal.emitter.BackOff;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.client.internal.emitter.EmitterSettings;
import dev.internalevents.client.internal.emitter.EventKind;
import dev.internalevents.client.internal.emitter.GiveUp;
import dev.internalevents.client.internal.emitter.WallClock;
import dev.internalevents.client.settings.BillingEventSettings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.protocol.FieldLimits;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.Printable;
import dev.internalevents.protocol.Tracker;
import dev.internalevents.spool.Durability;
import dev.internalevents.spool.SpoolSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what a customer is billed for: a structured event with the context {@code billable_usage} 1-0-3, which says who
 * used how much of what on which instance, as the request's {@link EventContext} and {@link VerifiedClaims} have it. Beside
 * each of them the internal event {@value #TWIN} is tracked, with the id of the billing event as its label, its name as
 * the property, the same metadata, and the context that was billed, also outside of a request.
 *
 * <p>Billing events have an emitter and an {@link Builder#outbox outbox} on disk of their own. An event is in the outbox
 * when the call returns, survives {@code kill -9}, and stays until the collector has taken it, whatever it answers. Nothing
 * is set aside or rejected. If the outbox is full or cannot be written, new events are dropped: counted in {@link #stats()},
 * logged, and named by {@link #outboxFailure()}.
 *
 * <p>An event that cannot be billed is not sent: one without realm, with a quantity of 0 or less, or with a name or unit
 * that the schema does not allow. It is logged and counted as {@link DropReason#NOT_BILLABLE}. Without the billing event
 * there is no twin.
 *
 * <p>No method that tracks throws or waits for the network. Tracking writes to a mapped file; with {@link
 * Builder#outboxDurability} {@code disk} it waits for the disk. A disabled client takes the same calls, keeps nothing and
 * starts nothing. Safe for use by any number of threads; make one for the application and close it at the end, before the
 * internal events' client.
 *
 * <pre>{@code
 * BillingEventsClient billing = BillingEventsClient.fromEnvironment("AIGW", internalEvents);
 * billing.trackBillingEvent("code_completions", "CodeSuggestions", "request", 1);
 * }</pre>
 */
public final class BillingEventsClient implements AutoCloseable {

    /** The internal event that goes with each billing event: {@value}. */
    public static final String TWIN = "usage_billing_event";

    /** The property of {@value #TWIN} that has the billing event's metadata, a map: {@value}. */
    public static final String TWIN_METADATA = "metadata";

    /** How long {@link #close()} waits for what is held: 5 seconds. */
    public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(BillingEventsClient.class);
    private static final String PLATFORM = "srv";
    private static final int LOGGED_NAME = 100;

    /** So long after the last event the client takes it that requests are finished, when the JVM ends. */
    private static final long QUIET_NANOS = 500_000_000;

    private final boolean enabled;
    private final @Nullable Emitter emitter;
    private final InternalEventsClient internalEvents;
    private final EventContext defaultContext;
    private final Tracker tracker;
    private final CutFields cut = new CutFields();
    private final Duration closeTimeout;
    private final @Nullable Thread shutdownHook;

    private BillingEventsClient(Builder builder, @Nullable Emitter emitter) {
        this.enabled = builder.enabled;
        this.emitter = emitter;
        this.internalEvents = builder.internalEvents;
        this.defaultContext = builder.defaultContext;
        this.tracker = new Tracker(
                FieldLimits.cut(builder.namespace, FieldLimits.NAMESPACE),
                FieldLimits.cut(builder.appId, FieldLimits.APP_ID),
                PLATFORM,
                InternalEventsClient.TRACKER_VERSION);
        this.closeTimeout = builder.closeTimeout;
        this.shutdownHook = emitter == null ? null : addShutdownHook(emitter, closeTimeout);
    }

    // Making a client

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that begins with settings that were read before; what is set on it replaces them. */
    public static Builder builder(BillingEventSettings settings) {
        return new Builder(settings);
    }

    /** A client that does nothing, and logs nothing. */
    public static BillingEventsClient disabled() {
        return new BillingEventsClient(builder().enabled(false), null);
    }

    /**
     * A client with the settings {@code PREFIX_BILLING_EVENT__…} of the environment and the file {@code .env} in the working
     * directory; see docs/billing.md.
     *
     * @param prefix {@code AIGW} for the AI Gateway's own names
     * @param internalEvents tracks the twin of each event; it is not closed with this client
     * @throws SettingsException naming every variable that is wrong
     * @throws IllegalArgumentException if the outbox cannot be used
     */
    public static BillingEventsClient fromEnvironment(String prefix, InternalEventsClient internalEvents) {
        return fromSettings(BillingEventSettings.fromEnvironment(prefix), internalEvents);
    }

    /**
     * A client with settings that were read before.
     *
     * @param internalEvents as in {@link #fromEnvironment}
     * @throws IllegalArgumentException if the outbox cannot be used
     */
    public static BillingEventsClient fromSettings(BillingEventSettings settings, InternalEventsClient internalEvents) {
        return builder(settings).internalEvents(internalEvents).build();
    }

    // Tracking

    /**
     * Bills 1 {@code tokens}, without metadata.
     *
     * @param eventType the event's name, 1 to 255 characters; see {@link BillingEvent} for those of the AI Gateway
     * @param category the part of the code that bills; null for {@value InternalEventsClient#DEFAULT_CATEGORY}
     */
    public void trackBillingEvent(@Nullable String eventType, @Nullable String category) {
        billingEvent(eventType).category(category).track();
    }

    /**
     * Bills a quantity of a unit, without metadata; see {@link #trackBillingEvent(String, String)}.
     *
     * @param unitOfMeasure see {@link BillingEvent.Builder#unitOfMeasure}
     * @param quantity more than 0
     */
    public void trackBillingEvent(
            @Nullable String eventType, @Nullable String category, @Nullable String unitOfMeasure, double quantity) {
        billingEvent(eventType)
                .category(category)
                .unitOfMeasure(unitOfMeasure)
                .quantity(quantity)
                .track();
    }

    /**
     * Bills a quantity of a unit; see {@link #trackBillingEvent(String, String)}.
     *
     * @param unitOfMeasure see {@link BillingEvent.Builder#unitOfMeasure}
     * @param quantity more than 0
     * @param metadata see {@link BillingEvent.Builder#metadata(String, Object)}; null for none
     */
    public void trackBillingEvent(
            @Nullable String eventType,
            @Nullable String category,
            @Nullable String unitOfMeasure,
            double quantity,
            @Nullable Map<String, ?> metadata) {
        billingEvent(eventType)
                .category(category)
                .unitOfMeasure(unitOfMeasure)
                .quantity(quantity)
                .metadata(metadata)
                .track();
    }

    /** An event with further arguments, for example an idempotency key. Nothing happens before {@link BillingEvent.Builder#track()}. */
    public BillingEvent.Builder billingEvent(@Nullable String eventType) {
        return new BillingEvent.Builder(enabled ? this : null, eventType);
    }

    void track(BillingEvent.Builder event) {
        BillableUsage usage = null;
        RequestTracking billed = null;
        boolean isOpen = true;
        try {
            RequestTracking request = RequestTracking.current();
            // Of its own, so that the twin says what was billed, whatever becomes of the request meanwhile.
            billed = request == null ? new RequestTracking(defaultContext) : request.with(request.context());
            VerifiedClaims given = event.claims();
            if (given != null) {
                billed.verified(given);
            }
            EventContext context = billed.context();
            VerifiedClaims claims = billed.claims();
            String problem = BillableUsage.problem(event, context);
            if (problem != null) {
                isOpen = false;
                refused(event.eventType(), problem);
                return;
            }
            long now = System.nanoTime();
            Instant at = Instant.ofEpochMilli(WallClock.at(now).millis(now));
            BillableUsage made = BillableUsage.of(tracker, event, context, claims, now, at);
            noteCut(event);
            // From here on, the emitter accounts for it.
            isOpen = false;
            if (emitter == null || emitter.take(made)) {
                usage = made;
            }
        } catch (Throwable e) {
            failed(event.eventType(), e, isOpen);
        }
        if (usage != null && billed != null) {
            trackTwin(usage, billed);
        }
    }

    private void trackTwin(BillableUsage usage, RequestTracking billed) {
        try (Scope ignored = billed.makeCurrent()) {
            internalEvents
                    .event(TWIN)
                    .category(usage.category())
                    .label(usage.id().toString())
                    .property(usage.eventType())
                    .put(TWIN_METADATA, usage.metadata())
                    .track();
        } catch (Throwable e) {
            ForeignCode.caught(e);
            LOG.warn(
                    "The internal event {} of the billing event {} was not tracked: {}; the billing event is sent all the"
                            + " same",
                    TWIN,
                    usage.id(),
                    String.valueOf(e.getMessage()));
        }
    }

    private void noteCut(BillingEvent.Builder event) {
        if (event.metadata().isCut()) {
            cut.note(
                    "metadata",
                    "longer than " + Metadata.MAX_BYTES + " bytes, of more than " + Metadata.MAX_VALUES
                            + " values or unreadable, so keys are left out");
        }
        if (!FieldLimits.fits(event.category(), FieldLimits.CATEGORY)) {
            cut.note("category", "longer than " + FieldLimits.CATEGORY + " characters, so it is cut");
        }
    }

    private void refused(@Nullable String eventType, String why) {
        if (emitter == null) {
            LOG.warn("A billing event cannot be billed: {}", why);
        } else {
            emitter.refused(shown(eventType), DropReason.NOT_BILLABLE, why);
        }
    }

    private void failed(@Nullable String eventType, Throwable failure, boolean isOpen) {
        boolean isFatal = false;
        try {
            isFatal = ForeignCode.isFatal(failure);
            if (emitter != null && isOpen) {
                emitter.unusable(shown(eventType), failure);
            }
            ForeignCode.caught(failure);
            LOG.debug("the billing event could not be taken", failure);
        } catch (Throwable e) {
            // The thread may have no stack left for anything.
            if (isFatal) {
                throw (Error) failure;
            }
        }
    }

    private static String shown(@Nullable String eventType) {
        return eventType == null ? "(no name)" : FieldLimits.cut(eventType, LOGGED_NAME);
    }

    // Accounts

    /** Whether events are taken. */
    public boolean isEnabled() {
        return enabled;
    }

    /** The collector that events are sent to; null when they are sent to none. */
    public @Nullable URI endpoint() {
        return emitter == null ? null : emitter.endpoint();
    }

    /** What became of the events so far; nothing is ever {@code rejected}. */
    public ClientStats stats() {
        if (emitter == null) {
            return new ClientStats(0, 0, 0, 0, 0, 0, 0, 0, Map.of());
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

    /** How many events had {@code metadata} or a {@code category} that was cut, by field. */
    public Map<String, Long> cutValues() {
        return cut.counts();
    }

    /** Why the outbox takes no events, in words: it is full, or its folder cannot be used; null when it takes them. */
    public @Nullable String outboxFailure() {
        return emitter == null ? null : emitter.outboxFailure();
    }

    /** Why the last request failed, in words, or null when the collector took it; for a health check. */
    public @Nullable String lastFailure() {
        return emitter == null ? null : emitter.lastFailure();
    }

    // The end

    /**
     * Sends what is held without waiting for full batches, and blocks until nothing is held or the time is up. An interrupt
     * does not end the wait, and is kept.
     *
     * @param timeout zero or less only asks
     * @return whether nothing is held any more
     */
    public boolean flush(Duration timeout) {
        return emitter == null || emitter.flush(timeout);
    }

    /** Closes with the builder's {@link Builder#closeTimeout}; see {@link #close(Duration)}. */
    @Override
    public void close() {
        close(closeTimeout);
    }

    /**
     * Sends what is held for as long as the timeout allows, then stops the client's threads. What is still held stays in the
     * outbox for the next start. A later call drops its event; a second close does nothing. Any thread may call it.
     *
     * @param timeout zero or less waits for nothing
     * @return how many events were left in the outbox
     */
    public long close(Duration timeout) {
        if (emitter == null) {
            return 0;
        }
        long left = emitter.close(timeout);
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

    /** What is not sent by then is sent after the next start. */
    private static Thread addShutdownHook(Emitter emitter, Duration timeout) {
        Thread hook = new Thread(
                null, () -> emitter.sendLast(timeout, QUIET_NANOS, () -> false), "billing-events-shutdown", 0, false);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.trace("the JVM is shutting down", e);
        }
        return hook;
    }

    /** The settings of a client. Not safe for use by several threads. */
    public static final class Builder {

        private boolean enabled = true;
        private boolean delivery = true;
        private InternalEventsClient internalEvents = InternalEventsClient.disabled();
        private EventContext defaultContext = EventContext.empty();
        private @Nullable URI endpoint;
        private String appId = BillingEventSettings.DEFAULT_APP_ID;
        private String namespace = BillingEventSettings.DEFAULT_NAMESPACE;
        private @Nullable Integer batchSize;
        private int threadCount = EmitterSettings.DEFAULT_THREAD_COUNT;
        private @Nullable Path outbox;
        private SpoolSettings spool = SpoolSettings.DEFAULTS;
        private Duration linger = EmitterSettings.DEFAULT_LINGER;
        private Duration connectTimeout = EmitterSettings.DEFAULT_CONNECT_TIMEOUT;
        private Duration readTimeout = EmitterSettings.DEFAULT_READ_TIMEOUT;
        private Duration closeTimeout = DEFAULT_CLOSE_TIMEOUT;
        private BackOff backOff = EmitterSettings.DEFAULT_BACK_OFF;

        /** When an event that the collector does not take goes behind the others. */
        private int triesInFront = GiveUp.DEFAULT.tries();

        private Duration timeInFront = GiveUp.DEFAULT.after();
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable InetSocketAddress proxy;
        private @Nullable SSLContext tls;
        private DeliveryListener listener = DeliveryListener.NONE;

        private Builder() {}

        private Builder(BillingEventSettings settings) {
            enabled = settings.enabled();
            endpoint = settings.endpoint();
            appId = settings.appId();
            namespace = settings.namespace();
            batchSize = settings.batchSize();
            threadCount = settings.threadCount();
            outbox = settings.outbox();
        }

        /** False makes a client that does nothing and needs no endpoint and no outbox; default: true. */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        /**
         * False makes a client that checks each event and tracks its twin, but sends and keeps no billing event; for tests.
         * Default: true.
         */
        public Builder delivery(boolean delivery) {
            this.delivery = delivery;
            return this;
        }

        /** Tracks the twin of each event; default: a disabled client. It is not closed with this one. */
        public Builder internalEvents(InternalEventsClient internalEvents) {
            this.internalEvents = Objects.requireNonNull(internalEvents, "internalEvents");
            return this;
        }

        /** The context of events that are billed outside of a request; default: one without a realm, which cannot be billed. */
        public Builder defaultContext(EventContext defaultContext) {
            this.defaultContext = Objects.requireNonNull(defaultContext, "defaultContext");
            return this;
        }

        /** The collector, for example {@code http://127.0.0.1:9091}. */
        public Builder endpoint(URI endpoint) {
            this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
            return this;
        }

        /** The application, cut to 255 characters. Default: {@value BillingEventSettings#DEFAULT_APP_ID}. */
        public Builder appId(String appId) {
            this.appId = Objects.requireNonNull(appId, "appId");
            return this;
        }

        /** The tracker's name within the application, cut to 128 characters. Default: {@value BillingEventSettings#DEFAULT_NAMESPACE}. */
        public Builder namespace(String namespace) {
            this.namespace = Objects.requireNonNull(namespace, "namespace");
            return this;
        }

        /** Events in a request at most, 1 or more; see {@link InternalEventsClient.Builder#batchSize}. */
        public Builder batchSize(int batchSize) {
            this.batchSize = batchSize;
            return this;
        }

        /** Threads that send, 1 to {@value EmitterSettings#MAX_THREAD_COUNT}. Default: {@value EmitterSettings#DEFAULT_THREAD_COUNT}. */
        public Builder threadCount(int threadCount) {
            this.threadCount = threadCount;
            return this;
        }

        /** The folder in which events wait until they are delivered; needed when enabled. Of this process and this client alone. */
        public Builder outbox(Path folder) {
            this.outbox = Objects.requireNonNull(folder, "outbox");
            return this;
        }

        /**
         * Bytes that the outbox's folder may take, 16 MiB or more. Default: 1 GiB. The last 8 MiB take no new events: they are
         * for those that the collector does not take, which go behind the others.
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

        /** What an event in the outbox survives; default: the end of the process, {@code kill -9} included. */
        public Builder outboxDurability(Durability durability) {
            this.spool = spool.withDurability(Objects.requireNonNull(durability, "outboxDurability"));
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

        /** How long {@link BillingEventsClient#close()} and the end of the JVM wait for what is held. Default: 5 seconds. */
        public Builder closeTimeout(Duration closeTimeout) {
            this.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
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
            this.backOff = new BackOff(
                    Objects.requireNonNull(first, "backOff: first"), Objects.requireNonNull(most, "backOff: most"));
            return this;
        }

        Builder inFront(int tries, Duration time) {
            this.triesInFront = tries;
            this.timeInFront = time;
            return this;
        }

        /** A header that is sent with each request; see {@link InternalEventsClient.Builder#header}. */
        public Builder header(String name, String value) {
            headers.put(
                    Objects.requireNonNull(name, "header: the name is null"),
                    Objects.requireNonNull(value, () -> "header " + name + ": the value is null"));
            return this;
        }

        /** An HTTP proxy; default: what the JVM's own settings ({@code https.proxyHost}, …) say. */
        public Builder proxy(InetSocketAddress proxy) {
            this.proxy = Objects.requireNonNull(proxy, "proxy");
            return this;
        }

        /** Keys and trust for https; default: the JVM's own. The collector's name is checked in any case. */
        public Builder tls(SSLContext tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /** Is told what becomes of events. */
        public Builder deliveryListener(DeliveryListener listener) {
            this.listener = Objects.requireNonNull(listener, "deliveryListener");
            return this;
        }

        /**
         * Makes the client and, if it is enabled, opens its outbox and starts its threads. One line at INFO says where its
         * events go.
         *
         * @throws IllegalArgumentException if it is enabled and a setting cannot work, an outbox that is missing or cannot be
         *     used included; with the setting's name and what was expected
         */
        public BillingEventsClient build() {
            if (!enabled || !delivery) {
                if (!enabled && endpoint != null) {
                    LOG.info("Billing events are switched off and not sent, although an endpoint is set");
                }
                return new BillingEventsClient(this, null);
            }
            if (endpoint == null) {
                throw new IllegalArgumentException(
                        "an enabled billing client needs an endpoint, for example http://127.0.0.1:9091");
            }
            if (outbox == null) {
                throw new IllegalArgumentException(
                        "outbox: none is set; a billing event is money, so it waits on disk, where"
                                + " it survives the end of the process; expected a folder of this process alone, such as"
                                + " /var/lib/my-service/billing-outbox");
            }
            closeTimeout = EmitterSettings.zeroOrMore("closeTimeout", closeTimeout);
            BillingEventsClient client = new BillingEventsClient(this, Emitter.start(settings(endpoint)));
            LOG.info(
                    "Billing events are sent to {} as app id \"{}\", and kept in the outbox {} until they are delivered",
                    shown(endpoint),
                    Printable.of(appId, "?"),
                    outbox.toAbsolutePath());
            return client;
        }

        /** Neither user name nor query: they may be credentials. */
        private static String shown(URI endpoint) {
            String authority = String.valueOf(endpoint.getRawAuthority());
            return endpoint.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1)
                    + endpoint.getRawPath();
        }

        private EmitterSettings settings(URI endpoint) {
            return new EmitterSettings(
                    EventKind.BILLING,
                    endpoint,
                    batchSize == null ? EmitterSettings.DEFAULT_BATCH_SIZE : batchSize,
                    batchSize == null ? EmitterSettings.DEFAULT_MOST_TOGETHER : batchSize,
                    threadCount,
                    EmitterSettings.DEFAULT_QUEUE_CAPACITY,
                    EmitterSettings.DEFAULT_QUEUE_BYTES,
                    EmitterSettings.DEFAULT_MAX_REQUEST_BYTES,
                    linger,
                    connectTimeout,
                    readTimeout,
                    backOff,
                    new GiveUp(Set.of(), triesInFront, timeInFront),
                    outbox,
                    spool,
                    WhenFull.dropNewest(),
                    Compression.NONE,
                    headers,
                    proxy,
                    tls,
                    listener);
        }
    }
}
