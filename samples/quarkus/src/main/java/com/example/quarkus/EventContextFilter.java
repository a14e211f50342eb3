package com.example.quarkus;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.settings.InternalEventSettings;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Builds the context of each request from its headers; {@link Tracked} makes it current. */
@Provider
public class EventContextFilter implements ContainerRequestFilter, ContainerResponseFilter {

    private final EventContextFactory contexts;
    private final CurrentRequest current;

    public EventContextFilter(InternalEventSettings settings, CurrentRequest current) {
        this.contexts = new EventContextFactory(settings.environment(), "quarkus");
        this.current = current;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        current.set(new RequestTracking(contexts.fromHeaders(request::getHeaderString, null)));
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        RequestTracking tracking = current.get();
        if (tracking != null) {
            response.getHeaders()
                    .putSingle(
                            EventContextFactory.REQUEST_ID, tracking.context().correlationId());
        }
    }
}
