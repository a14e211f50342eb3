package com.example.kotlin

import com.sun.net.httpserver.Filter
import com.sun.net.httpserver.HttpExchange
import dev.internalevents.client.EventContextFactory

/** Builds the context of each request from its headers and makes it current while the request is handled. */
class EventContextFilter(environment: String) : Filter() {

    private val contexts = EventContextFactory(environment, "kotlin")

    override fun doFilter(exchange: HttpExchange, chain: Chain) {
        val context = contexts.fromHeaders({ name -> exchange.requestHeaders.getFirst(name) }, null)
        exchange.responseHeaders.set(EventContextFactory.REQUEST_ID, context.correlationId())
        context.makeCurrent().use { chain.doFilter(exchange) }
    }

    override fun description() = "makes the context of the request current"
}
