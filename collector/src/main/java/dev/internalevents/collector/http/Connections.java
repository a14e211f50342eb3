package dev.internalevents.collector.http;

import io.vertx.core.http.HttpConnection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts open connections. Those over the limit are rejected when their first request arrives. Thread-safe. */
public final class Connections {

    private final int max;
    private final AtomicInteger open = new AtomicInteger();
    private final Set<HttpConnection> over = ConcurrentHashMap.newKeySet();

    public Connections(int max) {
        this.max = max;
    }

    public void add(HttpConnection connection) {
        if (open.incrementAndGet() > max) {
            over.add(connection);
        }
        connection.closeHandler(closed -> {
            open.decrementAndGet();
            over.remove(connection);
        });
    }

    public boolean isOver(HttpConnection connection) {
        return !over.isEmpty() && over.contains(connection);
    }

    public int open() {
        return open.get();
    }
}
