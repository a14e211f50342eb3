package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.ClassPathFile;
import dev.internalevents.collector.query.AnswerText;
import dev.internalevents.collector.query.EventParts;
import dev.internalevents.collector.query.QueryBodies;
import dev.internalevents.collector.query.SqlQuestions;
import dev.internalevents.collector.query.StoreQueries;
import dev.internalevents.collector.query.StreamedAnswer;
import dev.internalevents.collector.query.TestSession;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoredEvent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Micro's API, with additions such as single events, waiting for events, and test sessions. {@code /micro/openapi.json}
 * describes all of it.
 */
public final class MicroApi {

    private static final int MAX_BAD_LOOKED_AT = 100_000;
    private static final int STATS_TOGETHER = 50;
    private static final long MAX_STATS_BYTES = 8L << 20;

    private final StoreQueries queries;
    private final QueryBodies bodies;
    private final MicroFilters filters;
    private final AwaitEvents await;
    private final String openApi = new ClassPathFile("/dev/internalevents/collector/micro/openapi.json")
            .text()
            .replace("@version@", ProductVersion.CURRENT);

    public MicroApi(StoreQueries queries, QueryBodies bodies) {
        this.queries = queries;
        this.bodies = bodies;
        this.filters = new MicroFilters(queries.isCompat());
        this.await = new AwaitEvents(queries);
    }

    // Numbers

    /** {@code /micro/all}: answers with the numbers of events. */
    public void all(HttpServerRequest request) {
        String session = TestSession.of(request);
        queries.ask(
                request,
                store -> store.summary(session, queries.isCompat()),
                (to, summary) -> Answers.json(to, EventRows.summary(summary)));
    }

    /** {@code /micro/columns}: answers with the columns that events have. */
    public void columns(HttpServerRequest request) {
        String session = TestSession.of(request);
        queries.ask(request, store -> store.columns(session), Answers::json);
    }

    /** {@code /micro/columnStats}: answers with the values of columns. */
    public void columnStats(HttpServerRequest request) {
        String session = TestSession.of(request);
        bodies.read(request, body -> columnStats(request, filters.columns(body), session));
    }

    private void columnStats(HttpServerRequest request, List<String> columns, @Nullable String session) {
        text(request, store -> {
            AnswerText text = new AnswerText(queries.memory());
            try {
                return columnStats(store, columns, session, text).end();
            } catch (RuntimeException | Error e) {
                text.release();
                throw e;
            }
        });
    }

    private static AnswerText columnStats(
            EventStore store, List<String> columns, @Nullable String session, AnswerText text) {
        text.json().beginObject();
        // In batches, because hundreds of columns together can have very many values.
        for (int from = 0; from < columns.size(); from += STATS_TOGETHER) {
            List<String> some = columns.subList(from, Math.min(columns.size(), from + STATS_TOGETHER));
            store.columnStats(some, session).forEach((column, stats) -> {
                boolean room = text.length() < MAX_STATS_BYTES;
                text.json().name(column).beginObject();
                text.json().name("sortable").bool(stats.sortable());
                text.json().name("filterable").bool(stats.filterable());
                text.json().name("values");
                text.value(room ? stats.values() : List.of());
                text.json().endObject();
            });
        }
        text.json().endObject();
        return text;
    }

    /** {@code /micro/timeline}: answers with the numbers of events in periods of time. */
    public void timeline(HttpServerRequest request) {
        String session = TestSession.of(request);
        bodies.read(request, body -> timeline(request, filters.timeline(body, session)));
    }

    private void timeline(HttpServerRequest request, MicroFilters.Timeline asked) {
        queries.ask(
                request,
                store -> {
                    JsonWriter json =
                            new JsonWriter(4096).beginObject().name("points").beginArray();
                    for (EventStore.Point point : store.timeline(asked.buckets(), asked.query())) {
                        json.beginObject();
                        json.name("validEvents").number(point.good());
                        json.name("failedEvents").number(point.bad());
                        json.name("bucket").beginObject();
                        json.name("start").string(point.bucket().start().toString());
                        json.name("end").string(point.bucket().end().toString());
                        json.endObject().endObject();
                    }
                    return json.endArray().endObject();
                },
                Answers::json);
    }

    /** {@code /micro/sql}: answers with the rows of a SELECT. */
    public void sql(HttpServerRequest request) {
        bodies.read(request, body -> {
            String sql = filters.sql(body);
            text(request, store -> SqlQuestions.answer(store, sql, queries.memory()));
        });
    }

    // Events

    /** {@code /micro/good}: answers with good events, with a filter if it is a POST. */
    public void good(HttpServerRequest request) {
        String session = TestSession.of(request);
        if (request.method().equals(HttpMethod.POST)) {
            bodies.read(request, body -> list(request, filters.good(body, session)));
        } else {
            list(request, filters.allGood(session));
        }
    }

    private void list(HttpServerRequest request, MicroFilters.Selection selection) {
        EventParts events =
                new EventParts(queries.memory(), selection.query(), 0, selection.limit(), EventList::microJson);
        StreamedAnswer.json(queries, request, EventList.array(queries.memory(), events));
    }

    /** {@code /micro/bad}: answers with failed events, with a filter if it is a POST. */
    public void bad(HttpServerRequest request) {
        String session = TestSession.of(request);
        if (request.method().equals(HttpMethod.POST)) {
            bodies.read(request, body -> bad(request, filters.bad(body), session));
        } else {
            bad(request, new MicroFilters.Bad(null, null, MicroFilters.MAX_LIST), session);
        }
    }

    private void bad(HttpServerRequest request, MicroFilters.Bad asked, @Nullable String session) {
        EventParts events = EventParts.whole(
                queries.memory(),
                EventQuery.ALL.of(session).good(false).withRepeats(queries.isCompat()),
                asked.limit(),
                MAX_BAD_LOOKED_AT,
                event -> isOf(event, asked),
                EventList::microJson);
        StreamedAnswer.json(queries, request, EventList.array(queries.memory(), events));
    }

    private static boolean isOf(StoredEvent event, MicroFilters.Bad asked) {
        var api = event.event().payload().api();
        return (asked.vendor() == null || asked.vendor().equals(api.vendor()))
                && (asked.version() == null || asked.version().equals(api.version()));
    }

    /**
     * {@code /micro/events}: answers a GET with every event as flat JSON, and a POST with a page of the matching
     * events.
     */
    public void events(HttpServerRequest request) {
        String session = TestSession.of(request);
        if (request.method().equals(HttpMethod.POST)) {
            bodies.read(request, body -> page(request, filters.page(body, session)));
        } else {
            EventQuery all = EventQuery.ALL.of(session).withRepeats(true);
            EventParts events = new EventParts(queries.memory(), all, 0, MicroFilters.MAX_LIST, EventList::row);
            StreamedAnswer.json(queries, request, EventList.array(queries.memory(), events));
        }
    }

    private void page(HttpServerRequest request, MicroFilters.PageRequest asked) {
        EventParts events = new EventParts(
                queries.memory(), asked.query(), (asked.page() - 1) * asked.size(), asked.size(), EventList::row);
        StreamedAnswer.json(
                queries,
                request,
                new EventList(
                        queries.memory(),
                        events,
                        200,
                        (store, json) -> json.beginObject().name("events").beginArray(),
                        (store, json) -> {
                            long total = store.count(asked.query());
                            json.endArray();
                            json.name("totalPages").number((total + asked.size() - 1) / asked.size());
                            json.name("totalItems").number(total).endObject();
                        }));
    }

    /**
     * {@code /micro/events/…}: answers with one event: in Micro's shape if requested by id; with all details if
     * requested by number.
     */
    public void event(HttpServerRequest request, String name) {
        if (name.matches("[0-9]{1,18}")) {
            long number = Long.parseLong(name);
            // An event has a number once it is stored. A number that is not stored yet may have been guessed.
            StreamedAnswer.json(
                    queries,
                    request,
                    store -> stored(() -> detail(store, number)),
                    store -> one(
                            () -> detail(store, number),
                            "This event is no longer stored: the collector was reset or restarted, or newer events"
                                    + " replaced it."));
            return;
        }
        UUID id;
        try {
            id = UUID.fromString(name);
        } catch (IllegalArgumentException e) {
            Answers.error(request, 404, "/micro/events/ takes an event_id, which is a UUID, or an event's number");
            return;
        }
        String session = TestSession.of(request);
        StreamedAnswer.json(
                queries,
                request,
                store -> one(
                        () -> store.withId(id, session).stream()
                                .min(Comparator.comparing(StoredEvent::repeat))
                                .map(EventRows::json),
                        "there is no event with the event_id " + id));
    }

    private static Optional<Map<String, @Nullable Object>> detail(EventStore store, long number) {
        return store.withNumber(number).map(EventRows::detail);
    }

    /** Returns an answer with one event, or with an error if there is none. */
    private StreamedAnswer.Part one(Supplier<Optional<Map<String, @Nullable Object>>> event, String missing) {
        return stored(event).orElseGet(() -> new StreamedAnswer.Part(404, json(Map.of("error", missing)), true));
    }

    /** Returns an answer with one event. It may be as large as a body, so several are converted one after the other. */
    private Optional<StreamedAnswer.Part> stored(Supplier<Optional<Map<String, @Nullable Object>>> event) {
        return queries.memory().large(() -> event.get().map(found -> new StreamedAnswer.Part(200, json(found), true)));
    }

    /** {@code /micro/await}: answers once enough events are stored. */
    public void await(HttpServerRequest request) {
        String session = TestSession.of(request);
        bodies.read(request, body -> await.answer(request, filters.await(body, session)));
    }

    /** {@code /micro/openapi.json}: answers with the description of all paths. */
    public void openApi(HttpServerRequest request) {
        Answers.jsonText(request, 200, openApi);
    }

    // Texts

    /** Answers with a single long text. */
    private void text(HttpServerRequest request, Function<EventStore, AnswerText> question) {
        StreamedAnswer.json(queries, request, store -> new StreamedAnswer.Part(200, question.apply(store), true));
    }

    private AnswerText json(Object tree) {
        AnswerText text = new AnswerText(queries.memory());
        try {
            return text.value(tree).end();
        } catch (RuntimeException | Error e) {
            text.release();
            throw e;
        }
    }
}
