package dev.internalevents.spring.api;

import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Decides what callers of the event endpoint may track; a bean of the application. Without one, events with a namespace
 * or a project are rejected. Called by many threads at once; may block.
 */
public interface EventApiAccess {

    /**
     * Returns whether a caller may track events of a namespace and a project.
     *
     * @param namespaceId null if the event has none
     * @param projectId null if the event has none; at least one of the two is not null
     */
    boolean mayTrack(Principal caller, @Nullable Long namespaceId, @Nullable Long projectId);

    /**
     * Returns the user id that is sent with the caller's events, a whole number or a text of at most 255 characters.
     * Default: the principal's name. Override it if that is personal data, such as an e-mail address.
     */
    default Object userId(Principal caller) {
        return caller.getName();
    }
}
