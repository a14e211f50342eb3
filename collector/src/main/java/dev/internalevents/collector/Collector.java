package dev.internalevents.collector;

import dev.internalevents.collector.processing.Processor;
import dev.internalevents.store.EventStore;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A running collector. It accepts tracker requests, serves Micro's API under {@code /micro} and redirects {@code /} to
 * the dashboard. Thread-safe. Any number can run in one process, each on its own port.
 */
public final class Collector implements AutoCloseable {

    private final CollectorSettings settings;
    private final Vertx vertx;
    private final CollectorParts parts;
    private final HttpListener listener;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Collector(CollectorSettings settings, Vertx vertx, CollectorParts parts, HttpListener listener) {
        this.settings = settings;
        this.vertx = vertx;
        this.parts = parts;
        this.listener = listener;
    }

    /**
     * Starts a collector and blocks until it accepts requests. The store may still be opening at that point.
     *
     * @throws IllegalArgumentException if the folder contains something else or the certificate cannot be read; the
     *     message names the setting
     * @throws IOException if it cannot listen or cannot use its folder; the message says what to do
     */
    public static Collector start(CollectorSettings settings) throws IOException {
        Storage storage = Storage.open(settings);
        Vertx vertx = HttpListener.vertx(settings);
        try {
            CollectorParts parts = CollectorParts.start(settings, storage, vertx);
            try {
                return new Collector(
                        settings,
                        vertx,
                        parts,
                        HttpListener.start(settings, vertx, parts.connections(), parts.routes()));
            } catch (IOException | RuntimeException e) {
                parts.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            vertx.close();
            storage.close();
            throw e;
        }
    }

    public int port() {
        return listener.port();
    }

    /** Returns the address of the tracker endpoints and the dashboard, such as {@code http://127.0.0.1:9091}. */
    public String url() {
        return (settings.tlsFile() == null ? "http://" : "https://") + settings.host() + ":" + port();
    }

    /** Returns the store for reading. Blocks until it is open. */
    public EventStore store() {
        return processor().store().join();
    }

    /** Returns the processor, which counts the received requests and their outcome. */
    public Processor processor() {
        return parts.processor();
    }

    /** Returns for example {@code Collector http://127.0.0.1:9091}. */
    @Override
    public String toString() {
        return "Collector " + url();
    }

    /**
     * Shuts down gracefully: stops accepting requests, waits up to five seconds for requests in flight, drains the
     * spool for up to thirty seconds, and closes. A second call does nothing.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        parts.stopAccepting();
        listener.shutDown();
        parts.close();
        HttpListener.await(vertx.close());
    }
}
