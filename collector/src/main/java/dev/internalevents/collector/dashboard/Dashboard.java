package dev.internalevents.collector.dashboard;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.JsonWriter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The dashboard: its files, and what its page asks for. */
public final class Dashboard {

    private static final int MAX_ROWS = 500;

    private final Vertx vertx;
    private final EventStore store;
    private final DashboardFiles files = new DashboardFiles();

    public Dashboard(Vertx vertx, EventStore store) {
        this.vertx = vertx;
        this.store = store;
    }

    /**
     * Answers a request, if it is one of the dashboard's.
     *
     * @param path below {@code /micro}, with a leading slash
     * @return whether it was
     */
    public boolean handle(HttpServerRequest request, String path) {
        if (!path.equals("/ui") && !path.startsWith("/ui/")) {
            return false;
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            request.response().putHeader("Allow", "GET");
            Answers.error(request, 405, request.path() + " takes GET");
        } else if (path.equals("/ui/api/events")) {
            rows(request);
        } else if (path.startsWith("/ui/api/events/")) {
            detail(request, path.substring("/ui/api/events/".length()));
        } else {
            return files.handle(request, path.substring("/ui".length()));
        }
        return true;
    }

    private void rows(HttpServerRequest request) {
        long after = number(request.getParam("after"), 0);
        long before = number(request.getParam("before"), Long.MAX_VALUE);
        int limit = (int) Math.min(number(request.getParam("limit"), MAX_ROWS), MAX_ROWS);
        Predicate<StoredEvent> matching = matching(request.getParam("status"), request.getParam("name"));
        vertx.executeBlocking(
                        () -> {
                            EventStore.Summary summary = store.summary();
                            JsonWriter json = new JsonWriter(4096).beginObject();
                            json.name("summary").value(EventRows.summary(summary));
                            json.name("events").beginArray();
                            store.newest(
                                            event -> event.number() > after
                                                    && event.number() < before
                                                    && event.number() <= summary.last()
                                                    && matching.test(event),
                                            limit)
                                    .forEach(event -> json.value(EventRows.row(event)));
                            return json.endArray().endObject().toString();
                        },
                        false)
                .onSuccess(json -> Answers.jsonText(request, 200, json))
                .onFailure(e -> Answers.error(request, 500, String.valueOf(e)));
    }

    private static Predicate<StoredEvent> matching(@Nullable String status, @Nullable String name) {
        String part = name == null ? "" : name.strip().toLowerCase(Locale.ROOT);
        return event -> (status == null
                        || status.isEmpty()
                        || status.equals("good") == (event.event() instanceof GoodEvent))
                && (part.isEmpty()
                        || EventRows.name(event).toLowerCase(Locale.ROOT).contains(part));
    }

    private void detail(HttpServerRequest request, String number) {
        Optional<StoredEvent> event = store.find(number(number, -1));
        if (event.isEmpty()) {
            Answers.error(
                    request,
                    404,
                    "This event is not held any more: the collector was reset or restarted, or"
                            + " newer events took its place.");
        } else {
            Answers.json(request, EventRows.detail(event.get()));
        }
    }

    private static long number(@Nullable String text, long otherwise) {
        try {
            return text == null ? otherwise : Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
