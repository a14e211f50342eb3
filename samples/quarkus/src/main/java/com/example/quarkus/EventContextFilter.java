package com.example.quarkus;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.settings.InternalEventSettings;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Builds the context of each request from its headers and makes it current on the thread that serves the request. */
@Provider
public class EventContextFilter implements ContainerRequestFilter, ContainerResponseFilter {

    private static final String CORRELATION_ID = "correlation_id";

    private final EventContextFactory contexts;

    public EventContextFilter(InternalEventSettings settings) {
        this.contexts = new EventContextFactory(settings.environment(), "quarkus");
    }

    @Override
    public void filter(ContainerRequestContext request) {
        // The response of the last request on this thread may have been sent by another thread.
        RequestTracking.clear();
        EventContext context = contexts.fromHeaders(request::getHeaderString, null);
        request.setProperty(CORRELATION_ID, context.correlationId());
        context.makeCurrent();
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        RequestTracking.clear();
        Object id = request.getProperty(CORRELATION_ID);
        if (id != null) {
            response.getHeaders().putSingle(EventContextFactory.REQUEST_ID, id);
        }
    }
}
