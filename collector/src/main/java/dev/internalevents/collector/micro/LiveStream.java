package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.store.EventQuery;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.protocol.Json;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /micro/stream}, server-sent events: {@code summary} when what is held has changed, ten times a second at
 * most, and {@code processed} for each new event, the newest hundred of each moment. A slow reader misses some, and holds
 * up nobody.
 */
public final class LiveStream {

    private static final long LOOK_MILLIS = 100;
    private static final long KEEP_ALIVE_LOOKS = 150;
    private static final int MAX_READERS = 200;
    private static final int MAX_EVENTS = 100;

    private final Stores stores;
    private final Map<HttpServerResponse, Reader> readers = new ConcurrentHashMap<>();
    private final AtomicBoolean changed = new AtomicBoolean();
    private boolean looking;
    private final AtomicLong last = new AtomicLong(-1);
    private long looks;

    private record Reader(@Nullable String session, Context context) {}

    /** What there is to tell. */
    private record News(EventStore.Summary summary, List<StoredEvent> events) {}

    public LiveStream(Vertx vertx, Stores stores) {
        this.stores = stores;
        stores.processor().onChange(() -> changed.set(true));
        // Called as the store opens, before anything is processed into it: nothing that is new is missed.
        var unused = stores.processor().store().thenAccept(store -> {
            last.set(store.summary(null).last());
            changed.set(true);
        });
        vertx.setPeriodic(LOOK_MILLIS, timer -> look());
    }

    /** Answers a request with the stream; of a session, if it names one. */
    public void open(HttpServerRequest request, @Nullable String session) {
        if (readers.size() >= MAX_READERS) {
            request.response().putHeader("Retry-After", "10");
            Answers.error(request, 503, MAX_READERS + " pages are listening already");
            return;
        }
        HttpServerResponse response = request.response();
        if (request.version() != HttpVersion.HTTP_2) {
            response.setChunked(true);
        }
        response.putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
        response.closeHandler(closed -> readers.remove(response));
        response.exceptionHandler(broken -> readers.remove(response));
        response.write(":\n\n");
        Context context = Vertx.currentContext();
        var unused = stores.ask(store -> store.summary(session))
                .thenAccept(summary -> context.runOnContext(now -> {
                    if (!response.closed() && !response.ended()) {
                        response.write(summary(summary));
                        readers.put(response, new Reader(session, context));
                    }
                }));
    }

    /** Ends every stream: an open one would keep the server from stopping. */
    public void close() {
        readers.forEach((response, reader) -> reader.context().runOnContext(now -> {
            if (!response.ended() && !response.closed()) {
                response.end();
            }
        }));
        readers.clear();
    }

    /** Runs on one thread of the event loop, always the same. */
    private void look() {
        looks++;
        if (looks % KEEP_ALIVE_LOOKS == 0) {
            readers.forEach((response, reader) -> write(response, reader, ":\n\n"));
        }
        if (looking || !changed.getAndSet(false)) {
            return;
        }
        looking = true;
        long after = last.get();
        Context context = Vertx.currentContext();
        var unused = stores.ask(store -> news(store, after))
                .whenComplete((news, e) -> context.runOnContext(now -> {
                    looking = false;
                    if (e == null) {
                        last.set(news.summary().last());
                        readers.forEach((response, reader) -> tell(response, reader, news));
                    }
                }));
    }

    private News news(EventStore store, long after) {
        EventStore.Summary summary = store.summary(null);
        boolean none = readers.isEmpty() || after < 0 || summary.last() <= after;
        return new News(summary, none ? List.of() : store.find(EventQuery.ALL.after(after), 0, MAX_EVENTS));
    }

    private void tell(HttpServerResponse response, Reader reader, News news) {
        StringBuilder text = new StringBuilder();
        List<StoredEvent> events = new ArrayList<>(news.events());
        for (int i = events.size() - 1; i >= 0; i--) {
            if (events.get(i).isOf(reader.session())) {
                text.append("event: processed\ndata: ")
                        .append(Json.write(EventRows.row(events.get(i))))
                        .append("\n\n");
            }
        }
        if (reader.session() == null) {
            write(response, reader, text.append(summary(news.summary())).toString());
        } else {
            var unused = stores.ask(store -> store.summary(reader.session()))
                    .thenAccept(own ->
                            write(response, reader, text.append(summary(own)).toString()));
        }
    }

    private static void write(HttpServerResponse response, Reader reader, String text) {
        reader.context().runOnContext(now -> {
            if (!response.closed() && !response.ended() && !response.writeQueueFull()) {
                response.write(text);
            }
        });
    }

    private static String summary(EventStore.Summary summary) {
        return "event: summary\ndata: " + Json.write(EventRows.state(summary)) + "\n\n";
    }
}
