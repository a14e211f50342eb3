package dev.internalevents.servlet;

import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import org.slf4j.MDC;

/** Takes the MDC entry of {@link InternalEventFilter} back when the request leaves the thread. */
public final class InternalEventRequestListener implements ServletRequestListener {

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
        MDC.remove(InternalEventFilter.TRACKED_INTERNAL_EVENTS);
    }
}
