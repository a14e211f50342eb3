package dev.internalevents.spring.api;

import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Says what the callers of the endpoint for events may track; a bean of the application. Without one, requests with a
 * namespace or a project are refused. Called by many threads at once; may block.
 */
public interface EventApiAccess {

    /**
     * Returns whether a caller may track events of a namespace and a project.
     *
     * @param namespaceId null if the event names none
     * @param projectId null if the event names none; one of the two is not null
     */
    boolean mayTrack(Principal caller, @Nullable Long namespaceId, @Nullable Long projectId);

    /**
     * Returns the id of a caller that is sent with his events, a whole number or a text of 255 characters at most. Default:
     * the principal's name. Override it if that is personal data, such as a mail address.
     */
    default Object userId(Principal caller) {
        return caller.getName();
    }
}
