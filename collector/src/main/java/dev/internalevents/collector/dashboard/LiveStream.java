package dev.internalevents.collector.dashboard;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.protocol.Json;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells open pages, as server-sent events, that the store has changed: ten times a second at most, and only what it
 * holds now, so that a slow reader falls behind in nothing.
 */
public final class LiveStream {

    private static final long LOOK_MILLIS = 100;
    private static final long KEEP_ALIVE_LOOKS = 150;
    private static final int MAX_READERS = 200;

    private final EventStore store;
    private final Set<HttpServerResponse> readers = ConcurrentHashMap.newKeySet();
    private EventStore.Summary told;
    private long looks;

    public LiveStream(Vertx vertx, EventStore store) {
        this.store = store;
        this.told = store.summary();
        vertx.setPeriodic(LOOK_MILLIS, timer -> look());
    }

    public void open(HttpServerRequest request) {
        if (readers.size() >= MAX_READERS) {
            request.response().putHeader("Retry-After", "10");
            Answers.error(request, 503, MAX_READERS + " pages are listening already");
            return;
        }
        HttpServerResponse response = request.response();
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
        response.closeHandler(closed -> readers.remove(response));
        response.exceptionHandler(broken -> readers.remove(response));
        response.write(message(store.summary()));
        readers.add(response);
    }

    /** Ends every stream: an open one would keep the server from stopping. */
    public void close() {
        readers.forEach(HttpServerResponse::end);
        readers.clear();
    }

    /** Runs on one thread of the event loop, always the same. */
    private void look() {
        looks++;
        EventStore.Summary now = store.summary();
        if (!now.equals(told)) {
            told = now;
            tell(message(now));
        } else if (looks % KEEP_ALIVE_LOOKS == 0) {
            tell(":\n\n");
        }
    }

    private void tell(String message) {
        readers.removeIf(reader -> reader.closed() || reader.ended());
        for (HttpServerResponse reader : readers) {
            if (!reader.writeQueueFull()) {
                reader.write(message);
            }
        }
    }

    private static String message(EventStore.Summary summary) {
        return "data: " + Json.write(EventRows.summary(summary)) + "\n\n";
    }
}
