package com.example.plain;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.settings.InternalEventSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Accepts orders over HTTP: {@code POST /orders}. */
public final class Shop implements AutoCloseable {

    private final InternalEventsClient internalEvents;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(8);

    private Shop(InternalEventsClient internalEvents, HttpServer server) {
        this.internalEvents = internalEvents;
        this.server = server;
    }

    public static void main(String[] args) throws IOException {
        // The variables AIGW_…, and the file .env in the working directory
        InternalEventSettings settings = InternalEventSettings.fromEnvironment("AIGW");
        InternalEventsClient internalEvents =
                InternalEventsClient.builder(settings).shutdownHook(false).build();
        Shop shop = start(internalEvents, settings.environment(), 8080);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            shop.close();
            internalEvents.close(); // last, because requests in progress still track events
        }));
    }

    static Shop start(InternalEventsClient internalEvents, String environment, int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        Shop shop = new Shop(internalEvents, server);
        HttpContext orders = server.createContext("/orders", shop::placeOrder);
        orders.getFilters().add(new EventContextFilter(environment));
        server.setExecutor(shop.threads);
        server.start();
        return shop;
    }

    private void placeOrder(HttpExchange exchange) throws IOException {
        try (exchange) {
            internalEvents.event("place_order").label("card").value(1_250).track();
            exchange.sendResponseHeaders(204, -1);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(5);
        threads.shutdown();
    }
}
