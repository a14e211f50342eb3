package dev.internalevents.client;

import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.client.internal.emitter.EmitterSettings;
import dev.internalevents.client.internal.emitter.EventKind;
import dev.internalevents.client.internal.emitter.GiveUp;
import dev.internalevents.client.settings.InternalEventSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings of an {@link InternalEventsClient}. Not safe for use by several threads. */
public final class InternalEventsClientBuilder extends ClientBuilder<InternalEventsClientBuilder> {

    /** The default app id: {@value}. */
    public static final String DEFAULT_APP_ID = InternalEventSettings.DEFAULT_APP_ID;

    /** The default name of the tracker: {@value}. */
    public static final String DEFAULT_NAMESPACE = InternalEventSettings.DEFAULT_NAMESPACE;

    /** How many times an event is sent alone by default before it is set aside: {@value}. */
    public static final int DEFAULT_SET_ASIDE_TRIES = GiveUp.DEFAULT_TRIES;

    /** How long an event is retried by default, at least, before it is set aside: 20 seconds. */
    public static final Duration DEFAULT_SET_ASIDE_TIME = GiveUp.DEFAULT.after();

    final List<EventInterceptor> interceptors = new ArrayList<>();
    final List<EventListener> listeners = new ArrayList<>();

    @Nullable
    Function<Long, @Nullable Long> namespaces;

    boolean sendUserId;
    boolean productUsageData = true;
    boolean selfHostedAi;

    @Nullable
    Predicate<String> optOutExempt;

    boolean aiContext;
    boolean servicePingContext;
    boolean shutdownHook = true;

    private Set<Integer> finalStatuses = GiveUp.DEFAULT.finalStatuses();
    private int setAsideTries = DEFAULT_SET_ASIDE_TRIES;
    private Duration setAsideTime = DEFAULT_SET_ASIDE_TIME;

    // For the line that is logged at the start, see StartLine.
    private boolean fromSettings;
    private boolean switchedOff;
    private String enableHint = "build the client with enabled(true)";
    private @Nullable String appIdHint = "the default; set appId";
    private @Nullable String environmentHint = "the default; set it in defaultContext";

    InternalEventsClientBuilder() {
        super(DEFAULT_APP_ID, DEFAULT_NAMESPACE);
    }

    InternalEventsClientBuilder(InternalEventSettings settings) {
        super(settings);
        fromSettings = true;
        switchedOff = !settings.enabled();
        sendUserId = settings.sendUserId();
        productUsageData = settings.options().productUsageData();
        selfHostedAi = settings.options().selfHostedAi();
        aiContext = settings.options().aiContext();
        servicePingContext = settings.options().servicePingContext();
        defaultContext =
                EventContext.builder().environment(settings.environment()).build();
        enableHint = settings.hints().enable();
        appIdHint = settings.hints().appId();
        environmentHint = settings.hints().environment();
    }

    /** The application, cut to 255 characters. Default: {@value #DEFAULT_APP_ID}. */
    @Override
    public InternalEventsClientBuilder appId(String appId) {
        this.appIdHint = null;
        return super.appId(appId);
    }

    /**
     * The context of events tracked outside a request. Default: {@link EventContext#empty()}, or the environment of the
     * settings.
     */
    @Override
    public InternalEventsClientBuilder defaultContext(EventContext defaultContext) {
        Objects.requireNonNull(defaultContext, "defaultContext");
        // Code that takes the settings and only adds, say, a source has not chosen the environment.
        if (!fromSettings || !defaultContext.environment().equals(this.defaultContext.environment())) {
            this.environmentHint = null;
        }
        return super.defaultContext(defaultContext);
    }

    /**
     * Adds an interceptor, which sees each event before it is accepted; interceptors run in the order in which they
     * were added.
     */
    public InternalEventsClientBuilder interceptor(EventInterceptor interceptor) {
        interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
        return this;
    }

    /** Adds a listener, which receives each event that was tracked. */
    public InternalEventsClientBuilder listener(EventListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Looks up the namespace of a project, for events that have a project and no namespace. Called on the thread that
     * tracks, so it must not block; returns null if the namespace is not known.
     */
    public InternalEventsClientBuilder namespaces(Function<Long, @Nullable Long> namespaceOfProject) {
        this.namespaces = Objects.requireNonNull(namespaceOfProject, "namespaces");
        return this;
    }

    /** Whether the user id from a request's headers is sent with its events. Default: false. */
    public InternalEventsClientBuilder sendUserId(boolean sendUserId) {
        this.sendUserId = sendUserId;
        return this;
    }

    /**
     * Whether product usage data is sent; default: true. With false, an event is only counted, as with
     * {@link EventBuilder#delivery delivery(false)}, unless it is operational: its definition has
     * {@code classification: duo} (see {@link EventCatalog}), or it is one of the fifteen actions of the IDE extension
     * that GitLab treats as operational and the app id is {@code gitlab_ide_extension}, or it is {@link #optOutExempt
     * exempt}.
     */
    public InternalEventsClientBuilder productUsageData(boolean productUsageData) {
        this.productUsageData = productUsageData;
        return this;
    }

    /**
     * Whether the AI models are self-hosted; default: false. With true, {@link #productUsageData
     * productUsageData(false)} also applies to events about AI and of the IDE extension.
     */
    public InternalEventsClientBuilder selfHostedAi(boolean selfHostedAi) {
        this.selfHostedAi = selfHostedAi;
        return this;
    }

    /**
     * Selects the events that are sent even with {@link #productUsageData productUsageData(false)}. Called on the
     * thread that tracks, so it must not block; if it throws, the event is not sent.
     *
     * @param exempt tests the event's name; replaces a predicate set before
     */
    public InternalEventsClientBuilder optOutExempt(Predicate<String> exempt) {
        this.optOutExempt = Objects.requireNonNull(exempt, "optOutExempt");
        return this;
    }

    /**
     * Whether every event is sent with an {@code ai_context}, as in the AI Gateway; default: false. The session is the
     * event's value. Workflow, agent and cache tokens come from the properties of the same names and the request's
     * {@code extra}, the flow type from {@code workflow_type}, and the other tokens from the context. Events whose
     * definition has {@code classification: duo} have an {@code ai_context} in any case.
     *
     * @see EventBuilder#aiContext
     */
    public InternalEventsClientBuilder aiContext(boolean aiContext) {
        this.aiContext = aiContext;
        return this;
    }

    /**
     * Whether each event that feeds a metric is sent with a {@code gitlab_service_ping} context, as in GitLab; default:
     * false. Definitions specify which events these are ({@link EventCatalog}); without definitions, every event has
     * it.
     */
    public InternalEventsClientBuilder servicePingContext(boolean servicePingContext) {
        this.servicePingContext = servicePingContext;
        return this;
    }

    /**
     * The maximum number of events queued in memory, 1 to {@link Integer#MAX_VALUE}. Memory is allocated as events
     * arrive, not in advance. Default: {@value EmitterSettings#DEFAULT_QUEUE_CAPACITY}.
     */
    public InternalEventsClientBuilder queueCapacity(int queueCapacity) {
        this.queueCapacity = queueCapacity;
        return this;
    }

    /**
     * The approximate limit on the bytes of events queued in memory, {@value EmitterSettings#MIN_EVENT_BYTES} or more;
     * more than 32 GiB counts as 32 GiB. An event that is larger by itself is dropped ({@link DropReason#TOO_LARGE}).
     * Default: 32 MiB.
     */
    public InternalEventsClientBuilder queueBytes(long queueBytes) {
        this.queueBytes = queueBytes;
        return this;
    }

    /** What to do with an event when the queue is full. Default: {@link WhenFull#dropNewest()}. */
    public InternalEventsClientBuilder whenFull(WhenFull whenFull) {
        this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
        return this;
    }

    /**
     * The maximum bytes of a request, 1,000 to {@value EmitterSettings#MAX_REQUEST_BYTES}. Default:
     * {@value EmitterSettings#DEFAULT_MAX_REQUEST_BYTES}. A larger event of up to
     * {@value EmitterSettings#MIN_EVENT_BYTES} bytes is sent in a request of its own; any other larger event is dropped
     * when it is tracked ({@link DropReason#TOO_LARGE}).
     */
    public InternalEventsClientBuilder maxRequestBytes(int maxRequestBytes) {
        this.maxRequestBytes = maxRequestBytes;
        return this;
    }

    /** Whether requests are compressed. Default: {@link Compression#NONE}. */
    public InternalEventsClientBuilder compression(Compression compression) {
        this.compression = Objects.requireNonNull(compression, "compression");
        return this;
    }

    /** An HTTP proxy that requires a user name and a password (Basic, in UTF-8); they are not sent to the collector. */
    public InternalEventsClientBuilder proxy(InetSocketAddress proxy, String user, String password) {
        String credentials =
                Objects.requireNonNull(user, "proxy: user") + ":" + Objects.requireNonNull(password, "proxy: password");
        return proxy(proxy)
                .header(
                        "Proxy-Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The response statuses after which an event is never retried, each from 300 to 599. Default: 400, 401, 403, 410
     * and 422, as in Snowplow's trackers. 413 is always included. After such a response to a request with several
     * events, each event is first sent by itself, except after 401 and 410, which apply to all events.
     */
    public InternalEventsClientBuilder finalStatuses(Set<Integer> statuses) {
        this.finalStatuses = Objects.requireNonNull(statuses, "finalStatuses").stream()
                .filter(Objects::nonNull)
                .collect(Collectors.toUnmodifiableSet());
        return this;
    }

    /**
     * When to set aside an event to which the collector responds with 500 or 501 while it accepts others: after this
     * many tries of the event alone, and this much time. Default: {@value #DEFAULT_SET_ASIDE_TRIES} tries and 20
     * seconds. With an {@link #outbox}, the event is moved to the folder {@code set-aside} in it and stored for 30
     * days; without one it is rejected. Other failures do not count.
     */
    public InternalEventsClientBuilder setAsideAfter(int tries, Duration time) {
        this.setAsideTries = tries;
        this.setAsideTime = Objects.requireNonNull(time, "setAsideAfter: time");
        return this;
    }

    /**
     * Whether the client sends remaining events when the JVM shuts down. Default: true. It continues to accept events
     * within the {@link #closeTimeout}, and ends sooner when no event is queued or in flight, no request's scope is
     * open and nothing was tracked for half a second.
     */
    public InternalEventsClientBuilder shutdownHook(boolean shutdownHook) {
        this.shutdownHook = shutdownHook;
        return this;
    }

    /**
     * Creates the client and, if it is enabled, starts its threads. Logs one line at INFO that says where its events
     * are sent, or how to enable it; a client with {@code delivery(false)} logs none unless the settings switched it
     * off.
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
                StartLine.notSent(!interceptors.isEmpty(), !listeners.isEmpty(), enableHint);
            }
            return new InternalEventsClient(this, null);
        }
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException(
                    "an enabled client needs an endpoint, for example http://127.0.0.1:9091");
        }
        EmitterSettings settings = settings(endpoints);
        InternalEventsClient client = new InternalEventsClient(this, Emitter.start(settings));
        StartLine.sending(
                endpoints,
                new StartLine.Setting(appId, appIdHint),
                new StartLine.Setting(defaultContext.environment(), environmentHint),
                StartLine.queue(outbox, whenFull, client.isOutboxUsable()));
        if (!productUsageData) {
            StartLine.operationalOnly();
        }
        return client;
    }

    /**
     * Checks the settings as {@link #build()} does for an enabled client, except that the endpoint may be missing.
     * Creates and starts nothing.
     *
     * @throws IllegalArgumentException if a setting is invalid; the message names the setting, its value and what was
     *     expected
     */
    public void check() {
        settings(endpoints.isEmpty() ? List.of(URI.create("http://127.0.0.1")) : endpoints);
    }

    private EmitterSettings settings(List<URI> collectors) {
        return emitterSettings(EventKind.INTERNAL, collectors, new GiveUp(finalStatuses, setAsideTries, setAsideTime));
    }
}
