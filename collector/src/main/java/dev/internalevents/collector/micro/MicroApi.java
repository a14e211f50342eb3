package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.http.ClassPathFile;
import dev.internalevents.collector.http.RawText;
import dev.internalevents.collector.processing.StoredCounts;
import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaCheck;
import dev.internalevents.iglu.SchemaProblem;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SchemaVersion;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoredEvent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Micro's API, with additions such as single events, waiting for events, and test sessions. {@code /micro/openapi.json}
 * describes all of it.
 */
public final class MicroApi {

    /** The header that names a test session. */
    public static final String SESSION_HEADER = "X-Micro-Session";

    private static final String SESSION_PARAMETER = "session";
    private static final int MAX_BAD_LOOKED_AT = 100_000;
    /** Longer than any look-up over the network. */
    private static final Duration LOOK_UP = Duration.ofSeconds(6);

    private static final int STATS_TOGETHER = 50;
    /** The maximum size of a query's body; parsed JSON takes many times its length. */
    private static final int MAX_QUESTION_BYTES = 1 << 20;

    private static final long MAX_STATS_BYTES = 8L << 20;

    private final Stores stores;
    private final Resolver resolver;
    private final BodyReader bodies;
    private final MicroFilters filters;
    private final AwaitEvents await;
    private final ExportStream export;
    private final FailedEvents failed;
    private final ResetEvents reset;
    private final BackupRequests backup;
    private final ForgetRequests forget;
    private final DictionaryApi dictionary;
    private final String openApi = new ClassPathFile("/dev/internalevents/collector/micro/openapi.json")
            .text()
            .replace("@version@", ProductVersion.CURRENT);

    public MicroApi(
            Stores stores,
            Resolver resolver,
            BodyReader bodies,
            FailedEvents failed,
            ResetEvents reset,
            BackupRequests backup,
            ForgetRequests forget,
            @Nullable StoredCounts counts) {
        this.stores = stores;
        this.resolver = resolver;
        this.bodies = bodies;
        this.filters = new MicroFilters(stores.isCompat());
        this.await = new AwaitEvents(stores);
        this.export = new ExportStream(stores);
        this.failed = failed;
        this.reset = reset;
        this.backup = backup;
        this.forget = forget;
        this.dictionary = new DictionaryApi(stores, counts);
    }

    /** Returns the test session that a request names by header or query parameter; null for all. */
    public static @Nullable String session(HttpServerRequest request) {
        String header = request.getHeader(SESSION_HEADER);
        String session = header == null ? request.getParam(SESSION_PARAMETER) : RawText.of(header);
        return session == null || session.isBlank() ? null : session.strip();
    }

    /**
     * Answers a request to Micro's API; ignores any other.
     *
     * @param path the part after {@code /micro}, with a leading slash
     * @return whether the request was answered
     */
    public boolean handle(HttpServerRequest request, String path) {
        String session = session(request);
        switch (path) {
            case "/all" ->
                allowed(
                        request,
                        "GET, POST",
                        () -> stores.ask(request, store -> store.summary(session, stores.isCompat()), this::summary));
            case "/reset" -> reset.answer(request, session);
            case "/backup" -> backup.answer(request);
            case "/forget" -> posted(request, body -> forget.answer(request, body));
            case "/good" -> good(request, session);
            case "/bad" -> bad(request, session);
            case "/events" -> events(request, session);
            case "/columns" ->
                allowed(request, "GET", () -> stores.ask(request, store -> store.columns(session), Answers::json));
            case "/columnStats" -> posted(request, body -> columnStats(request, filters.columns(body), session));
            case "/timeline" -> posted(request, body -> timeline(request, filters.buckets(body), session));
            case "/await" -> posted(request, body -> await.answer(request, filters.await(body, session)));
            case "/sql" -> posted(request, body -> sql(request, filters.sql(body)));
            case "/metrics" -> allowed(request, "GET", () -> dictionary.metrics(request));
            case "/definitions" -> allowed(request, "GET", () -> dictionary.definitions(request));
            case "/service-ping" -> allowed(request, "GET", () -> dictionary.servicePing(request));
            case "/export" -> allowed(request, "GET", () -> export.answer(request));
            case "/openapi.json" -> allowed(request, "GET", () -> Answers.jsonText(request, 200, openApi));
            default -> {
                return below(request, path, session);
            }
        }
        return true;
    }

    private boolean below(HttpServerRequest request, String path, @Nullable String session) {
        if (path.startsWith("/events/")) {
            event(request, path.substring("/events/".length()), session);
        } else if (path.startsWith("/iglu/")) {
            allowed(request, "GET", () -> iglu(request, path.substring("/iglu/".length())));
        } else {
            return failed.handle(request, path);
        }
        return true;
    }

    private static void allowed(HttpServerRequest request, String methods, Runnable answer) {
        String method = request.method().equals(HttpMethod.HEAD)
                ? "GET"
                : request.method().name();
        if (List.of(methods.split(", ")).contains(method)) {
            answer.run();
        } else {
            request.response().putHeader("Allow", methods);
            Answers.error(request, 405, request.path() + " takes " + methods.replace(", ", " and "));
        }
    }

    private void posted(HttpServerRequest request, Consumer<byte[]> then) {
        allowed(request, "POST", () -> read(request, then));
    }

    private void read(HttpServerRequest request, Consumer<byte[]> then) {
        bodies.read(request, body -> {
            try {
                if (body.bytes().length > MAX_QUESTION_BYTES) {
                    Answers.error(request, 413, "the body is larger than " + MAX_QUESTION_BYTES + " bytes");
                } else {
                    then.accept(body.bytes());
                }
            } catch (MalformedPayloadException e) {
                Answers.error(request, 400, String.valueOf(e.getMessage()));
            } finally {
                body.release();
            }
        });
    }

    private void summary(HttpServerRequest request, EventStore.Summary summary) {
        Answers.json(request, EventRows.summary(summary));
    }

    private void good(HttpServerRequest request, @Nullable String session) {
        allowed(request, "GET, POST", () -> {
            if (request.method().equals(HttpMethod.POST)) {
                read(request, body -> list(request, filters.good(body, session)));
            } else {
                list(request, filters.allGood(session));
            }
        });
    }

    private void list(HttpServerRequest request, MicroFilters.Selection selection) {
        EventParts events =
                new EventParts(stores.memory(), selection.query(), 0, selection.limit(), EventList::microJson);
        StreamedAnswer.json(stores, request, EventList.array(stores.memory(), events));
    }

    private void bad(HttpServerRequest request, @Nullable String session) {
        allowed(request, "GET, POST", () -> {
            if (request.method().equals(HttpMethod.POST)) {
                read(request, body -> bad(request, filters.bad(body), session));
            } else {
                bad(request, new MicroFilters.Bad(null, null, MicroFilters.MAX_LIST), session);
            }
        });
    }

    private void bad(HttpServerRequest request, MicroFilters.Bad asked, @Nullable String session) {
        EventParts events = EventParts.whole(
                stores.memory(),
                EventQuery.ALL.of(session).good(false).withRepeats(stores.isCompat()),
                asked.limit(),
                MAX_BAD_LOOKED_AT,
                event -> isOf(event, asked),
                EventList::microJson);
        StreamedAnswer.json(stores, request, EventList.array(stores.memory(), events));
    }

    private static boolean isOf(StoredEvent event, MicroFilters.Bad asked) {
        var api = event.event().payload().api();
        return (asked.vendor() == null || asked.vendor().equals(api.vendor()))
                && (asked.version() == null || asked.version().equals(api.version()));
    }

    /** Answers a GET with every event as flat JSON, and a POST with a page of the matching events. */
    private void events(HttpServerRequest request, @Nullable String session) {
        allowed(request, "GET, POST", () -> {
            if (request.method().equals(HttpMethod.POST)) {
                read(request, body -> page(request, filters.page(body, session)));
            } else {
                EventQuery all = EventQuery.ALL.of(session).withRepeats(true);
                EventParts events = new EventParts(stores.memory(), all, 0, MicroFilters.MAX_LIST, EventList::row);
                StreamedAnswer.json(stores, request, EventList.array(stores.memory(), events));
            }
        });
    }

    private void page(HttpServerRequest request, MicroFilters.PageRequest asked) {
        EventParts events = new EventParts(
                stores.memory(), asked.query(), (asked.page() - 1) * asked.size(), asked.size(), EventList::row);
        StreamedAnswer.json(
                stores,
                request,
                new EventList(
                        stores.memory(),
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

    /** Answers with a single long text. */
    private void text(HttpServerRequest request, Function<EventStore, AnswerText> question) {
        StreamedAnswer.json(stores, request, store -> new StreamedAnswer.Part(200, question.apply(store), true));
    }

    private AnswerText json(Object tree) {
        AnswerText text = new AnswerText(stores.memory());
        try {
            return text.value(tree).end();
        } catch (RuntimeException | Error e) {
            text.release();
            throw e;
        }
    }

    /** Answers with one event: in Micro's shape if requested by id; with all details if requested by number. */
    private void event(HttpServerRequest request, String name, @Nullable String session) {
        allowed(request, "GET", () -> {
            if (name.matches("[0-9]{1,18}")) {
                one(
                        request,
                        store -> store.withNumber(Long.parseLong(name)).map(EventRows::detail),
                        "This event is no longer stored: the collector was reset or restarted, or newer events"
                                + " replaced it.");
                return;
            }
            UUID id;
            try {
                id = UUID.fromString(name);
            } catch (IllegalArgumentException e) {
                Answers.error(request, 404, "/micro/events/ takes an event_id, which is a UUID, or an event's number");
                return;
            }
            one(
                    request,
                    store -> store.withId(id, session).stream()
                            .min(Comparator.comparing(StoredEvent::repeat))
                            .map(EventRows::json),
                    "there is no event with the event_id " + id);
        });
    }

    /** Answers with one event. An event may be as large as a body, so several are converted one after the other. */
    private void one(
            HttpServerRequest request,
            Function<EventStore, Optional<Map<String, @Nullable Object>>> question,
            String missing) {
        StreamedAnswer.json(
                stores,
                request,
                store -> stores.memory()
                        .large(() -> question.apply(store)
                                .map(found -> new StreamedAnswer.Part(200, json(found), true))
                                .orElseGet(() -> new StreamedAnswer.Part(404, json(Map.of("error", missing)), true))));
    }

    private void sql(HttpServerRequest request, String sql) {
        text(request, store -> SqlQuestions.answer(store, sql, stores.memory()));
    }

    private void columnStats(HttpServerRequest request, List<String> columns, @Nullable String session) {
        text(request, store -> {
            AnswerText text = new AnswerText(stores.memory());
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

    private void timeline(HttpServerRequest request, List<EventStore.Bucket> buckets, @Nullable String session) {
        stores.ask(
                request,
                store -> {
                    JsonWriter json =
                            new JsonWriter(4096).beginObject().name("points").beginArray();
                    for (EventStore.Point point : store.timeline(buckets, session)) {
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

    private void iglu(HttpServerRequest request, String path) {
        String[] parts = path.split("/", -1);
        SchemaKey key;
        try {
            if (parts.length != 4) {
                throw new IllegalArgumentException("expected /micro/iglu/VENDOR/NAME/jsonschema/VERSION");
            }
            key = new SchemaKey(parts[0], parts[1], parts[2], SchemaVersion.parse(parts[3]));
        } catch (IllegalArgumentException e) {
            Answers.error(request, 404, String.valueOf(e.getMessage()));
            return;
        }
        stores.vertx()
                .executeBlocking(() -> LookedUp.of(key, resolver.resolve(key, LOOK_UP)), false)
                .onComplete(resolved -> {
                    if (resolved.failed()) {
                        Answers.error(
                                request, 500, String.valueOf(resolved.cause().getMessage()));
                    } else if (resolved.result().resolution() instanceof Resolver.Pending pending) {
                        Answers.error(request, 503, key + " cannot be looked up now: " + pending.reason());
                    } else if (resolved.result().resolution() instanceof Resolver.Refused refused) {
                        Answers.error(request, 502, key + " could not be looked up: " + refused.reason());
                    } else if (resolved.result().resolution() instanceof Resolver.Found found) {
                        schema(request, key, found, resolved.result().problems());
                    } else {
                        Resolver.NotFound missing =
                                (Resolver.NotFound) resolved.result().resolution();
                        List<String> tried = missing.tried();
                        List<String> unreadable = missing.unreadable();
                        Map<String, Object> error = new LinkedHashMap<>();
                        error.put(
                                "error",
                                unreadable.isEmpty()
                                        ? key + " is in none of the registries"
                                        : String.join("; ", unreadable));
                        error.put("tried", tried);
                        Answers.json(request, 404, error);
                    }
                });
    }

    private static void schema(
            HttpServerRequest request, SchemaKey key, Resolver.Found found, List<SchemaProblem> problems) {
        if (problems.isEmpty()) {
            Answers.jsonText(request, 200, found.schema());
            return;
        }
        Map<String, Object> wrong = new LinkedHashMap<>();
        wrong.put("error", key + ", found in " + found.registry() + ", cannot be used: each event that needs it fails");
        wrong.put("problems", problems.stream().map(MicroApi::problem).toList());
        wrong.put("schema", found.schema());
        Answers.json(request, 422, wrong);
    }

    private static Map<String, Object> problem(SchemaProblem problem) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pointer", problem.pointer());
        json.put("message", problem.message());
        return json;
    }

    /** The result of a schema's look-up, with the problems of the schema if it was found. */
    private record LookedUp(Resolver.Resolution resolution, List<SchemaProblem> problems) {

        static LookedUp of(SchemaKey key, Resolver.Resolution resolution) {
            return new LookedUp(
                    resolution,
                    resolution instanceof Resolver.Found found ? SchemaCheck.problems(key, found.schema()) : List.of());
        }
    }
}
