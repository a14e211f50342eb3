package dev.internalevents.client;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.protocol.FieldLimits;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.Tracker;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a call of {@code trackEvent} into an event: adds the request's context, asks the interceptors, applies the
 * limits of the collector, hands the event to the emitter and tells the listeners. Throws only
 * {@link RefusedEventException} and what {@link ForeignCode} passes on. Safe for use by any number of threads.
 */
final class EventTracker {

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventsClient.class);
    private static final String PLATFORM = "srv";

    /** Null for a client that sends nothing. */
    private final @Nullable Emitter emitter;

    private final EventInterceptor[] interceptors;
    private final EventListener[] listeners;
    private final @Nullable Function<Long, @Nullable Long> namespaces;
    private final TrackedEvent.Origin origin;
    private final EventContext defaultContext;
    private final boolean sendUserId;
    private final EventLimits limits;

    /** Null if every event may be sent. */
    private final @Nullable UsageDataOptOut optOut;

    /** Null if the client adds no context by itself. */
    private final @Nullable AutomaticContexts automaticContexts;

    /** Null if no application code, which might track events in turn, is called for an event. */
    private final @Nullable Reentrance reentrance;

    EventTracker(InternalEventsClientBuilder builder, @Nullable Emitter emitter, EventLimits limits) {
        this.emitter = emitter;
        this.limits = limits;
        this.interceptors = builder.interceptors.toArray(EventInterceptor[]::new);
        this.listeners = builder.listeners.toArray(EventListener[]::new);
        this.namespaces = builder.namespaces;
        this.origin = new TrackedEvent.Origin(new Tracker(
                limits.setting("namespace", builder.namespace, FieldLimits.NAMESPACE),
                limits.setting("app_id", builder.appId, FieldLimits.APP_ID),
                PLATFORM,
                InternalEventsClient.TRACKER_VERSION));
        EventCatalogs catalogs = new EventCatalogs(builder.interceptors);
        this.optOut = builder.productUsageData
                ? null
                : new UsageDataOptOut(builder.appId, builder.selfHostedAi, catalogs, builder.optOutExempt);
        this.automaticContexts = AutomaticContexts.of(builder.aiContext, builder.servicePingContext, catalogs);
        this.reentrance = interceptors.length + listeners.length > 0 || namespaces != null || optOut != null
                ? new Reentrance(listeners.length)
                : null;
        this.defaultContext = builder.defaultContext;
        this.sendUserId = builder.sendUserId;
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
            String part = category == null || category.isEmpty() ? InternalEventsClient.DEFAULT_CATEGORY : category;
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
        return new TrackedEvent(
                origin,
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
}
