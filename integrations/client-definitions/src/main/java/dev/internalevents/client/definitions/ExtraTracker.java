package dev.internalevents.client.definitions;

import dev.internalevents.client.EventDetails;

/**
 * A second destination of events, beside the collector. Definitions name it in {@code extra_trackers}, with the
 * {@code protected_properties} that only it may receive:
 *
 * <pre>
 * extra_trackers:
 * - tracking_class: Gitlab::Tracking::AiTracking
 *   protected_properties:
 *     branch_name:
 *       description: The branch on which the user works
 * </pre>
 *
 * <p>Register it with {@link DefinedEvents#extraTrackers}; the Spring Boot starter registers every bean of this type.
 * Such a bean exists before the client does: if it tracks events itself, inject an
 * {@code ObjectProvider<InternalEventsClient>}.
 */
public interface ExtraTracker {

    /** Returns the {@code tracking_class} of the definitions whose events it receives; called once. */
    String trackingClass();

    /**
     * Receives an event whose definition names this tracker. Its additional properties are the declared ones and those
     * protected for this tracker, with the values the caller tracked; nothing else receives the protected ones. An
     * event that is only counted ({@link EventDetails#delivery()} is false) is not passed on.
     *
     * <p>Called on the thread that tracks, by any number of threads at once, before the client accepts the event; it
     * must not block. Exceptions are logged without their message, which may contain values, and the event is sent
     * anyway. Events that it tracks itself go to the collector, not to extra trackers.
     */
    void track(EventDetails event);
}
