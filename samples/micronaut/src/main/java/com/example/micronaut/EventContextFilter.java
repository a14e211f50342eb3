package com.example.micronaut;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.settings.InternalEventSettings;
import io.micronaut.core.propagation.MutablePropagatedContext;
import io.micronaut.core.propagation.ThreadPropagatedContextElement;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;

/** Builds the context of each request from its headers and makes it current on every thread that serves the request. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class EventContextFilter {

    private static final String CORRELATION_ID = "correlation_id";

    private final EventContextFactory contexts;

    EventContextFilter(InternalEventSettings settings) {
        this.contexts = new EventContextFactory(settings.environment(), "micronaut");
    }

    @RequestFilter
    void begin(HttpRequest<?> request, MutablePropagatedContext propagated) {
        EventContext context = contexts.fromHeaders(request.getHeaders()::get, null);
        request.setAttribute(CORRELATION_ID, context.correlationId());
        propagated.add(new EventTracking(new RequestTracking(context)));
    }

    @ResponseFilter
    void end(HttpRequest<?> request, MutableHttpResponse<?> response) {
        request.getAttribute(CORRELATION_ID, String.class)
                .ifPresent(id -> response.getHeaders().set(EventContextFactory.REQUEST_ID, id));
    }

    /** Micronaut sets and restores it on each thread that runs a part of the request. */
    private record EventTracking(RequestTracking tracking) implements ThreadPropagatedContextElement<Boolean> {

        @Override
        public Boolean updateThreadContext() {
            RequestTracking.attach(tracking);
            return true;
        }

        @Override
        public void restoreThreadContext(Boolean attached) {
            RequestTracking.detach();
        }
    }
}
