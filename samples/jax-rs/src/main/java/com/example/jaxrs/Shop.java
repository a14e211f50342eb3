package com.example.jaxrs;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.settings.InternalEventSettings;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.jersey.grizzly2.httpserver.GrizzlyHttpServerFactory;
import org.glassfish.jersey.server.ResourceConfig;

/** Runs the resources on a server. */
public final class Shop implements AutoCloseable {

    private final HttpServer server;

    private Shop(HttpServer server) {
        this.server = server;
    }

    public static void main(String[] args) {
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

    static Shop start(InternalEventsClient internalEvents, String environment, int port) {
        ResourceConfig application = new ResourceConfig()
                .register(new Orders(internalEvents))
                .register(new EventContextFilter(environment));
        return new Shop(
                GrizzlyHttpServerFactory.createHttpServer(URI.create("http://127.0.0.1:" + port + "/"), application));
    }

    int port() {
        return server.getListener("grizzly").getPort();
    }

    @Override
    public void close() {
        server.shutdown(5, TimeUnit.SECONDS);
    }
}
