package dev.internalevents.client;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.client.internal.emitter.ShutdownHook;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.protocol.ValueCopy;
import java.lang.constant.Constable;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tracks internal events. Each event is recorded with the request's context as of the call, queued in a bounded queue
 * or an {@link InternalEventsClientBuilder#outbox outbox} on disk, and sent to a collector in batches by the client's
 * own threads, which retry until the collector accepts it.
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
public final class InternalEventsClient extends EventsClient {

    /** The category of an event without one: {@value}. */
    public static final String DEFAULT_CATEGORY = "default_category";

    /** The tracker version sent with each event: {@code internal-events-jvm-} and the version of this library. */
    public static final String TRACKER_VERSION = "internal-events-jvm-" + ProductVersion.CURRENT;

    private final EventTracker tracker;
    private final EventLimits limits = new EventLimits();
    private final int maxCopiedBytes;

    InternalEventsClient(InternalEventsClientBuilder builder, @Nullable Emitter emitter) {
        super(
                builder.enabled,
                emitter,
                builder.closeTimeout,
                emitter != null && builder.shutdownHook ? shutdownHook(emitter, builder.closeTimeout) : null);
        this.tracker = new EventTracker(builder, emitter, limits);
        // A copy counts a number as eight bytes or more, although JSON may need only one.
        this.maxCopiedBytes = Math.max(ValueCopy.DEFAULT_MAX_BYTES, builder.maxRequestBytes);
    }

    private static ShutdownHook shutdownHook(Emitter emitter, Duration timeout) {
        return ShutdownHook.add(
                "internal-events-shutdown",
                () -> emitter.sendLast(timeout, ExitOfJvm.isByItself() ? 0 : QUIET_NANOS, OpenRequests::isAny));
    }

    public static InternalEventsClientBuilder builder() {
        return new InternalEventsClientBuilder();
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
    public static InternalEventsClientBuilder builder(InternalEventSettings settings) {
        return new InternalEventsClientBuilder(settings);
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
    public static InternalEventsClientBuilder builderFromEnvironment(String prefix) {
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
            tracker.track(name, null, DEFAULT_CATEGORY, null);
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
            tracker.track(name, null, limits.categoryOf(category), null);
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
            tracker.track(name, properties, DEFAULT_CATEGORY, null);
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
            tracker.track(name, properties, category, null);
        }
    }

    /**
     * Returns a builder for an event with further arguments, for example its user:
     * {@code event("order_paid").user(42).category("checkout").track()}. Nothing is tracked before
     * {@link EventBuilder#track()}.
     *
     * @param name 1 to 1,000 characters, not blank; an event with another name is dropped as
     *     {@link DropReason#UNREADABLE}
     */
    public EventBuilder event(@Nullable String name) {
        return enabled ? new EventBuilder(this, name, maxCopiedBytes) : EventBuilder.DISABLED;
    }

    /**
     * Returns, by field, how many values were cut or left out because they exceeded the limit of the field; see
     * {@link EventBuilder} and {@link EventContextBuilder} for the limits. Context fields are counted when they are
     * set, for all clients of the process. A disabled client counts only contexts.
     */
    public Map<String, Long> cutValues() {
        return limits.counts();
    }

    boolean isOutboxUsable() {
        return emitter == null || emitter.isOutboxUsable();
    }

    /** @param overrides if not null, contains the properties */
    void track(
            @Nullable String name,
            @Nullable AdditionalProperties properties,
            @Nullable String category,
            @Nullable EventBuilder overrides) {
        if (enabled) {
            tracker.track(name, properties, category, overrides);
        }
    }
}
