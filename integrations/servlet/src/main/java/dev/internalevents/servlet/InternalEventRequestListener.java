package dev.internalevents.servlet;

import dev.internalevents.client.RequestTracking;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import org.slf4j.MDC;

/**
 * Removes what a request left on the container's thread when the request ends, and before the next one begins: the MDC
 * entry of {@link InternalEventFilter}, and scopes that the application did not close. Works without the filter too.
 */
public final class InternalEventRequestListener implements ServletRequestListener {

    /**
     * An asynchronous request ends on a different thread than it started on, so its first thread is cleaned up here.
     */
    @Override
    public void requestInitialized(ServletRequestEvent event) {
        free();
    }

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
        free();
    }

    private static void free() {
        MDC.remove(InternalEventFilter.TRACKED_INTERNAL_EVENTS);
        RequestTracking.clear();
    }
}
