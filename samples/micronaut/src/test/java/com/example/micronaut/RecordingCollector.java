package com.example.micronaut;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server in place of the collector that records the events it receives, and the client that sends to it. */
@Singleton
final class RecordingCollector {

    private final BlockingQueue<TrackerPayload> received = new LinkedBlockingQueue<>();
    private final HttpServer server;

    RecordingCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            for (PayloadData.Entry entry :
                    PayloadData.decode(exchange.getRequestBody().readAllBytes())) {
                received.add(((PayloadData.Event) entry).payload());
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Returns the next event; null if none arrives within 30 seconds. */
    TrackerPayload next() throws InterruptedException {
        return received.poll(30, TimeUnit.SECONDS);
    }

    @PreDestroy
    void stop() {
        server.stop(0);
    }

    @Factory
    static final class Clients {

        @Singleton
        @Bean(preDestroy = "close")
        @Replaces(bean = InternalEventsClient.class, factory = InternalEvents.class)
        InternalEventsClient client(RecordingCollector collector) {
            return InternalEventsClient.builder()
                    .endpoint(collector.url())
                    .appId("shop")
                    .sendUserId(true)
                    .batchSize(1)
                    .build();
        }
    }
}
