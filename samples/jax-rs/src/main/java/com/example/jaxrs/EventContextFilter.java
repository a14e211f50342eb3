package com.example.jaxrs;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.RequestTracking;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Builds the context of each request from its headers and makes it current on the thread that serves the request. */
@Provider
public final class EventContextFilter implements ContainerRequestFilter, ContainerResponseFilter {

    private static final String CORRELATION_ID = "correlation_id";

    private final EventContextFactory contexts;

    public EventContextFilter(String environment) {
        this.contexts = new EventContextFactory(environment, "jax-rs");
    }

    @Override
    public void filter(ContainerRequestContext request) {
        // A request that failed without a response leaves its context on the thread: JAX-RS then calls no filter.
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
