package dev.internalevents.client.billing;

import dev.internalevents.client.ClientStats;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
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
 * Sends the usage that a customer is billed for: a structured event with the context {@code billable_usage} 1-0-3,
 * which contains who used how much of what on which instance, according to the request's {@link EventContext} and
 * {@link VerifiedClaims}. For each of them the internal event {@value #TWIN} is tracked too, with the id of the billing
 * event as its label, its name as the property, the same metadata, and the context that was billed, also outside a
 * request.
 *
 * <p>Billing events have their own emitter and their own {@link Builder#outbox outbox} on disk. An event is in the
 * outbox when the call returns, survives {@code kill -9}, and stays there until the collector has accepted it, whatever
 * the collector responds before. Nothing is set aside or rejected. If the outbox is full or cannot be written, new
 * events are dropped: they are counted in {@link #stats()} and logged, and {@link #outboxFailure()} returns the reason.
 *
 * <p>An event that cannot be billed is not sent: one without a realm, with a quantity of 0 or less, or with a name or
 * unit that the schema does not allow. It is logged and counted as {@link DropReason#NOT_BILLABLE}. Without the billing
 * event there is no twin.
 *
 * <p>No method that tracks throws or waits for the network. Tracking writes to a memory-mapped file; with
 * {@link Builder#outboxDurability} {@code disk} it waits for the disk. A disabled client accepts the same calls, stores
 * nothing and starts no threads. Safe for use by any number of threads. Create one client for the application and close
 * it at the end, before the internal events client.
 *
 * <pre>{@code
 * BillingEventsClient billing = BillingEventsClient.fromEnvironment("AIGW", internalEvents);
 * billing.trackBillingEvent("code_completions", "CodeSuggestions", "request", 1);
 * }</pre>
 */
public final class BillingEventsClient implements AutoCloseable {

    /** The internal event that is tracked with each billing event: {@value}. */
    public static final String TWIN = "usage_billing_event";

    /** The property of {@value #TWIN} that contains the billing event's metadata, a map: {@value}. */
    public static final String TWIN_METADATA = "metadata";

    /** How long {@link #close()} waits for queued and in-flight events: 5 seconds. */
    public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(BillingEventsClient.class);
    private static final String PLATFORM = "srv";
    private static final int LOGGED_NAME = 100;

    /** At JVM shutdown, requests count as finished when no event was tracked for this long. */
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

    // Creating a client

    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts with the given settings; values set on the builder replace them. */
    public static Builder builder(BillingEventSettings settings) {
        return new Builder(settings);
    }

    /** Returns a client that does nothing and logs nothing. */
    public static BillingEventsClient disabled() {
        return new BillingEventsClient(builder().enabled(false), null);
    }

    /**
     * Returns a client with the settings {@code PREFIX_BILLING_EVENT__…} from the environment and the file {@code .env}
     * in the working directory; see docs/billing.md.
     *
     * @param prefix {@code AIGW} for the AI Gateway's own names
     * @param internalEvents tracks the twin of each event; it is not closed with this client
     * @throws SettingsException naming every invalid variable
     * @throws IllegalArgumentException if the outbox cannot be used
     */
    public static BillingEventsClient fromEnvironment(String prefix, InternalEventsClient internalEvents) {
        return fromSettings(BillingEventSettings.fromEnvironment(prefix), internalEvents);
    }

    /**
     * Returns a client with the given settings.
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

    /**
     * Returns a builder for an event with further arguments, for example an idempotency key. Nothing is tracked before
     * {@link BillingEvent.Builder#track()}.
     */
    public BillingEvent.Builder billingEvent(@Nullable String eventType) {
        return new BillingEvent.Builder(enabled ? this : null, eventType);
    }

    void track(BillingEvent.Builder event) {
        BillableUsage usage = null;
        RequestTracking billed = null;
        boolean isOpen = true;
        try {
            RequestTracking request = RequestTracking.current();
            // A separate tracking, so that the twin has the billed context even if the request's changes in the
            // meantime.
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
            // From here on, the emitter counts it.
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
                    "The internal event {} of the billing event {} was not tracked: {}; the billing event is still"
                            + " sent",
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
            LOG.debug("the billing event could not be tracked", failure);
        } catch (Throwable e) {
            // The thread's stack may be exhausted.
            if (isFatal) {
                throw (Error) failure;
            }
        }
    }

    private static String shown(@Nullable String eventType) {
        return eventType == null ? "(no name)" : FieldLimits.cut(eventType, LOGGED_NAME);
    }

    // Counters and state

    /** Returns whether the client accepts events. */
    public boolean isEnabled() {
        return enabled;
    }

    /** Returns the collector that events are sent to; null if they are not sent. */
    public @Nullable URI endpoint() {
        return emitter == null ? null : emitter.endpoint();
    }

    /** Returns the counters of the events so far; {@code rejected} is always 0. */
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

    /**
     * Returns the dropped events by reason and event name: the first 1,000 names of a reason, the rest as
     * {@code (others)}.
     */
    public Map<DropReason, Map<String, Long>> drops() {
        return emitter == null ? Map.of() : emitter.drops();
    }

    /** Returns, by field, how many events had {@code metadata} or a {@code category} that was cut. */
    public Map<String, Long> cutValues() {
        return cut.counts();
    }

    /**
     * Returns why the outbox accepts no events, as a message: it is full, or its folder cannot be used; null if it
     * accepts them.
     */
    public @Nullable String outboxFailure() {
        return emitter == null ? null : emitter.outboxFailure();
    }

    /** Returns why the last request failed, as a message, or null if the collector accepted it; for a health check. */
    public @Nullable String lastFailure() {
        return emitter == null ? null : emitter.lastFailure();
    }

    // Closing

    /**
     * Sends all queued events without waiting for full batches, and blocks until no event is queued or in flight or the
     * timeout expires. An interrupt does not end the wait; the interrupt status is restored afterwards.
     *
     * @param timeout if zero or less, it does not wait
     * @return whether no event is queued or in flight any more
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
     * Sends queued events for as long as the timeout allows, then stops the client's threads. Events still left then
     * stay in the outbox for the next start. A later call drops its event; a second close does nothing. Any thread may
     * call it.
     *
     * @param timeout if zero or less, it does not wait
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

    /** Events that are not sent by then are sent after the next start. */
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

        /**
         * After this many tries and this time, an event that the collector does not accept is moved behind the others.
         */
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

        /**
         * Whether the client is enabled. Default: true. A disabled client does nothing and needs no endpoint and no
         * outbox.
         */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        /**
         * Whether billing events are sent. Default: true. If false, the client checks each event and tracks its twin,
         * but sends and stores no billing event; for tests.
         */
        public Builder delivery(boolean delivery) {
            this.delivery = delivery;
            return this;
        }

        /**
         * The client that tracks the twin of each event; default: a disabled client. It is not closed with this one.
         */
        public Builder internalEvents(InternalEventsClient internalEvents) {
            this.internalEvents = Objects.requireNonNull(internalEvents, "internalEvents");
            return this;
        }

        /**
         * The context of events that are billed outside a request; default: one without a realm, which cannot be
         * billed.
         */
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

        /** The maximum number of events in a request, 1 or more; see {@link InternalEventsClient.Builder#batchSize}. */
        public Builder batchSize(int batchSize) {
            this.batchSize = batchSize;
            return this;
        }

        /**
         * The number of sending threads, 1 to {@value EmitterSettings#MAX_THREAD_COUNT}. Default:
         * {@value EmitterSettings#DEFAULT_THREAD_COUNT}.
         */
        public Builder threadCount(int threadCount) {
            this.threadCount = threadCount;
            return this;
        }

        /**
         * The folder in which events are queued until they are delivered; required if the client is enabled. Only this
         * client of this process may use it.
         */
        public Builder outbox(Path folder) {
            this.outbox = Objects.requireNonNull(folder, "outbox");
            return this;
        }

        /**
         * The maximum size of the outbox's folder in bytes, 16 MiB or more. Default: 1 GiB. The last 8 MiB accept no
         * new events: they are reserved for events that the collector does not accept, which are moved behind the
         * others.
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
         * The durability of events in the outbox; default: they survive the end of the process, {@code kill -9}
         * included.
         */
        public Builder outboxDurability(Durability durability) {
            this.spool = spool.withDurability(Objects.requireNonNull(durability, "outboxDurability"));
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

        /**
         * How long {@link BillingEventsClient#close()} and the shutdown hook wait for queued and in-flight events.
         * Default: 5 seconds.
         */
        public Builder closeTimeout(Duration closeTimeout) {
            this.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
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
            this.backOff = new BackOff(
                    Objects.requireNonNull(first, "backOff: first"), Objects.requireNonNull(most, "backOff: most"));
            return this;
        }

        Builder inFront(int tries, Duration time) {
            this.triesInFront = tries;
            this.timeInFront = time;
            return this;
        }

        /** Adds a header that is sent with each request; see {@link InternalEventsClient.Builder#header}. */
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
         * Creates the client and, if it is enabled, opens its outbox and starts its threads. Logs one line at INFO that
         * says where its events are sent.
         *
         * @throws IllegalArgumentException if the client is enabled and a setting is invalid, including an outbox that
         *     is missing or cannot be used; the message names the setting and what was expected
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
                        "outbox: none is set; a billing event is money and must be stored on disk, where it survives"
                                + " the end of the process; expected a folder that only this process uses, such as"
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

        /** Returns the endpoint without user name and query, which may be credentials. */
        private static String shown(URI endpoint) {
            String authority = String.valueOf(endpoint.getRawAuthority());
            return endpoint.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1)
                    + endpoint.getRawPath();
        }

        private EmitterSettings settings(URI endpoint) {
            return EmitterSettings.builder(endpoint)
                    .kind(EventKind.BILLING)
                    .batchSize(batchSize)
                    .linger(linger)
                    .threadCount(threadCount)
                    .timeouts(connectTimeout, readTimeout)
                    .backOff(backOff)
                    .giveUp(new GiveUp(Set.of(), triesInFront, timeInFront))
                    .outbox(outbox)
                    .spool(spool)
                    .headers(headers)
                    .proxy(proxy)
                    .tls(tls)
                    .listener(listener)
                    .build();
        }
    }
}
