package dev.internalevents.client;

import dev.internalevents.client.emitter.Emitter;
import dev.internalevents.client.emitter.EmitterSettings;
import dev.internalevents.client.emitter.OutgoingEvent;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.StructuredEvent;
import dev.internalevents.protocol.Tracker;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks internal events: each is taken with the context of the request as it is at the call, held in a bounded queue,
 * and sent by threads of the client's own to a collector, in batches, again and again until it is taken.
 *
 * <p>{@code trackEvent} neither blocks nor throws, whatever becomes of the event: when the queue is full the event is
 * dropped, counted in {@link #stats()} and logged with its name. A disabled client keeps nothing and starts nothing.
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
    private final Tracker tracker;
    private final EventContext defaultContext;
    private final boolean sendUserId;
    private final EventIds eventIds = new EventIds();

    private InternalEventsClient(Builder builder, @Nullable Emitter emitter) {
        this.emitter = emitter;
        this.tracker = new Tracker(builder.namespace, builder.appId, PLATFORM, TRACKER_VERSION);
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
        URI endpoint = settings.endpoint();
        return (endpoint == null ? builder : builder.endpoint(endpoint)).build();
    }

    /** Tracks an event with nothing but its name and the request's context. Never blocks, never throws. */
    public void trackEvent(String name) {
        if (emitter != null) {
            track(name, AdditionalProperties.NONE, DEFAULT_CATEGORY, null);
        }
    }

    /** Tracks an event with additional properties. Never blocks, never throws. */
    public void trackEvent(String name, AdditionalProperties properties) {
        if (emitter != null) {
            track(name, properties, DEFAULT_CATEGORY, null);
        }
    }

    /** Tracks an event with additional properties and the part of the code that tracks it. Never blocks, never throws. */
    public void trackEvent(String name, AdditionalProperties properties, String category) {
        if (emitter != null) {
            track(name, properties, category, null);
        }
    }

    /** An event with further arguments; nothing happens before {@link EventBuilder#track()}. */
    public EventBuilder event(String name) {
        return emitter == null ? EventBuilder.DISABLED : new EventBuilder(this, name);
    }

    public boolean isEnabled() {
        return emitter != null;
    }

    /** The collector that events are sent to; null when disabled. */
    public @Nullable URI endpoint() {
        return emitter == null ? null : emitter.endpoint();
    }

    public ClientStats stats() {
        if (emitter == null) {
            return ClientStats.NONE;
        }
        Emitter.Stats stats = emitter.stats();
        return new ClientStats(
                stats.tracked(), stats.delivered(), stats.rejected(), stats.dropped(), stats.held(), stats.retries());
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

    /** Closes with {@link #DEFAULT_CLOSE_TIMEOUT}. */
    @Override
    public void close() {
        close(DEFAULT_CLOSE_TIMEOUT);
    }

    /**
     * Sends what is held for as long as the timeout allows, then stops the client's threads. What is still held then is
     * counted as dropped and logged by name. A later {@code trackEvent} drops its event; a second close does nothing.
     *
     * @return how many events were left
     */
    public long close(Duration timeout) {
        return emitter == null ? 0 : emitter.close(timeout);
    }

    void track(String name, AdditionalProperties properties, String category, @Nullable EventBuilder overrides) {
        Emitter target = Objects.requireNonNull(emitter);
        try {
            RequestTracking request = RequestTracking.current();
            EventContext context = request == null ? defaultContext : request.context();
            boolean withUser = sendUserId || (overrides != null && overrides.hasUser());
            target.add(new TrackedEvent(
                    tracker,
                    eventIds.next(),
                    Instant.now(),
                    Objects.requireNonNull(name, "the event's name is null"),
                    Objects.requireNonNull(category, "the event's category is null"),
                    Objects.requireNonNull(properties, "the event's additional properties are null"),
                    overrides == null ? context : overrides.over(context),
                    overrides == null ? List.of() : List.copyOf(overrides.contexts()),
                    withUser));
            if (request != null) {
                request.add(name);
            }
        } catch (RuntimeException e) {
            target.unusable(String.valueOf(name), e);
            LOG.debug("the event could not be taken", e);
        }
    }

    /** An event as of the call; it is encoded by the thread that sends it. */
    private record TrackedEvent(
            Tracker tracker,
            UUID id,
            Instant createdAt,
            String name,
            String category,
            AdditionalProperties properties,
            EventContext context,
            List<SelfDescribingJson> furtherContexts,
            boolean withUser)
            implements OutgoingEvent {

        @Override
        public void writeOpenTo(JsonWriter out) {
            EventContext sent = withUser || context.userId() == null
                    ? context
                    : context.toBuilder().userId(null).build();
            List<SelfDescribingJson> contexts = new ArrayList<>(1 + furtherContexts.size());
            contexts.add(sent.toSelfDescribingJson(properties.extra()));
            contexts.addAll(furtherContexts);
            new StructuredEvent(
                            id,
                            createdAt,
                            category,
                            name,
                            properties.label(),
                            properties.property(),
                            properties.value(),
                            new Contexts(contexts))
                    .writeOpenTo(out, tracker);
        }
    }

    /** The settings of a client. Not safe for use by several threads. */
    public static final class Builder {

        /** {@value}. */
        public static final String DEFAULT_APP_ID = "gitlab_ai_gateway";

        /** {@value}. */
        public static final String DEFAULT_NAMESPACE = "gl";

        private boolean enabled = true;
        private @Nullable URI endpoint;
        private String appId = DEFAULT_APP_ID;
        private String namespace = DEFAULT_NAMESPACE;
        private int batchSize = EmitterSettings.DEFAULT_BATCH_SIZE;
        private int threadCount = EmitterSettings.DEFAULT_THREAD_COUNT;
        private int queueCapacity = EmitterSettings.DEFAULT_QUEUE_CAPACITY;
        private Duration linger = EmitterSettings.DEFAULT_LINGER;
        private Duration connectTimeout = EmitterSettings.DEFAULT_CONNECT_TIMEOUT;
        private Duration readTimeout = EmitterSettings.DEFAULT_READ_TIMEOUT;
        private boolean sendUserId;
        private EventContext defaultContext = EventContext.empty();

        private Builder() {}

        /** False makes a client that does nothing and needs no endpoint; true unless it is set. */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
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
            if (!enabled) {
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
                            linger,
                            connectTimeout,
                            readTimeout,
                            EmitterSettings.DEFAULT_BACK_OFF)));
        }
    }
}
