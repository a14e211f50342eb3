package com.example.plain;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.Scope;
import java.io.IOException;

/** Builds the context of each request from its headers and makes it current while the request is handled. */
final class EventContextFilter extends Filter {

    private final EventContextFactory contexts;

    EventContextFilter(String environment) {
        this.contexts = new EventContextFactory(environment, "plain-java");
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        EventContext context = contexts.fromHeaders(exchange.getRequestHeaders()::getFirst, null);
        exchange.getResponseHeaders().set(EventContextFactory.REQUEST_ID, context.correlationId());
        try (Scope scope = context.makeCurrent()) {
            chain.doFilter(exchange);
        }
    }

    @Override
    public String description() {
        return "makes the context of the request current";
    }
}
