package dev.internalevents.collector.micro;

import dev.internalevents.collector.query.EventParts;
import dev.internalevents.collector.query.StoreQueries;
import dev.internalevents.collector.query.TestSession;
import dev.internalevents.protocol.Json;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.FlatEvent;
import dev.internalevents.store.StoredEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /micro/stream}: sends server-sent events. First {@code rights}, then, at most ten times a second, it sends
 * {@code summary} if the store has changed, and {@code processed} for each new event: at most the newest hundred each
 * time, in about {@value #MAX_BYTES} bytes. An event of more than {@value #LARGE_BYTES} bytes is sent as its number,
 * validity and title, with {@code "large":true}.
 *
 * <p>A slow reader misses updates and does not delay others. The connection of a reader that reads nothing for a minute
 * is closed. While the store is unavailable, a stream stays open and sends only keep-alives.
 */
public final class LiveStream {

    private static final long LOOK_MILLIS = 100;
    private static final long KEEP_ALIVE_LOOKS = 150;
    private static final long STALLED_LOOKS = 600;
    private static final int MAX_READERS = 200;
    private static final int MAX_EVENTS = 100;
    private static final int MAX_BYTES = 256 << 10;
    private static final int LARGE_BYTES = 64 << 10;
    private static final int MAX_FINDS = 4;
    private static final Buffer KEEP_ALIVE = Buffer.buffer(":\n\n");

    private final StoreQueries queries;
    private final Function<HttpServerRequest, Rights> rights;
    private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicBoolean changed = new AtomicBoolean();
    // The fields below are confined to the thread that looks for changes.
    private boolean looking;
    private long last = -1;
    private long looks;

    /** A connection that receives the stream. Its fields are confined to its own thread, unless noted otherwise. */
    private final class Reader {
        private final HttpServerResponse response;
        private final Optional<String> session;
        private final Context context = Vertx.currentContext();
        private final AtomicBoolean over = new AtomicBoolean();
        /** Whether it still waits for its first summary. Confined to the thread that looks for changes. */
        private boolean isNew = true;

        private long fullSince;

        private Reader(HttpServerResponse response, @Nullable String session) {
            this.response = response;
            this.session = Optional.ofNullable(session);
        }

        private void leave() {
            if (!over.getAndSet(true)) {
                open.decrementAndGet();
                readers.remove(this);
            }
        }

        /** Writes a text, or skips it if the connection is full. */
        private void write(Buffer text, long look) {
            context.runOnContext(now -> {
                if (over.get() || response.closed() || response.ended()) {
                    leave();
                } else if (!response.writeQueueFull()) {
                    fullSince = 0;
                    response.write(text);
                } else if (fullSince == 0) {
                    fullSince = look;
                } else if (look - fullSince > STALLED_LOOKS) {
                    leave();
                    response.reset();
                }
            });
        }

        private void end() {
            context.runOnContext(now -> {
                if (!response.ended() && !response.closed()) {
                    response.end();
                }
            });
        }
    }

    /**
     * An update to send.
     *
     * @param last the number of the newest event
     * @param texts the texts by session; the empty session stands for all events
     */
    private record News(long last, Map<Optional<String>, Buffer> texts) {}

    /**
     * What the sender of a request may change, so that a page does not offer what would be rejected.
     *
     * @param change whether changes are allowed, such as processing a failed event again
     * @param reset whether removing events is allowed
     */
    public record Rights(boolean change, boolean reset) {}

    private LiveStream(StoreQueries queries, Function<HttpServerRequest, Rights> rights) {
        this.queries = queries;
        this.rights = rights;
    }

    /**
     * Starts to look for changes.
     *
     * @param rights returns what the sender of a request may change; called on the request's thread
     */
    public static LiveStream start(Vertx vertx, StoreQueries queries, Function<HttpServerRequest, Rights> rights) {
        LiveStream live = new LiveStream(queries, rights);
        queries.processor().onChange(() -> live.changed.set(true));
        vertx.setPeriodic(LOOK_MILLIS, timer -> live.look());
        return live;
    }

    /** Answers a request with the stream, limited to a session if it names one. */
    public void open(HttpServerRequest request) {
        if (request.method().equals(HttpMethod.HEAD)) {
            headers(request.response()).end();
            return;
        }
        if (open.incrementAndGet() > MAX_READERS) {
            open.decrementAndGet();
            StoreQueries.busy(request, MAX_READERS + " streams are open already; close one and try again");
            return;
        }
        HttpServerResponse response = request.response();
        if (request.version() != HttpVersion.HTTP_2) {
            response.setChunked(true);
        }
        headers(response);
        Reader reader = new Reader(response, TestSession.of(request));
        response.closeHandler(closed -> reader.leave());
        response.exceptionHandler(broken -> reader.leave());
        response.write(KEEP_ALIVE);
        response.write(text(rights.apply(request)));
        readers.add(reader);
        if (response.closed()) {
            reader.leave();
        }
    }

    private static Buffer text(Rights rights) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("change", rights.change());
        json.put("reset", rights.reset());
        return Buffer.buffer("event: rights\ndata: " + Json.write(json) + "\n\n");
    }

    private static HttpServerResponse headers(HttpServerResponse response) {
        return response.putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
    }

    /** Ends every stream, because an open one would delay the server's shutdown. */
    public void close() {
        readers.forEach(Reader::end);
        readers.clear();
    }

    /** Looks for changes. Always runs on the same event loop thread. */
    private void look() {
        looks++;
        if (looks % KEEP_ALIVE_LOOKS == 0) {
            readers.forEach(reader -> reader.write(KEEP_ALIVE, looks));
        }
        EventStore store = queries.openStore();
        if (looking || store == null) {
            return;
        }
        boolean all = changed.getAndSet(false) || last < 0;
        List<Reader> listening =
                readers.stream().filter(reader -> all || reader.isNew).toList();
        if (listening.isEmpty() && !all) {
            return;
        }
        looking = true;
        long after = last;
        boolean events = all && after >= 0 && !listening.isEmpty();
        Set<Optional<String>> sessions =
                listening.stream().map(reader -> reader.session).collect(Collectors.toSet());
        Context context = Vertx.currentContext();
        var unused = queries.ask(now -> news(now, events ? after : -1, sessions), queries.readers())
                .whenComplete((news, e) -> context.runOnContext(now -> {
                    looking = false;
                    if (e == null) {
                        last = all ? news.last() : last;
                        listening.forEach(reader -> send(reader, news));
                    } else {
                        changed.compareAndSet(false, all);
                    }
                }));
    }

    private void send(Reader reader, News news) {
        Buffer text = news.texts().get(reader.session);
        reader.isNew = false;
        if (text != null) {
            reader.write(text, looks);
        }
    }

    /** Creates each session's text once, for any number of readers. */
    private News news(EventStore store, long after, Set<Optional<String>> sessions) {
        long last = store.summary(null).last();
        List<StoredEvent> kept = new ArrayList<>();
        Map<Long, String> rows = after >= 0 && last > after ? rows(store, after, kept) : Map.of();
        Map<Optional<String>, Buffer> texts = new HashMap<>();
        for (Optional<String> session : sessions) {
            StringBuilder text = new StringBuilder();
            for (int i = kept.size() - 1; i >= 0; i--) {
                if (kept.get(i).isOf(session.orElse(null))) {
                    text.append("event: processed\ndata: ")
                            .append(rows.get(kept.get(i).number()))
                            .append("\n\n");
                }
            }
            EventStore.Summary summary = store.summary(session.orElse(null), queries.isCompat());
            text.append("event: summary\ndata: ")
                    .append(Json.write(EventRows.state(summary)))
                    .append("\n\n");
            texts.put(session, Buffer.buffer(text.toString().getBytes(StandardCharsets.UTF_8)));
        }
        return new News(last, texts);
    }

    /**
     * Returns the rows of the newest events, up to the limits of an update; adds the events to the list, newest first.
     */
    private static Map<Long, String> rows(EventStore store, long after, List<StoredEvent> kept) {
        Map<Long, String> rows = new HashMap<>();
        long bytes = 0;
        EventQuery query = EventQuery.ALL.after(after).withRepeats(true);
        List<StoredEvent> some = store.find(query, 0, MAX_EVENTS, MAX_BYTES);
        for (int looks = 1; !some.isEmpty(); looks++) {
            for (StoredEvent event : some) {
                String row = row(event);
                bytes += row.length();
                if (!rows.isEmpty() && bytes > MAX_BYTES) {
                    return rows;
                }
                rows.put(event.number(), row);
                kept.add(event);
            }
            // A find returns few events if they are large; limit the finds rather than read all of them for their
            // titles.
            if (rows.size() >= MAX_EVENTS || looks == MAX_FINDS) {
                return rows;
            }
            long oldest = some.get(some.size() - 1).number();
            some = store.find(query.before(oldest), 0, MAX_EVENTS - rows.size(), MAX_BYTES);
        }
        return rows;
    }

    private static String row(StoredEvent event) {
        if (EventParts.contentBytes(event.event()) <= LARGE_BYTES) {
            String row = Json.write(EventRows.row(event));
            if (row.length() <= LARGE_BYTES) {
                return row;
            }
        }
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("number", event.number());
        row.put("valid", event.isGood());
        row.put("title", shortened(FlatEvent.title(event)));
        if (event.repeat()) {
            row.put("repeat", true);
        }
        row.put("large", true);
        return Json.write(row);
    }

    private static String shortened(String title) {
        return title.length() <= EventStore.MAX_VALUE_CHARS
                ? title
                : title.substring(0, EventStore.MAX_VALUE_CHARS) + "…";
    }
}
