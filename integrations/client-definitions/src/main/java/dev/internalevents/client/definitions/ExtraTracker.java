package dev.internalevents.client.definitions;

import dev.internalevents.client.EventDetails;

/**
 * A second destination of events, beside the collector. Definitions name it in {@code extra_trackers}, with the {@code
 * protected_properties} that it alone may get:
 *
 * <pre>
 * extra_trackers:
 * - tracking_class: Gitlab::Tracking::AiTracking
 *   protected_properties:
 *     branch_name:
 *       description: The branch on which the user works
 * </pre>
 *
 * <p>Register it with {@link DefinedEvents#extraTrackers}; the Spring Boot starter registers every bean of this type. Such
 * a bean exists before the client does: one that tracks itself asks for an {@code ObjectProvider<InternalEventsClient>}.
 */
public interface ExtraTracker {

    /** The {@code tracking_class} of the definitions whose events it gets; asked once. */
    String trackingClass();

    /**
     * Takes an event whose definition names this tracker. Its additional properties are the declared ones and those that
     * are protected for this tracker, as the caller tracked them; nobody else gets the latter.
     * An event that is only counted ({@link EventDetails#delivery()} is false) does not come here.
     *
     * <p>Called on the thread that tracks, any number of threads at once, before the client takes the event; it must not
     * block. What it throws is logged without its message, which may contain values, and the event goes on. What it
     * tracks itself goes to the collector, not to extra trackers.
     */
    void track(EventDetails event);
}
