package com.example.kotlin

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import dev.internalevents.client.InternalEventsClient
import dev.internalevents.client.settings.InternalEventSettings
import java.net.InetAddress
import java.net.InetSocketAddress
import java.util.concurrent.Executors
import kotlin.concurrent.thread
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

/** Accepts orders over HTTP: `POST /orders`. */
class Shop(private val internalEvents: InternalEventsClient, environment: String, port: Int) : AutoCloseable {

    private val threads = Executors.newFixedThreadPool(8)
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0)

    val port: Int
        get() = server.address.port

    init {
        server.createContext("/orders", ::placeOrder).filters.add(EventContextFilter(environment))
        server.executor = threads
        server.start()
    }

    private fun placeOrder(exchange: HttpExchange) = exchange.use {
        runBlocking(EventTracking()) { pay() }
        exchange.sendResponseHeaders(204, -1)
    }

    /** Runs on another thread; the event has the context of the request. */
    private suspend fun pay() = withContext(Dispatchers.IO) {
        internalEvents.event("place_order").label("card").value(1_250).track()
    }

    override fun close() {
        server.stop(5)
        threads.shutdown()
    }
}

fun main() {
    // The variables AIGW_…, and the file .env in the working directory
    val settings = InternalEventSettings.fromEnvironment("AIGW")
    val internalEvents = InternalEventsClient.builder(settings).shutdownHook(false).build()
    val shop = Shop(internalEvents, settings.environment(), 8080)
    Runtime.getRuntime().addShutdownHook(thread(start = false) {
        shop.close()
        internalEvents.close() // last, because requests in progress still track events
    })
}
