package dev.internalevents.collector.http;

import io.vertx.core.http.HttpConnection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts open connections; those beyond the limit are told so by their first request. */
public final class Connections {

    private final int most;
    private final AtomicInteger open = new AtomicInteger();
    private final Set<HttpConnection> over = ConcurrentHashMap.newKeySet();

    public Connections(int most) {
        this.most = most;
    }

    public void add(HttpConnection connection) {
        if (open.incrementAndGet() > most) {
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
